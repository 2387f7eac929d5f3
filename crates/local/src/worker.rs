//! A worker: the queue of its invocations, and what it remembers of them.
//!
//! Each worker is a task that owns its store and takes one invocation after the other, in order of
//! arrival. The instance is made for the first of them, from the worker's oplog if it has one. A trap is
//! tried again from there as often as the retry policy says; without an oplog, or in the end, the worker
//! has failed, and later invocations learn how.
//!
//! An invocation is in the oplog before anybody is told that it was accepted. It has a key, and one that
//! comes again under the same key, while it waits, while it runs or later, is answered like the first.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use golem_rpc_oplog::{IdempotencyKey, Index, JournalError};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::book::{Accepted, Book};
use crate::component::Loaded;
use crate::directory::{Birth, Origin, Peer};
use crate::error::CallError;
use crate::event::TriggerFailure;
use crate::instance::Alive;
use crate::name::WorkerId;
use crate::resources::Resources;
use crate::retry::Failures;
use crate::shared::Shared;
use crate::waits::{Answer, Reply};
use crate::wire::Invocation;

/// Where invocations of a worker go.
pub(crate) struct Worker {
    id: WorkerId,
    shared: Arc<Shared>,
    queue: UnboundedSender<Job>,
    owned_resources: Arc<AtomicUsize>,
    /// None without an oplog.
    book: Option<Book>,
}

/// One invocation on its way. However it ends, it is answered and counted.
struct Job {
    /// Keeps an ephemeral worker until it has done its work.
    worker: Arc<Worker>,
    invocation: Invocation,
    /// With an oplog: where in it, and under which key.
    queued: Option<(Index, IdempotencyKey)>,
    /// Without one.
    reply: Option<Arc<Reply>>,
    answered: bool,
}

impl Worker {
    /// A worker that goes on with what its book says is open.
    pub(crate) fn spawn(birth: Birth, component: Arc<Loaded>, book: Option<Book>) -> Arc<Self> {
        let (queue, jobs) = unbounded_channel();
        let owned_resources = Arc::<AtomicUsize>::default();
        let worker = Arc::new(Self {
            id: birth.id.clone(),
            shared: birth.shared.clone(),
            queue,
            owned_resources: owned_resources.clone(),
            book,
        });
        let state = State::new(owned_resources, worker.book.as_ref());
        let open = worker.book.as_ref().map(Book::take_open);
        tokio::spawn(run(birth, component, state, jobs));
        for (index, key, invocation) in open.unwrap_or_default() {
            worker.queue(invocation, Some((index, key)), None);
        }
        worker
    }

    /// How many resources it keeps for others.
    pub(crate) fn owned_resources(&self) -> usize {
        self.owned_resources.load(Ordering::Relaxed)
    }

    fn queue(
        self: &Arc<Self>,
        invocation: Invocation,
        queued: Option<(Index, IdempotencyKey)>,
        reply: Option<Arc<Reply>>,
    ) {
        self.shared.work.queued();
        let job = Job {
            worker: self.clone(),
            invocation,
            queued,
            reply,
            answered: false,
        };
        // a queue that nobody reads hands the job back, and dropping it answers it
        let _ = self.queue.send(job);
    }

    fn lost(&self, error: &JournalError) -> CallError {
        CallError::State {
            worker: self.id.clone(),
            cause: error.to_string(),
        }
    }
}

impl Peer for Worker {
    fn id(&self) -> &WorkerId {
        &self.id
    }

    fn send(self: Arc<Self>, invocation: Invocation, origin: Origin) -> Result<(), CallError> {
        let lost = |error: JournalError| self.lost(&error);
        let Some(book) = &self.book else {
            self.shared.append(origin.with).map_err(lost)?;
            self.queue(invocation, None, origin.reply);
            return Ok(());
        };
        let accept = || {
            let accepted = book.accept(&invocation, origin)?;
            if let Accepted::New(index, key) = accepted {
                // in the order of the oplog
                self.queue(invocation, Some((index, key)), None);
            }
            Ok(())
        };
        book.in_order(accept).map_err(lost)
    }
}

