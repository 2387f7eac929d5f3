macro_rules! lift_primitive {
    ($type:ty, $node:ident, $name:literal) => {
        impl Lift for $type {
            fn lift(node: rpc::WitNode, _: &mut Answer) -> Result<Self, Failure> {
                match node {
                    rpc::WitNode::$node(value) => Ok(value),
                    _ => malformed($name),
                }
            }
        }
    };
}
