//! The embedded local runtime: workers that call each other over golem:rpc.
//!
//! In: component bytes by package name ([`ComponentSpec`]) and calls as text in
//! WAVE ([`Runtime::parse`], [`Runtime::invoke`]). Out: results in WAVE, and
//! [`Event`]s for whatever happens on the way. An interrupt ends a call at any
//! time. Workers live in memory: each has its own instance and state, is created
//! on first use, and runs its invocations one at a time in order of arrival.
//! Offered to components: golem:rpc 0.1.x, and WASI 0.2 with clocks, random,
//! environment, stdout and stderr. There is no stdin, no directory and no network,
//! nothing is stored, and a failed invocation is not retried.

mod bindings;
mod call;
mod component;
mod error;
mod event;
mod functions;
mod host;
mod interrupt;
mod invoke_error;
mod name;
mod output;
mod registry;
mod runtime;
mod uri;
mod value;
mod waits;
mod worker;

pub use component::ComponentSpec;
pub use error::CallError;
pub use event::{Event, Note, Stream, TriggerFailure};
pub use invoke_error::InvokeError;
pub use name::{WorkerId, WorkerRef, WorkerRefError, component_id, target_env};
pub use runtime::{ParsedCall, Runtime, StartError};
