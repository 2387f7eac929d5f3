//! Calls of libraries that may panic on what a user wrote: the panic becomes an error, unprinted.
//!
//! In: a call. Out: what it returns, or what it panicked with. The message is kept off the screen by
//! a panic hook that stays silent for the thread that is within such a call, and hands everything
//! else to the hook that was there before. It is not for our own code, whose panics are to be seen.

use std::any::Any;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    static WITHIN: Cell<bool> = const { Cell::new(false) };
}

/// What a library panicked with.
#[derive(Debug, thiserror::Error)]
#[error("it panicked: {0}")]
pub struct Panicked(String);

/// Calls it. What the call borrows mutably must not be used after a panic.
///
/// # Errors
/// If it panics.
pub fn guarded<T>(call: impl FnOnce() -> T) -> Result<T, Panicked> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let others = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !WITHIN.get() {
                others(info);
            }
        }));
    });
    let outer = WITHIN.replace(true);
    let outcome = panic::catch_unwind(AssertUnwindSafe(call));
    WITHIN.set(outer);
    outcome.map_err(|payload| Panicked(message(&*payload)))
}

fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("without a message").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error() {
        assert_eq!(guarded(|| 1).ok(), Some(1));
        let nested = guarded(|| {
            let inner = guarded(|| panic!("{} within", 1));
            assert_eq!(
                inner.map_err(|panicked: Panicked| panicked.0),
                Err::<(), _>("1 within".into())
            );
            assert!(WITHIN.get());
            panic!("without")
        });
        assert_eq!(
            nested.map_err(|panicked| panicked.0),
            Err::<(), _>("without".into())
        );
        assert!(!WITHIN.get());
    }
}
