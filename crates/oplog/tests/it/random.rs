//! Random numbers from a seed, and entries made of them.

use std::borrow::Cow;

use golem_rpc_oplog::{
    Call, Effect, Entry, IdempotencyKey, Invocation, Kind, LogLevel, Pending, RetryPolicy,
    UpdateKind, WorkerId,
};
use uuid::Uuid;

pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn number(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub(crate) fn below(&mut self, count: u64) -> u64 {
        (self.number() >> 8) % count
    }

    pub(crate) fn flag(&mut self) -> bool {
        self.below(2) == 1
    }

    /// A number of any size.
    pub(crate) fn any(&mut self) -> u64 {
        self.number() >> self.below(64)
    }

    pub(crate) fn bytes(&mut self, most: u64) -> Vec<u8> {
        let count = self.below(most + 1);
        (0..count).map(|_| self.number() as u8).collect()
    }

    pub(crate) fn text(&mut self) -> String {
        const PARTS: [&str; 8] = ["a", "b", "\0", "\u{ff}", "ÿÿ", "🦀", "/", " "];
        let count = self.below(5);
        let part = |_| PARTS[self.below(PARTS.len() as u64) as usize];
        (0..count).map(part).collect()
    }

    fn texts(&mut self) -> Vec<String> {
        (0..self.below(3)).map(|_| self.text()).collect()
    }

    pub(crate) fn worker(&mut self) -> WorkerId {
        WorkerId::new(Uuid::from_u128(self.below(3).into()), self.text())
    }

    fn invocation(&mut self) -> Invocation {
        let key = if self.flag() {
            Uuid::from_u64_pair(self.number(), self.number()).to_string()
        } else {
            self.text()
        };
        Invocation {
            function: self.text(),
            params: self.bytes(100),
            key: IdempotencyKey(key.into()),
        }
    }

    fn function(&mut self) -> Cow<'static, str> {
        match self.below(3) {
            0 => Cow::Borrowed("golem::rpc::wasm-rpc::invoke-and-await result"),
            1 => Cow::Borrowed("monotonic_clock::now"),
            _ => Cow::Owned(self.text()),
        }
    }

    fn effect(&mut self) -> Effect {
        match self.below(6) {
            0 => Effect::ReadLocal,
            1 => Effect::WriteLocal,
            2 => Effect::ReadRemote,
            3 => Effect::WriteRemote,
            4 => Effect::WriteRemoteBatched { begin: None },
            _ => Effect::WriteRemoteBatched {
                begin: Some(self.any()),
            },
        }
    }

    fn policy(&mut self) -> RetryPolicy {
        RetryPolicy {
            max_attempts: self.any() as u32,
            min_delay: self.any(),
            max_delay: self.any(),
            multiplier: self.below(1000) as f64 / 7.0,
            max_jitter: self.flag().then(|| self.below(1000) as f64 / 1000.0),
        }
    }

    pub(crate) fn entry(&mut self) -> Entry {
        Entry {
            time: self.any(),
            kind: self.kind(),
        }
    }

    fn kind(&mut self) -> Kind {
        match 1 + self.below(28) {
            1 => Kind::Create {
                worker: self.worker(),
                version: self.any(),
                args: self.texts(),
                env: self
                    .texts()
                    .into_iter()
                    .map(|name| (name, self.text()))
                    .collect(),
                parent: self.flag().then(|| self.worker()),
                component_size: self.any(),
                memory: self.any(),
            },
            2 => Kind::ExportedFunctionInvoked {
                call: match self.flag() {
                    true => Call::Queued { index: self.any() },
                    false => Call::Direct {
                        invocation: self.invocation(),
                    },
                },
            },
            3 => Kind::ExportedFunctionCompleted {
                response: self.bytes(100),
                fuel: self.any(),
            },
            4 => Kind::ImportedFunctionInvoked {
                function: self.function(),
                request: self.bytes(40),
                response: self.bytes(3000),
                effect: self.effect(),
            },
            5 => Kind::BeginRemoteWrite,
            6 => Kind::EndRemoteWrite { begin: self.any() },
            7 => Kind::BeginAtomicRegion,
            8 => Kind::EndAtomicRegion { begin: self.any() },
            9 => Kind::Jump {
                start: self.any(),
                end: self.any(),
            },
            10 => Kind::NoOp,
            11 => Kind::ChangeRetryPolicy {
                policy: self.policy(),
            },
            12 => Kind::Suspend,
            13 => Kind::Interrupted,
            14 => Kind::Exited,
            15 => Kind::Error {
                error: self.text(),
                retried: self.flag(),
            },
            16 => Kind::Restart,
            17 => Kind::PendingWorkerInvocation {
                invocation: match self.flag() {
                    true => Pending::Call {
                        invocation: self.invocation(),
                    },
                    false => Pending::ManualUpdate {
                        version: self.any(),
                    },
                },
            },
            18 => Kind::PendingUpdate {
                version: self.any(),
                how: match self.flag() {
                    true => UpdateKind::Automatic,
                    false => UpdateKind::Snapshot {
                        data: self.bytes(50),
                    },
                },
            },
            19 => Kind::SuccessfulUpdate {
                version: self.any(),
                component_size: self.any(),
            },
            20 => Kind::FailedUpdate {
                version: self.any(),
                details: self.flag().then(|| self.text()),
            },
            21 => Kind::GrowMemory { delta: self.any() },
            22 => Kind::CreateResource { id: self.any() },
            23 => Kind::DropResource { id: self.any() },
            24 => Kind::DescribeResource {
                id: self.any(),
                resource: self.text(),
                params: self.texts(),
            },
            25 => Kind::Log {
                level: [LogLevel::Stdout, LogLevel::Stderr, LogLevel::Info][self.below(3) as usize],
                context: self.text(),
                message: self.text(),
            },
            26 => Kind::ActivatePlugin {
                plugin: self.text(),
            },
            27 => Kind::DeactivatePlugin {
                plugin: self.text(),
            },
            _ => Kind::Snapshot {
                data: self.bytes(5000),
            },
        }
    }
}
