impl Call<'_> {
    /// Calls and waits for the result.
    fn result<T: Lift>(self) -> T {
        Answer::read(self.function, &self.remote.worker, self.wait())
    }

    /// Starts the call; the result comes later.
    fn start(self) -> Pending {
        let rpc = &self.remote.rpc;
        Pending {
            future: rpc.async_invoke_and_await(self.function, &self.params),
            function: self.function,
            worker: self.remote.worker.clone(),
        }
    }
}

/// The resource of every future: a call that was started.
struct Pending {
    future: rpc::FutureInvokeResult,
    function: &'static str,
    worker: String,
}

impl Pending {
    fn pollable(&self) -> Pollable {
        self.future.subscribe()
    }

    fn poll<T: Lift>(&self) -> Option<T> {
        match self.future.get()? {
            Ok(value) => Some(Answer::read(self.function, &self.worker, value)),
            Err(error) => failed(self.function, &self.worker, error),
        }
    }
}

/// The nodes of an answer. Each is taken at most once, so that a malformed answer cannot loop.
struct Answer<'a> {
    function: &'a str,
    worker: &'a str,
    nodes: Vec<Option<rpc::WitNode>>,
}

impl<'a> Answer<'a> {
    /// The value of the one result: the only element of the root, a tuple.
    fn read<T: Lift>(function: &'a str, worker: &'a str, value: rpc::WitValue) -> T {
        let mut answer = Self {
            function,
            worker,
            nodes: value.nodes.into_iter().map(Some).collect(),
        };
        match answer.take(0) {
            rpc::WitNode::TupleValue(results) if results.len() == 1 => answer.get(results[0]),
            _ => answer.malformed("a tuple of one result"),
        }
    }

    fn get<T: Lift>(&mut self, index: i32) -> T {
        let node = self.take(index);
        T::lift(node, self)
    }

    fn take(&mut self, index: i32) -> rpc::WitNode {
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        match self.nodes.get_mut(index).and_then(Option::take) {
            Some(node) => node,
            None => self.malformed("a tree of nodes"),
        }
    }

    fn malformed(&self, expected: &str) -> ! {
        let (function, worker) = (self.function, self.worker);
        panic!(
            "remote call `{function}` to worker `{worker}` gave a malformed value: \
             expected {expected}"
        )
    }
}

/// A value of an answer.
trait Lift {
    fn lift(node: rpc::WitNode, answer: &mut Answer) -> Self;
}
