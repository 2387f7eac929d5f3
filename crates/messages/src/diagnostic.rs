//! Beginning and end of a command, and what it has to say about what it met.

data! {
    /// Which command runs.
    pub struct Start {
        /// The command: `init`, `build-members`, …; none if the command line names none.
        pub command: Option<String>,
        /// The version of cargo golem-rpc.
        pub version: String,
        /// The root of the workspace, for commands that work in one.
        pub workspace: Option<String>,
    }

    /// How the command ended.
    pub struct Finish {
        /// The exit code, as the documents list them.
        pub code: u8,
    }

    /// Something worth knowing that stops nothing.
    pub struct Diagnostic {
        /// How serious it is.
        pub level: Level,
        /// What it is about, for programs.
        pub cause: Cause,
        /// The same for people.
        pub message: String,
        /// What to type about it.
        pub hint: Option<String>,
    }

    /// Why the command fails.
    pub struct Error {
        /// What sort of failure it is: the meaning of the exit code.
        pub kind: ErrorKind,
        /// The exit code.
        pub code: u8,
        /// What has failed.
        pub message: String,
        /// Why, the nearest cause first.
        pub causes: Vec<String>,
        /// What to type about it.
        pub hint: Option<String>,
        /// Where in a file, if it is about one.
        pub place: Option<Place>,
    }

    /// A place in a text file.
    pub struct Place {
        /// The file.
        pub path: String,
        /// The line.
        pub line: u32,
        /// The column in bytes, if known.
        pub column: Option<u32>,
    }
}

names! {
    /// How serious a diagnostic is.
    pub enum Level {
        /// Good to know.
        Note,
        /// Will probably not do what is wanted.
        Warning,
    }

    /// The sorts of failures.
    pub enum ErrorKind {
        /// Something that was tried has failed (exit code 1).
        Failed,
        /// The command line asks for something that is not possible (2).
        Usage,
        /// The workspace, a manifest or a named file is not as needed (3).
        Workspace,
        /// The WIT is wrong, or has no stub (4).
        Wit,
        /// Something was changed by hand, or is not ours, and is left as it is (5).
        Refused,
        /// A tool that is needed is missing (6).
        ToolMissing,
        /// Ctrl-C (130).
        Interrupted,
    }
}

impl ErrorKind {
    /// The sort of failure that an exit code stands for.
    pub fn of(code: u8) -> ErrorKind {
        match code {
            2 => ErrorKind::Usage,
            3 => ErrorKind::Workspace,
            4 => ErrorKind::Wit,
            5 => ErrorKind::Refused,
            6 => ErrorKind::ToolMissing,
            130 => ErrorKind::Interrupted,
            _ => ErrorKind::Failed,
        }
    }
}

