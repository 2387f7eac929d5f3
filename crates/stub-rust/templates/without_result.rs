impl Call<'_> {
    /// Calls and waits for the end of a function without a result.
    fn finish(self) {
        self.wait();
    }

    /// Asks for the call and does not wait for its end.
    fn trigger(self) {
        let rpc = &self.remote.rpc;
        if let Err(error) = rpc.invoke(self.function, &self.params) {
            failed(self.function, &self.remote.worker, error);
        }
    }
}
