macro_rules! lower_tuple {
    ($($item:ident $index:tt),+) => {
        impl<$($item: Lower),+> Lower for ($($item,)+) {
            fn lower(self, nodes: &mut Nodes) -> rpc::WitNode {
                rpc::WitNode::TupleValue(vec![$(nodes.add(self.$index)),+])
            }
        }
    };
}
