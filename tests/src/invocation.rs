//! A command that is to be run in a hermetic environment.

use std::ffi::OsStr;
use std::process::{Child, Command, Stdio};

use camino::{Utf8Path, Utf8PathBuf};

use crate::{Run, binary};
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
use golem_rpc_trace::{Call, Fate, HELD, Traced, trace_program};

/// What a child sees of our environment, beside PATH: where the toolchain, the registry and
/// temporary files are.
const KEPT: [&str; 11] = [
    "HOME",
    "CARGO_HOME",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
    "TMPDIR",
    "USER",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "http_proxy",
    "https_proxy",
    "no_proxy",
];

/// Settings of cargo about the network and registries.
const KEPT_PREFIXES: [&str; 4] = [
    "CARGO_HTTP_",
    "CARGO_NET_",
    "CARGO_REGISTR",
    "CARGO_SOURCE_",
];

/// A command line, where it runs and what it sees.
pub struct Invocation {
    line: String,
    command: Command,
}

impl Invocation {
    /// `program` with `args` in the directory `cwd`; our binary is on PATH.
    pub fn new(program: &str, args: &[&str], cwd: &Utf8Path) -> Invocation {
        let mut command = Command::new(program);
        command
            .args(args)
            .current_dir(cwd)
            .env_clear()
            .stdin(Stdio::null());
        for (name, value) in std::env::vars() {
            let kept = KEPT.iter().any(|kept| name.eq_ignore_ascii_case(kept));
            if kept || KEPT_PREFIXES.iter().any(|prefix| name.starts_with(prefix)) {
                command.env(name, value);
            }
        }
        command.env("PATH", path());
        command
            .env("CARGO_TERM_COLOR", "never")
            .env("COLUMNS", "100")
            .env("LANG", "C.UTF-8");
        let line = [program]
            .iter()
            .chain(args)
            .copied()
            .collect::<Vec<_>>()
            .join(" ");
        Invocation { line, command }
    }

    /// With this in the environment.
    pub fn env(mut self, name: &str, value: impl AsRef<str>) -> Invocation {
        self.command.env(name, value.as_ref());
        self
    }

    /// Without this in the environment.
    pub fn without_env(mut self, name: &str) -> Invocation {
        self.command.env_remove(name);
        self
    }

    /// With nothing in the environment.
    pub fn without_environment(mut self) -> Invocation {
        self.command.env_clear();
        self
    }

    /// With only these directories on PATH.
    pub fn path(self, dirs: &[Utf8PathBuf]) -> Invocation {
        let dirs: Vec<&str> = dirs.iter().map(|dir| dir.as_str()).collect();
        self.env("PATH", dirs.join(":"))
    }

    /// With this directory in front of all others on PATH.
    pub fn path_first(self, dir: &Utf8Path) -> Invocation {
        let path = format!("{dir}:{}", path());
        self.env("PATH", path)
    }

    /// Runs it to its end. Where it is to write JSON, every line is looked at.
    #[track_caller]
    pub fn run(mut self) -> Run {
        let is_read = self.asks_for_json();
        let output = self.command.output();
        let run = Run::new(self.line, output.unwrap());
        if is_read {
            run.messages();
        }
        run
    }

    fn asks_for_json(&self) -> bool {
        let args: Vec<&OsStr> = self.command.get_args().collect();
        let asks = |pair: &[&OsStr]| pair == ["--message-format", "json"];
        let ours = args.first().is_some_and(|arg| *arg == "golem-rpc");
        (ours || self.command.get_program() == "cargo-golem-rpc") && args.windows(2).any(asks)
    }

    /// Runs it to its end, with a standard output that nobody reads.
    pub fn run_unread(mut self) -> Run {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        self.command.stdout(writer);
        let output = self.command.output();
        Run::new(self.line, output.unwrap())
    }

    /// Runs it to its end, asking `fate` about each system call that changes a file.
    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    pub fn trace(self, fate: impl FnMut(usize, Call) -> Fate) -> Traced {
        let mut held = Command::new(HELD[0]);
        held.args(&HELD[1..]).arg(self.command.get_program());
        held.args(self.command.get_args()).env_clear();
        for (name, value) in self.command.get_envs() {
            held.env(name, value.unwrap_or_default());
        }
        held.current_dir(self.command.get_current_dir().unwrap());
        trace_program(held, fate)
    }

    /// Starts it; [`Run::of_child`] waits for its end.
    pub fn start(mut self) -> Child {
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        self.command.spawn().unwrap()
    }
}

/// Our binary, then what PATH holds anyway.
fn path() -> String {
    let path = std::env::var("PATH").unwrap();
    format!("{}:{path}", binary::directory())
}
