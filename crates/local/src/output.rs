//! A worker's stdout and stderr, cut into lines.
//!
//! Whatever a guest writes is buffered up to the line break and becomes an
//! [`Event::Output`]; a line that never ends is cut at [`LONGEST_LINE`] bytes, and
//! what is left at the end of an invocation is a line of its own.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use golem_rpc_oplog::{Kind, LogLevel};
use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};
use wasmtime_wasi_io::async_trait;
use wasmtime_wasi_io::bytes::Bytes;

use crate::event::{Event, Stream};
use crate::gate::Record;
use crate::name::WorkerId;
use crate::shared::Shared;

const LONGEST_LINE: usize = 64 * 1024;
/// How much a guest may write at once.
const PERMIT: usize = 64 * 1024;

/// One output stream of one worker; clones share the buffer.
#[derive(Clone)]
pub(crate) struct Lines(Arc<Inner>);

/// Where a worker's lines go: into its oplog, and to whoever hears of events. In replay they go nowhere.
pub(crate) struct Out {
    pub(crate) shared: Arc<Shared>,
    pub(crate) record: Option<Record>,
    pub(crate) live: Arc<AtomicBool>,
    /// What is written again, since it is executed again, and has been said.
    pub(crate) repeated: Mutex<VecDeque<(LogLevel, String)>>,
}

impl Out {
    fn say(&self, worker: &WorkerId, stream: Stream, line: String) {
        if !self.live.load(Ordering::Acquire) {
            return;
        }
        let level = match stream {
            Stream::Stdout => LogLevel::Stdout,
            Stream::Stderr => LogLevel::Stderr,
        };
        let mut repeated = self.repeated.lock().expect("no panic holds this lock");
        let is_next = |(known, text): &mut (LogLevel, String)| *known == level && *text == line;
        if repeated.pop_front_if(is_next).is_some() {
            return;
        }
        drop(repeated);
        if let Some(record) = &self.record {
            // where nothing can be written any more, the call says so
            let _ = record.write(Kind::Log {
                level,
                context: String::new(),
                message: line.clone(),
            });
        }
        self.shared.event(Event::Output {
            worker: worker.clone(),
            stream,
            line,
        });
    }
}

struct Inner {
    worker: WorkerId,
    stream: Stream,
    out: Arc<Out>,
    partial: Mutex<Vec<u8>>,
}

impl Lines {
    pub(crate) fn new(worker: WorkerId, stream: Stream, out: Arc<Out>) -> Self {
        Self(Arc::new(Inner {
            worker,
            stream,
            out,
            partial: Mutex::default(),
        }))
    }

    /// Hands on what is left without a line break.
    pub(crate) fn finish(&self) {
        let rest = std::mem::take(&mut *self.0.lock());
        if !rest.is_empty() {
            self.0.emit(&rest);
        }
    }

    fn push(&self, bytes: &[u8]) {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let mut partial = self.0.lock();
            partial.extend_from_slice(piece);
            let ended = partial.ends_with(b"\n");
            if ended || partial.len() >= LONGEST_LINE {
                let line = std::mem::take(&mut *partial);
                drop(partial);
                self.0.emit(line.strip_suffix(b"\n").unwrap_or(&line));
            }
        }
    }
}

impl Inner {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<u8>> {
        self.partial.lock().expect("no panic holds this lock")
    }

    fn emit(&self, line: &[u8]) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let line = String::from_utf8_lossy(line).into_owned();
        self.out.say(&self.worker, self.stream, line);
    }
}

impl IsTerminal for Lines {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Lines {
    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }

    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }
}

#[async_trait]
impl Pollable for Lines {
    async fn ready(&mut self) {}
}

impl OutputStream for Lines {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.push(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(PERMIT)
    }
}

impl AsyncWrite for Lines {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        self.push(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
