//! One message of each kind at least, with every enum's every name in one of them.

use golem_rpc_messages::*;

fn text(text: &str) -> String {
    text.to_string()
}

fn place() -> Place {
    Place {
        path: text("/w/cart/wit/cart.wit"),
        line: 3,
        column: Some(5),
    }
}

pub(crate) fn all() -> Vec<Message> {
    [
        beginning_and_end(),
        diagnostics(),
        plans(),
        builds(),
        workers(),
        links(),
        findings(),
    ]
    .concat()
}

fn beginning_and_end() -> Vec<Message> {
    let error = |code| {
        Message::Error(Error {
            kind: ErrorKind::of(code),
            code,
            message: text("`a`\nis \"not\" so"),
            causes: vec![text("no such file")],
            hint: None,
            place: Some(place()),
        })
    };
    let mut all = vec![
        Message::Start(Start {
            command: Some(text("init")),
            version: text("0.1.0"),
            workspace: Some(text("/w")),
        }),
        Message::Finish(Finish { code: 0 }),
    ];
    all.extend([1, 2, 3, 4, 5, 6, 130].map(error));
    all
}

fn diagnostics() -> Vec<Message> {
    let (task, path) = (text("build"), text("/w/a"));
    let causes = [
        Cause::TaskKept {
            task: task.clone(),
            place: place(),
        },
        Cause::TaskHidden {
            task: task.clone(),
            place: place(),
        },
        Cause::TaskReplaced {
            task: task.clone(),
            place: place(),
        },
        Cause::TaskRemoved {
            task,
            place: place(),
        },
        Cause::SharedWit {
            caller: text("cart"),
            path: path.clone(),
            others: vec![text("shop")],
        },
        Cause::Overwritten { path: path.clone() },
        Cause::Kept { path: path.clone() },
        Cause::Removed { path: path.clone() },
        Cause::OldLock { path: path.clone() },
        Cause::JunkRemoved { path: path.clone() },
        Cause::Left { path: path.clone() },
        Cause::SharedDeps {
            dir: path.clone(),
            caller: text("cart"),
            others: vec![text("history")],
        },
        Cause::StillUsed {
            places: vec![place()],
        },
        Cause::Recovered {
            finished: true,
            paths: vec![path],
        },
        Cause::ImportMissing {
            caller: text("cart"),
            target: text("history"),
            imports: vec![text("import shop:history-stub/stub-w;")],
            place: None,
        },
        Cause::NotCalled {
            caller: text("a"),
            target: text("b"),
        },
        Cause::Renamed {
            old: text("GolemRpcUri"),
            new: Some(text("Uri")),
            place: place(),
        },
        Cause::FunctionSkipped {
            target: text("history"),
            function: text("a:b/api.{f}"),
            place: Some(place()),
        },
        Cause::Unfinished {
            paths: vec![text("/w/Cargo.toml")],
        },
        Cause::Waiting { root: text("/w") },
        Cause::ToolMissing {
            tool: text("cargo-make"),
            install: text("cargo install cargo-make"),
        },
        Cause::LocalOnly {
            uri: text("worker://a/b"),
        },
        Cause::Scheduled {
            calls: 2,
            seconds: 60,
        },
        Cause::OwnedParameter {
            target: text("target"),
            function: text("a:b/c.{f}"),
            parameter: Some(text("job")),
            place: Some(place()),
        },
        Cause::ImportNotOffered {
            caller: text("caller"),
            import: text("a:b/c"),
            functions: vec![text("f")],
            resources: vec![text("r")],
        },
        Cause::StubNotGiven {
            caller: text("caller"),
            import: text("a:b-stub/stub-c"),
        },
        Cause::Other {},
    ];
    let levels = [Level::Note, Level::Warning].into_iter().cycle();
    let diagnostic = |(cause, level)| {
        Message::Diagnostic(Diagnostic {
            level,
            cause,
            message: text("so it is"),
            hint: Some(text("cargo golem-rpc regenerate")),
        })
    };
    causes.into_iter().zip(levels).map(diagnostic).collect()
}

fn plans() -> Vec<Message> {
    let command = Command {
        program: text("cargo"),
        args: vec![text("build")],
        cwd: text("/w"),
        env: vec![Variable {
            name: text("A"),
            value: text("1"),
        }],
    };
    let file = |action| File {
        path: text("/w/a"),
        action,
        diff: Some(text("--- a\n+++ a\n")),
    };
    vec![
        Message::Plan(Plan {
            changes: [Action::Create, Action::Change, Action::Remove]
                .map(file)
                .to_vec(),
            commands: vec![command.clone()],
        }),
        Message::File(FileChange {
            path: text("/w/a"),
            action: Action::Create,
        }),
        Message::Command(command),
    ]
}

