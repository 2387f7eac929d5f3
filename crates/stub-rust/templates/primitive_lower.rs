macro_rules! lower_primitive {
    ($type:ty, $node:ident) => {
        impl Lower for $type {
            fn lower(self, _: &mut Nodes) -> rpc::WitNode {
                rpc::WitNode::$node(self)
            }
        }
    };
}
