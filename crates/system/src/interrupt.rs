//! Ctrl-C and SIGTERM as a flag.
//!
//! Once [`install`]ed, a signal no longer ends the process: whoever is at work looks at
//! [`was_interrupted`], puts things back and returns. A terminal sends Ctrl-C to child processes
//! too, so a running cargo ends by itself.

use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

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
