//! Ctrl-C and SIGTERM: a flag for work that looks at it, and an end for work that does not.
//!
//! | once a signal has arrived | |
//! |---|---|
//! | at once | [`was_interrupted`] is true: whoever waits, runs a child or changes files puts things back and returns |
//! | after a moment, if [`watch`] was called | the process ends, whatever it computes or waits for |
//!
//! Changing files is never cut off: the end waits until that is undone or finished, and no new change
//! begins. A terminal sends Ctrl-C to child processes too, so a running cargo ends by itself.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError, RwLock, RwLockReadGuard};
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::scratch;

/// How long work may take to end by itself.
const PATIENCE: Duration = Duration::from_millis(60);

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Read by whoever changes files, written by the end of the process.
static FILES: RwLock<()> = RwLock::new(());

/// Starts to catch SIGINT and SIGTERM; a second call does nothing.
pub fn install() -> io::Result<()> {
    static INSTALLED: Mutex<bool> = Mutex::new(false);
    let mut installed = INSTALLED.lock().expect("nothing panics under this lock");
    if !*installed {
        for signal in [SIGINT, SIGTERM] {
            signal_hook::flag::register(signal, &INTERRUPTED)?;
        }
        *installed = true;
    }
    Ok(())
}

/// Whether a signal has arrived since [`install`].
pub fn was_interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// Calls `end`, which must end the process, if it still runs a moment after a signal. No file is
/// half changed then, and temporary directories are gone.
pub fn watch(end: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    let wait = move || {
        if signals.forever().next().is_some() {
            thread::sleep(PATIENCE);
            let _nobody_changes_files = FILES.write().unwrap_or_else(PoisonError::into_inner);
            scratch::remove_all();
            end();
        }
    };
    thread::Builder::new().name("signals".into()).spawn(wait)?;
    Ok(())
}

/// The right to change files, which the end of the process waits for. Never taken twice by one thread.
pub(crate) fn hold_off() -> RwLockReadGuard<'static, ()> {
    FILES.read().unwrap_or_else(PoisonError::into_inner)
}
