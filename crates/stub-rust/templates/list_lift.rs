impl<T: Lift> Lift for Vec<T> {
    fn lift(node: rpc::WitNode, answer: &mut Answer) -> Self {
        match node {
            rpc::WitNode::ListValue(items) => {
                let items = items.into_iter().map(|item| answer.get(item));
                items.collect()
            }
            _ => answer.malformed("a list"),
        }
    }
}