fn artifact(kind: ArtifactKind) -> Artifact {
    Artifact {
        package: Some(text("cart")),
        kind,
        path: Some(text("/w/target/wasm32-wasip1/debug/cart_composed.wasm")),
        bytes: 5_000_000_000,
        profile: Some(text("dev")),
        targets: vec![text("history")],
        fresh: false,
    }
}

fn builds() -> Vec<Message> {
    use {ArtifactKind as A, FreshKind as F, TextKind as T};
    let fresh = |kind| {
        Message::Fresh(Fresh {
            kind,
            count: 2,
            path: None,
        })
    };
    let texts = |kind| {
        Message::Text(Text {
            kind,
            text: text("(component)\n"),
        })
    };
    let mut all = vec![Message::Generating(Generating {
        source: text("/w/cart/wit"),
        stub_crate: None,
    })];
    all.extend([A::Component, A::Stub, A::Composed].map(|kind| Message::Artifact(artifact(kind))));
    all.extend([F::Stubs, F::StubCrate, F::Links, F::Output].map(fresh));
    all.extend(
        [
            T::Wat,
            T::Tree,
            T::Dot,
            T::Mermaid,
            T::Svg,
            T::Github,
            T::Completions,
            T::Man,
            T::Help,
            T::Version,
        ]
        .map(texts),
    );
    all
}

fn workers() -> Vec<Message> {
    let worker = text("cart/user-1");
    let output = |stream| {
        Message::WorkerOutput(Output {
            worker: text("cart/user-1"),
            stream,
            line: text("hello"),
        })
    };
    let result = |result| {
        Message::Result(Outcome {
            worker: text("cart/user-1"),
            call: text("get()"),
            result,
        })
    };
    vec![
        Message::WorkerStarted(Worker {
            worker: worker.clone(),
        }),
        output(Stream::Stdout),
        output(Stream::Stderr),
        result(Some(text("{a: 1}"))),
        result(None),
        Message::TriggerFailed(Trigger {
            worker,
            function: text("a:b/api.{f}"),
            message: text("it trapped"),
        }),
    ]
}

fn links() -> Vec<Message> {
    let path = text("/w/a");
    let reasons = vec![
        LinkReason::FileStale { path: path.clone() },
        LinkReason::FileEdited { path: path.clone() },
        LinkReason::FileMissing { path: path.clone() },
        LinkReason::EntryStale {
            path,
            key: text("dependencies.a"),
        },
        LinkReason::NotImported {
            place: Some(place()),
        },
        LinkReason::NoMember { member: text("b") },
        LinkReason::WitInvalid {
            message: text("`x` does not exist"),
            place: Some(place()),
        },
        LinkReason::BindingsFail {
            message: text("no bindings"),
            place: Some(place()),
        },
        LinkReason::NoStub {
            message: text("it exports nothing"),
        },
    ];
    let link = |state| GraphLink {
        caller: text("a"),
        target: text("b"),
        state,
        reason: None,
    };
    let member = |role| GraphMember {
        name: text("a"),
        wit: Some(text("a:b")),
        role,
    };
    use {LinkState as S, Role as R};
    vec![
        Message::Status(Status {
            links: vec![LinkStatus {
                caller: text("a"),
                target: text("b"),
                state: S::Stale,
                reasons,
                import: Some(text("import a:b-stub/stub-w;")),
                adds_bytes: Some(9600),
            }],
            artifacts: vec![artifact(ArtifactKind::Component)],
        }),
        Message::Unlinked(Unlinked {
            caller: text("cart"),
            target: text("history"),
        }),
        Message::Graph(Graph {
            members: [R::Caller, R::Both, R::Target, R::Alone]
                .map(member)
                .to_vec(),
            links: [S::UpToDate, S::Stale, S::Unused, S::Broken]
                .map(link)
                .to_vec(),
        }),
        Message::Describe(Describe {
            target: text("history"),
            package: text("shop:history"),
            world: text("history"),
            import: text("import shop:history-stub/stub-history;"),
            use_paths: vec![text("bindings::shop::history_stub::stub_history::Api")],
            resources: vec![Resource {
                name: text("api"),
                constructor: Some(text("constructor(location: uri)")),
                ephemeral: None,
                functions: vec![Function {
                    wire_name: text("shop:history/api.{add}"),
                    blocking: text("blocking-add: func()"),
                    start: text("add: func()"),
                    schedule: None,
                }],
            }],
            uris: vec![Uri {
                form: text("urn:worker:<component-id>/<worker-name>"),
                on_golem: true,
            }],
            snippet: text("let api = Api::new(&uri);\n"),
        }),
        Message::Why(Why {
            package: text("shop:history"),
            origins: vec![Origin {
                member: text("cart"),
                path: text("/w/cart/wit/deps/shop_history"),
                brought: false,
                targets: vec![text("history")],
            }],
        }),
    ]
}

