impl<T: Lift> Lift for Option<T> {
    fn lift(node: rpc::WitNode, answer: &mut Answer) -> Result<Self, Failure> {
        match node {
            rpc::WitNode::OptionValue(value) => value.map(|value| answer.get(value)).transpose(),
            _ => malformed("an option"),
        }
    }
}
