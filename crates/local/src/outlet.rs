//! The way out for events: none leaves before what led to it is on disk.

use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;

use golem_rpc_oplog::{Journal, Seq};

use crate::event::Event;

/// Hears of everything that happens.
pub(crate) type Events = Arc<dyn Fn(Event) + Send + Sync>;

/// Hands events on, in their order. Dropping it hands on what is left.
pub(crate) struct Outlet {
    events: Events,
    waiting: Option<Waiting>,
}

struct Waiting {
    journal: Arc<Journal>,
    queue: Option<Sender<Step>>,
    thread: Option<JoinHandle<()>>,
}

enum Step {
    Event(Seq, Event),
    Flush(Sender<()>),
}

impl Outlet {
    /// Events go to `events`, at once where there is no journal.
    pub(crate) fn new(events: Events, journal: Option<Arc<Journal>>) -> Outlet {
        let waiting = journal.map(|journal| {
            let (queue, steps) = channel();
            let (on_disk, events) = (journal.clone(), events.clone());
            let thread = std::thread::spawn(move || {
                for step in steps {
                    match step {
                        // if it cannot get to disk, the calls say so
                        Step::Event(seq, event) => match on_disk.wait_durable(seq) {
                            Ok(()) => events(event),
                            Err(_) => return,
                        },
                        Step::Flush(done) => drop(done),
                    }
                }
            });
            Waiting {
                journal,
                queue: Some(queue),
                thread: Some(thread),
            }
        });
        Outlet { events, waiting }
    }

    /// Hands on an event.
    pub(crate) fn send(&self, event: Event) {
        let Some(waiting) = &self.waiting else {
            return (self.events)(event);
        };
        if let Some(queue) = &waiting.queue {
            // the thread is gone only if nothing gets to disk any more
            let _ = queue.send(Step::Event(waiting.journal.appended(), event));
        }
    }

    /// Waits until all events so far are handed on.
    pub(crate) fn flush(&self) {
        if let Some(queue) = self.waiting.as_ref().and_then(|it| it.queue.as_ref()) {
            let (done, flushed) = channel();
            if queue.send(Step::Flush(done)).is_ok() {
                // it ends when the other end is dropped
                let _ = flushed.recv();
            }
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(thread) = self.thread.take() {
            // a panic of whoever hears of events has been said by then
            let _ = thread.join();
        }
    }
}