kinds! {
    /// What a diagnostic is about.
    pub enum Cause {
        /// A task of the user's has one of our names and stays.
        TaskKept {
            /// The task.
            task: String,
            /// Where it is.
            place: Place,
        },
        /// A task of ours hides one in a file that Makefile.toml extends.
        TaskHidden {
            /// The task.
            task: String,
            /// Where the other one is.
            place: Place,
        },
        /// A task that was not ours is replaced.
        TaskReplaced {
            /// The task.
            task: String,
            /// Where it was.
            place: Place,
        },
        /// A task of the older tool is removed.
        TaskRemoved {
            /// The task.
            task: String,
            /// Where it was.
            place: Place,
        },
        /// A caller's WIT, in which something changes, is other members' as well.
        SharedWit {
            /// The caller.
            caller: String,
            /// The WIT root.
            path: String,
            /// The other members.
            others: Vec<String>,
        },
        /// A file that was changed by hand is overwritten.
        Overwritten {
            /// The file.
            path: String,
        },
        /// A file stays: it is the user's, or is no longer needed but was edited by hand.
        Kept {
            /// The file.
            path: String,
        },
        /// A file that is no longer needed goes although it was changed by hand.
        Removed {
            /// The file.
            path: String,
        },
        /// The lock of an earlier version goes.
        OldLock {
            /// The file.
            path: String,
        },
        /// A file that the system had put into a directory of ours goes with that.
        JunkRemoved {
            /// The file.
            path: String,
        },
        /// A file of the user's stays in a directory of which all else goes.
        Left {
            /// The file.
            path: String,
        },
        /// What is put into a caller's directory of WIT dependencies, other members read as well.
        SharedDeps {
            /// The directory.
            dir: String,
            /// The caller.
            caller: String,
            /// The others.
            others: Vec<String>,
        },
        /// Lines that use the stub of a link which was taken back all the same.
        StillUsed {
            /// Where they stand.
            places: Vec<Place>,
        },
        /// A change that a killed command had begun was finished or undone.
        Recovered {
            /// Whether it was finished.
            finished: bool,
            /// The files.
            paths: Vec<String>,
        },
        /// A change that a killed command had begun is neither finished nor undone yet.
        Unfinished {
            /// The files.
            paths: Vec<String>,
        },
        /// Another command of ours changes the workspace, and this one waits for its end.
        Waiting {
            /// The root of the workspace.
            root: String,
        },
        /// A caller does not import a stub yet.
        ImportMissing {
            /// The caller; of a composition of files, its file.
            caller: String,
            /// The target; of a composition of files, the file of its stub.
            target: String,
            /// The lines of which one is to be written.
            imports: Vec<String>,
            /// The world to write it in, where known.
            place: Option<Place>,
        },
        /// A name in a caller's WIT that no stub had any more is put right.
        ImportFixed {
            /// The target.
            target: String,
            /// What stands there now.
            new: String,
            /// Where.
            place: Place,
        },
        /// The WIT of a member does not resolve.
        Unresolved {
            /// The member.
            member: String,
            /// Where that shows, where known.
            place: Option<Place>,
        },
        /// A caller imports a stub, but no code of it calls it yet: it is composed without.
        NotCalled {
            /// The caller.
            caller: String,
            /// The target.
            target: String,
        },
        /// A composed component imports an interface or a function that no host offers.
        ImportNotOffered {
            /// The caller; of a composition of files, its file.
            caller: String,
            /// The interface, or the function.
            import: String,
            /// The functions of the interface that it asks for.
            functions: Vec<String>,
            /// The resources of the interface that it asks for.
            resources: Vec<String>,
        },
        /// A composed component still imports a stub: that was not among those it was composed with.
        StubNotGiven {
            /// The caller; of a composition of files, its file.
            caller: String,
            /// The stub's interface.
            import: String,
        },
        /// Rust code or WIT names something of a stub by the older tool that is called otherwise now.
        Renamed {
            /// The name.
            old: String,
            /// What it is called now; none if there is no such thing any more.
            new: Option<String>,
            /// Where it is named.
            place: Place,
        },
        /// A function that the stub leaves out.
        FunctionSkipped {
            /// The target, or the WIT that the stub is made of.
            target: String,
            /// Its name on the wire.
            function: String,
            /// Where it stands, where that is known.
            place: Option<Place>,
        },
        /// A function that takes, or was given, an owned handle of one of the target's resources: it
        /// works in the local runtime, and fails on Golem.
        OwnedParameter {
            /// The target, or the WIT that the stub is made of.
            target: String,
            /// Its name on the wire.
            function: String,
            /// The parameter; none where a call was seen.
            parameter: Option<String>,
            /// Where it asks for the handle, where that is known.
            place: Option<Place>,
        },
        /// A tool that will be needed is missing.
        ToolMissing {
            /// The tool.
            tool: String,
            /// The command that installs it.
            install: String,
        },
        /// A worker uses something that works here and not on Golem.
        LocalOnly {
            /// The URI as the worker gave it.
            uri: String,
        },
        /// The end of a call waits for others that it has scheduled, which Golem would not do.
        Scheduled {
            /// How many there are.
            calls: u32,
            /// When the last one is due, in seconds from now.
            seconds: u64,
        },
        /// Nothing that has a kind of its own.
        Other {},
    }
}
