/// The resource of every exported one: it lives in a worker.
struct Resource {
    worker: Rc<Worker>,
    handle: Handle,
    /// The function that ends it; none once the worker owns it.
    end: Option<&'static str>,
}

impl Resource {
//~[ makes
    fn new(worker: &Rc<Worker>, handle: Handle, end: &'static str) -> Self {
        Self {
            worker: Rc::clone(worker),
            handle,
            end: Some(end),
        }
    }

//~]
    /// A call whose first parameter is the resource.
    fn call(&self, function: &'static str) -> Call {
        let mut call = self.worker.call(function);
        call.param(self);
        call
    }
//~[ takes

    /// Its node, as it is sent to the worker that owns it from then on.
    fn hand_over(mut self, nodes: &mut Nodes) -> rpc::WitNode {
        self.end = None;
        self.lower(nodes)
    }
//~]
}

impl Drop for Resource {
    fn drop(&mut self) {
        if let Some(end) = self.end {
            self.call(end).finish(); //~ panic
//~[ result
            let call = self.call(end);
            if let Err(failure) = call.wait() {
                eprintln!("{}", failure.text(end, &self.worker));
            }
//~]
        }
    }
}

impl Lower for &Resource {
    fn lower(self, _: &mut Nodes) -> rpc::WitNode {
        let Handle(uri, id) = &self.handle;
        rpc::WitNode::Handle((uri.clone(), *id))
    }
}

/// What a worker calls its resource, kept as it came.
struct Handle(rpc::Uri, u64);
//~[ makes

impl Lift for Handle {
    fn lift(node: rpc::WitNode, _: &mut Answer) -> Result<Self, Failure> {
        match node {
            rpc::WitNode::Handle((uri, id)) => Ok(Self(uri, id)),
            _ => malformed("a handle"),
        }
    }
}
//~]
//~[ constructs

impl Call {
    /// Calls the constructor of a resource that `end` ends.
    fn construct(self, end: &'static str) -> Resource {
        let result = self.wait().and_then(Answer::read); //~ !gives
//~[ gives
        let answer = self.wait();
        let result = answer.and_then(|value| Answer::read(value, &self.worker));
//~]
        let handle = or_panic(result, self.function, &self.worker);
        Resource::new(&self.worker, handle, end)
    }
}
//~]
