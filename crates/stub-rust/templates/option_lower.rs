impl<T: Lower> Lower for Option<T> {
    fn lower(self, nodes: &mut Nodes) -> rpc::WitNode {
        rpc::WitNode::OptionValue(self.map(|value| nodes.add(value)))
    }
}
