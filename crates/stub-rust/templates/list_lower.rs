impl<T: Lower> Lower for Vec<T> {
    fn lower(self, nodes: &mut Nodes) -> rpc::WitNode {
        let items = self.into_iter().map(|item| nodes.add(item));
        rpc::WitNode::ListValue(items.collect())
    }
}
