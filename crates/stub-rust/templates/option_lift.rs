impl<T: Lift> Lift for Option<T> {
    fn lift(node: rpc::WitNode, answer: &mut Answer) -> Self {
        match node {
            rpc::WitNode::OptionValue(value) => value.map(|value| answer.get(value)),
            _ => answer.malformed("an option"),
        }
    }
}
