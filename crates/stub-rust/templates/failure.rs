/// Why a call has no result.
enum Failure {
    Rpc(rpc::RpcError),
    Malformed(&'static str), //~ lifts
}

impl Failure {
//~[ text
    /// What is said about it on standard error.
    fn text(self, function: &str, worker: &Worker) -> String {
        let call = format!("remote call `{function}` to worker `{}`", worker.name);
        match self {
            Failure::Rpc(error) => {
                let (kind, message) = match error {
                    rpc::RpcError::ProtocolError(message) => ("protocol-error", message),
                    rpc::RpcError::Denied(message) => ("denied", message),
                    rpc::RpcError::NotFound(message) => ("not-found", message),
                    rpc::RpcError::RemoteInternalError(message) => {
                        ("remote-internal-error", message)
                    }
                };
                format!("{call} failed: {kind}: {message}")
            }
//~[ lifts
            Failure::Malformed(expected) => {
                format!("{call} gave a malformed value: expected {expected}")
            }
//~]
        }
    }
//~]
//~[ text&errors

//~]
//~[ errors
    /// What the caller gets.
    fn into_error(self) -> rpc::RpcError {
        match self {
            Failure::Rpc(error) => error,
//~[ lifts
            Failure::Malformed(expected) => {
                rpc::RpcError::ProtocolError(format!("malformed value: expected {expected}"))
            }
//~]
        }
    }
//~]
}
//~[ panics

/// The result of a call, or a panic that says why there is none.
fn or_panic<T>(result: Result<T, Failure>, function: &str, worker: &Worker) -> T {
    result.unwrap_or_else(|failure| panic!("{}", failure.text(function, worker)))
}
//~]
//~[ lifts

fn malformed<T>(expected: &'static str) -> Result<T, Failure> {
    Err(Failure::Malformed(expected))
}
//~]
