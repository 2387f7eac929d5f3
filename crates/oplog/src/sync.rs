//! Locks. What a thread that panicked has left is used as it is: whoever locks leaves nothing half done
//! that others could not live with.

use std::sync::{Mutex, MutexGuard, PoisonError};

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