impl Job {
    /// Answers all who wait; with an oplog, the answer is in it by then.
    fn answer(&mut self, answer: Answer) {
        self.answered = true;
        let waited_for = match (&self.worker.book, &self.queued, &self.reply) {
            (Some(book), Some((_, key)), _) => book.deliver(key, &answer),
            (_, _, Some(reply)) => {
                reply.deliver(answer.clone());
                true
            }
            _ => false,
        };
        if let (false, Err(error)) = (waited_for, answer) {
            self.worker.shared.trigger_failed(TriggerFailure {
                worker: self.worker.id.clone(),
                function: self.invocation.function.clone(),
                cause: error.to_string(),
            });
        }
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        if !self.answered {
            self.answer(Err(CallError::PreviousInvocationFailed {
                cause: "the worker is gone".into(),
            }));
        }
        self.worker.shared.work.finished();
    }
}

async fn run(
    birth: Birth,
    component: Arc<Loaded>,
    mut state: State,
    mut jobs: UnboundedReceiver<Job>,
) {
    while let Some(mut job) = jobs.recv().await {
        let answer = state.perform(&birth, &component, &job).await;
        let answer = match (&job.worker.book, &job.queued) {
            // what an interrupt ends is still to be done
            (Some(book), Some((index, _))) if !birth.shared.is_interrupted() => {
                let ended = book.end(*index, state.has_begun, &answer);
                state.end();
                ended.map_err(|error| job.worker.lost(&error)).and(answer)
            }
            _ => answer,
        };
        job.answer(answer);
    }
}

/// A worker's instance, or why there is none.
struct State {
    life: Life,
    /// The count of the resources that it keeps.
    owned: Arc<AtomicUsize>,
    failures: Failures,
    /// Whether the invocation that is open first has begun.
    has_begun: bool,
}

enum Life {
    Unborn,
    Alive(Box<Alive>),
    Failed(String),
}

impl State {
    fn new(owned: Arc<AtomicUsize>, book: Option<&Book>) -> State {
        let failed = book.and_then(Book::failed);
        State {
            life: failed.map_or(Life::Unborn, Life::Failed),
            owned,
            failures: book.map_or_else(Failures::default, Book::failures),
            has_begun: book.is_some_and(Book::is_running),
        }
    }

    /// An invocation has ended.
    fn end(&mut self) {
        self.has_begun = false;
        if let Life::Alive(alive) = &mut self.life {
            alive.count_end();
        }
    }

    /// Executes an invocation, again where it fails and the policy says so.
    async fn perform(&mut self, birth: &Birth, component: &Loaded, job: &Job) -> Answer {
        loop {
            let answer = self.try_invoke(birth, component, job).await;
            let Err(error) = &answer else {
                return answer;
            };
            if !error.fails_worker() {
                return answer;
            }
            let (passed, can_retry) = match &self.life {
                Life::Alive(alive) => (alive.passed(), alive.can_retry()),
                _ => (0, false),
            };
            self.life = Life::Failed(match error {
                CallError::Mismatch { .. } => {
                    format!(
                        "{} failed in {}: {error}",
                        birth.id, job.invocation.function
                    )
                }
                names_its_call => names_its_call.to_string(),
            });
            let pause = match (&job.worker.book, error) {
                (Some(_), _) if birth.shared.is_interrupted() => None,
                (Some(book), CallError::Trap { cause, .. }) => {
                    let pause = self.failures.next(passed).filter(|_| can_retry);
                    if let Err(error) = book.failed_once(cause, pause.is_some()) {
                        return Err(job.worker.lost(&error));
                    }
                    pause
                }
                _ => None,
            };
            let Some(pause) = pause else {
                return answer;
            };
            self.life = Life::Unborn;
            tokio::time::sleep(pause).await;
        }
    }

    async fn try_invoke(&mut self, birth: &Birth, component: &Loaded, job: &Job) -> Answer {
        if let Life::Failed(cause) = &self.life {
            let cause = cause.clone();
            return Err(CallError::PreviousInvocationFailed { cause });
        }
        let not_created = |cause| CallError::NotCreated {
            worker: birth.id.clone(),
            cause,
        };
        let compiled = component.compiled();
        let compiled = compiled.map_err(not_created)?;
        if let Life::Unborn = self.life {
            let owned = self.owned.clone();
            let owned = Resources::new(birth.id.clone(), birth.component, owned);
            let alive = Alive::create(birth, compiled, owned).await?;
            self.life = Life::Alive(Box::new(alive));
        }
        let Life::Alive(alive) = &mut self.life else {
            unreachable!("a worker that has not failed is alive by now")
        };
        alive.begin(job.queued.as_ref())?;
        self.has_begun = true;
        alive.invoke(&compiled.exports, &job.invocation).await
    }
}
