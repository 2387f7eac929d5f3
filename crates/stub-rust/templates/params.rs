impl Call {
    fn param(&mut self, value: impl Lower) {
        let mut nodes = Nodes(Vec::new());
        nodes.add(value);
        self.params.push(rpc::WitValue { nodes: nodes.0 });
    }
}

/// The nodes of a parameter; the first one is the root.
struct Nodes(Vec<rpc::WitNode>);

impl Nodes {
    fn add(&mut self, value: impl Lower) -> i32 {
        let index = self.0.len();
        self.0.push(rpc::WitNode::PrimBool(false));
        self.0[index] = value.lower(self);
        i32::try_from(index).expect("a parameter has fewer than 2^31 nodes")
    }
}

/// A value of a parameter.
trait Lower {
    fn lower(self, nodes: &mut Nodes) -> rpc::WitNode;
}
