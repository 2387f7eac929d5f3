/// The nodes of an answer. Each is taken at most once, so that a malformed answer cannot loop.
struct Answer {
    nodes: Vec<Option<rpc::WitNode>>,
    worker: Rc<Worker>, //~ gives
}

impl Answer {
    /// The value of the one result: the only element of the root, a tuple.
    fn read<T: Lift>(value: rpc::WitValue) -> Result<T, Failure> { //~ !gives
    fn read<T: Lift>(value: rpc::WitValue, worker: &Rc<Worker>) -> Result<T, Failure> { //~ gives
        let mut answer = Self {
            nodes: value.nodes.into_iter().map(Some).collect(),
            worker: Rc::clone(worker), //~ gives
        };
        match answer.take(0)? {
            rpc::WitNode::TupleValue(results) if results.len() == 1 => answer.get(results[0]),
            _ => malformed("a tuple of one result"),
        }
    }

    fn get<T: Lift>(&mut self, index: i32) -> Result<T, Failure> {
        let node = self.take(index)?;
        T::lift(node, self)
    }

    fn take(&mut self, index: i32) -> Result<rpc::WitNode, Failure> {
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        match self.nodes.get_mut(index).and_then(Option::take) {
            Some(node) => Ok(node),
            None => malformed("a tree of nodes"),
        }
    }
}

/// A value of an answer.
trait Lift: Sized {
    fn lift(node: rpc::WitNode, answer: &mut Answer) -> Result<Self, Failure>;
}
