macro_rules! lift_tuple {
    ($count:literal, $($item:ident $index:tt),+) => {
        impl<$($item: Lift),+> Lift for ($($item,)+) {
            fn lift(node: rpc::WitNode, answer: &mut Answer) -> Result<Self, Failure> {
                match node {
                    rpc::WitNode::TupleValue(items) if items.len() == $count => {
                        Ok(($(answer.get::<$item>(items[$index])?,)+))
                    }
                    _ => malformed(concat!("a tuple of ", $count)),
                }
            }
        }
    };
}
