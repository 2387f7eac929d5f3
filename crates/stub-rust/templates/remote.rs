/// The resource of every exported interface: a worker that is called remotely.
struct Remote {
    rpc: rpc::WasmRpc,
    worker: String,
}

impl Remote {
    fn connect(location: rpc::Uri) -> Self {
        Self {
            rpc: rpc::WasmRpc::new(&location),
            worker: location.value,
        }
    }

    fn call(&self, function: &'static str) -> Call<'_> {
        Call {
            remote: self,
            function,
            params: Vec::new(),
        }
    }
}

/// A call in preparation.
struct Call<'a> {
    remote: &'a Remote,
    function: &'static str,
    params: Vec<rpc::WitValue>,
}

impl Call<'_> {
    /// Calls and waits for the end.
    fn wait(&self) -> rpc::WitValue {
        let rpc = &self.remote.rpc;
        match rpc.invoke_and_await(self.function, &self.params) {
            Ok(value) => value,
            Err(error) => failed(self.function, &self.remote.worker, error),
        }
    }
}

fn failed(function: &str, worker: &str, error: rpc::RpcError) -> ! {
    let (kind, message) = match error {
        rpc::RpcError::ProtocolError(message) => ("protocol-error", message),
        rpc::RpcError::Denied(message) => ("denied", message),
        rpc::RpcError::NotFound(message) => ("not-found", message),
        rpc::RpcError::RemoteInternalError(message) => ("remote-internal-error", message),
    };
    panic!("remote call `{function}` to worker `{worker}` failed: {kind}: {message}")
}
