//! The embedded local runtime: workers that call each other over golem:rpc.
//!
//! In: component bytes by package name ([`ComponentSpec`]) and calls, as text in
//! WAVE ([`Runtime::parse`], [`Runtime::invoke`]) or as golem:rpc carries them
//! ([`Runtime::call`]). Out: results in the same form, and [`Event`]s for whatever
//! happens on the way. An interrupt ends a call at any time. Workers live in
//! memory: each has its own instance and state, is created on first use, and runs
//! its invocations one at a time in order of arrival. Resources that they export
//! can be created, passed and dropped by each other, not from WAVE. Offered to
//! components: golem:rpc 0.1.x and 0.2.x, and WASI 0.2 with clocks, random,
//! environment, stdout and stderr. There is no stdin, no directory and no network,
//! nothing is stored, and a failed invocation is not retried.

mod book;
mod call;
mod component;
mod directory;
mod error;
mod event;
mod functions;
#[doc(hidden)]
pub mod fuzz;
mod gate;
mod history;
mod host;
mod instance;
mod interrupt;
mod invoke_error;
mod name;
mod outlet;
mod output;
mod registry;
mod resources;
mod retry;
mod runtime;
mod shared;
mod state;
mod timers;
mod uri;
mod value;
mod waits;
mod wave_words;
pub mod wire;
mod wire_name;
mod work;
mod worker;

pub use component::ComponentSpec;
pub use error::CallError;
pub use event::{Event, Note, Stream, TriggerFailure};
pub use invoke_error::InvokeError;
pub use name::{WorkerId, WorkerRef, WorkerRefError, component_id, target_env};
pub use runtime::{ParsedCall, Runtime, StartError};
