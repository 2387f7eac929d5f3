impl Call {
//~[ finishes
    /// Calls and waits for the end of a function without a result.
    fn finish(self) -> Outcome<()> {
        or_panic(self.wait(), self.function, &self.worker); //~ panic
        self.wait().map(|_| ()).map_err(Failure::into_error) //~ result
    }
//~]
//~[ finishes&triggers

//~]
//~[ triggers
    /// Asks for the call and does not wait for its end.
    fn trigger(self) -> Outcome<()> {
        let rpc = &self.worker.rpc;
        let result = rpc.invoke(self.function, &self.params);
        or_panic(result.map_err(Failure::Rpc), self.function, &self.worker) //~ panic
        result.map_err(|error| Failure::Rpc(error).into_error()) //~ result
    }
//~]
}
