macro_rules! lift_primitive {
    ($type:ty, $node:ident, $name:literal) => {
        impl Lift for $type {
            fn lift(node: rpc::WitNode, answer: &mut Answer) -> Self {
                match node {
                    rpc::WitNode::$node(value) => value,
                    _ => answer.malformed($name),
                }
            }
        }
    };
}