fn findings() -> Vec<Message> {
    use {Class as C, FindingKind as F, Severity, Subject as S, What as W};
    let finding = |kind| Finding {
        kind,
        message: text("it is out of date"),
        path: text("/w/Makefile.toml"),
        key: Some(text("tasks.build")),
        caller: Some(text("a")),
        target: None,
        diff: None,
        command: Some(text("cargo golem-rpc regenerate")),
    };
    let examined = [
        (
            Severity::Ok,
            Examined::Tool {
                name: text("cargo-component"),
                version: Some(text("0.21.1")),
                wanted: None,
            },
        ),
        (
            Severity::Warning,
            Examined::RustTarget {
                name: text("wasm32-wasip1"),
            },
        ),
        (
            Severity::Error,
            Examined::WitVersions {
                package: text("wasi:io"),
                versions: vec![text("0.2.0")],
            },
        ),
        (
            Severity::Ok,
            Examined::Task {
                name: text("build"),
            },
        ),
        (
            Severity::Error,
            Examined::Link {
                caller: Some(text("cart")),
                target: text("history"),
            },
        ),
        (
            Severity::Warning,
            Examined::Generated {
                paths: vec![text("/w/Makefile.toml")],
            },
        ),
        (
            Severity::Warning,
            Examined::OlderStub {
                dir: text("/w/history-stub"),
            },
        ),
        (
            Severity::Error,
            Examined::Unfinished {
                paths: vec![text("/w/Cargo.toml")],
            },
        ),
        (
            Severity::Ok,
            Examined::WitEntry {
                path: text("/w/cart/wit/deps/.idea"),
            },
        ),
        (
            Severity::Ok,
            Examined::Manifest {
                path: text("/w/Cargo.toml"),
            },
        ),
    ];
    let examined = examined
        .into_iter()
        .map(|(severity, examined)| DoctorFinding {
            examined,
            severity,
            message: text("it fits"),
            place: None,
            command: None,
        });
    let subjects = [
        S::Package,
        S::World,
        S::Interface,
        S::Function,
        S::Resource,
        S::Type,
        S::Param,
        S::Result,
        S::Field,
        S::Case,
        S::Flag,
    ];
    let classes = [C::Wire, C::Source, C::Compatible].into_iter().cycle();
    let whats = [
        W::Added,
        W::Removed,
        W::Renamed,
        W::Reordered,
        W::Retyped,
        W::Moved,
        W::Documented,
    ];
    let changes = subjects
        .into_iter()
        .zip(classes)
        .zip(whats.into_iter().cycle());
    let change = |((subject, class), what)| CompatibilityChange {
        class,
        subject,
        what,
        item: text("a:b/api.f: param x"),
        also: vec![text("a:b/api.g: result")],
        old: Some(Side {
            text: text("x: u8"),
            place: Some(place()),
        }),
        new: Some(Side {
            text: text("x: u16"),
            place: None,
        }),
        place: None,
        because: text("kinds differ"),
    };
    let changes: Vec<CompatibilityChange> = changes.map(change).collect();
    let against = [
        Against::Vendored {
            caller: text("cart"),
        },
        Against::Git {
            revision: text("main"),
        },
        Against::Directory { path: text("/old") },
    ];
    let compatibility = against.map(|against| {
        Message::Compatibility(Compatibility {
            target: text("history"),
            against,
            changes: changes.clone(),
        })
    });
    let mut all = vec![
        Message::Check(Check {
            findings: [F::Stale, F::Edited, F::Missing, F::Unneeded]
                .map(finding)
                .to_vec(),
            checked: 12,
        }),
        Message::Doctor(Doctor {
            findings: examined.collect(),
        }),
    ];
    all.extend(compatibility);
    all
}
