impl Call {
    /// Calls and waits for the result.
    fn result<T: Lift>(self) -> Outcome<T> {
        let result = self.wait().and_then(Answer::read); //~ !gives
//~[ gives
        let answer = self.wait();
        let result = answer.and_then(|value| Answer::read(value, &self.worker));
//~]
        or_panic(result, self.function, &self.worker) //~ panic
        result.map_err(Failure::into_error) //~ result
    }

    /// Starts the call; the result comes later.
    fn start(self) -> Pending {
        let rpc = &self.worker.rpc;
        Pending {
            future: rpc.async_invoke_and_await(self.function, &self.params),
            function: self.function, //~ panic
            worker: self.worker, //~ panic|gives
        }
    }
}

/// The resource of every future: a call that was started.
struct Pending {
    future: rpc::FutureInvokeResult,
    function: &'static str, //~ panic
    worker: Rc<Worker>, //~ panic|gives
}

impl Pending {
    fn pollable(&self) -> Pollable {
        self.future.subscribe()
    }

    fn poll<T: Lift>(&self) -> Option<Outcome<T>> {
        let answer = self.future.get()?.map_err(Failure::Rpc);
        let result = answer.and_then(Answer::read); //~ !gives
        let result = answer.and_then(|value| Answer::read(value, &self.worker)); //~ gives
        Some(or_panic(result, self.function, &self.worker)) //~ panic
        Some(result.map_err(Failure::into_error)) //~ result
    }
}
