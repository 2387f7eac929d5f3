impl<T: Lift> Lift for Vec<T> {
    fn lift(node: rpc::WitNode, answer: &mut Answer) -> Result<Self, Failure> {
        match node {
            rpc::WitNode::ListValue(items) => {
                let items = items.into_iter().map(|item| answer.get(item));
                items.collect()
            }
            _ => malformed("a list"),
        }
    }
}
