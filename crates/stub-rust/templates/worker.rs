/// A worker that is called remotely. Everything that calls it shares it.
struct Worker {
    rpc: rpc::WasmRpc,
    name: String, //~ text
}

impl Worker {
//~[ uri
    fn connect(location: rpc::Uri) -> Rc<Self> {
        Rc::new(Self {
            rpc: rpc::WasmRpc::new(&location),
            name: location.value, //~ text
        })
    }
//~]
//~[ worker-id
    fn connect(worker_id: rpc::WorkerId) -> Rc<Self> {
        Rc::new(Self {
            rpc: rpc::WasmRpc::new(&worker_id),
            name: urn(worker_id.component_id) + "/" + &worker_id.worker_name, //~ text
        })
    }
//~]
//~[ agent-id
    fn connect(agent_id: rpc::AgentId) -> Rc<Self> {
        Rc::new(Self {
            rpc: rpc::WasmRpc::new(&agent_id),
            name: urn(agent_id.component_id) + "/" + &agent_id.agent_id, //~ text
        })
    }
//~]
//~[ ephemeral

    /// A worker without a name, of a component whose workers do not outlive a call.
    fn ephemeral(component_id: rpc::ComponentId) -> Rc<Self> {
        Rc::new(Self {
            rpc: rpc::WasmRpc::ephemeral(component_id),
            name: urn(component_id), //~ text
        })
    }
//~]

    fn call(self: &Rc<Self>, function: &'static str) -> Call {
        Call {
            worker: Rc::clone(self),
            function,
            params: Vec::new(),
        }
    }
}
//~[ urn

fn urn(component: rpc::ComponentId) -> String {
    let rpc::Uuid {
        high_bits: high,
        low_bits: low,
    } = component.uuid;
    let (a, b, c) = (high >> 32, (high >> 16) & 0xffff, high & 0xffff);
    let (d, e) = (low >> 48, low & 0xffff_ffff_ffff);
    format!("urn:worker:{a:08x}-{b:04x}-{c:04x}-{d:04x}-{e:012x}")
}
//~]

/// A call in preparation.
struct Call {
    worker: Rc<Worker>,
    function: &'static str,
    params: Vec<rpc::WitValue>,
}

impl Call {
    /// Calls and waits for the end.
    fn wait(&self) -> Result<rpc::WitValue, Failure> {
        let rpc = &self.worker.rpc;
        let answer = rpc.invoke_and_await(self.function, &self.params);
        answer.map_err(Failure::Rpc)
    }
}
//~[ schedule

impl Call {
    /// Asks for the call at a later time.
    fn schedule(self, when: Datetime) -> rpc::CancellationToken {
        let rpc = &self.worker.rpc;
        rpc.schedule_cancelable_invocation(when, self.function, &self.params)
    }
}
//~]
