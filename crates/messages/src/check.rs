//! What `check` and `doctor` found.

use crate::Place;

data! {
    /// What `check` found; the exit code is 1 if it is anything.
    pub struct Check {
        /// What is not as it should be, by path.
        pub findings: Vec<Finding>,
        /// How many files and entries were looked at.
        pub checked: u32,
    }

    /// A generated file or entry that is not as it should be, or something that keeps links from
    /// being generated at all.
    pub struct Finding {
        /// What is wrong with it.
        pub kind: FindingKind,
        /// Why, for people.
        pub message: String,
        /// The file; for what is broken, the one where that shows.
        pub path: String,
        /// The key, for an entry of a manifest or a task.
        pub key: Option<String>,
        /// The caller that it is there for, if it is one.
        pub caller: Option<String>,
        /// The target that it was generated from, if it is one.
        pub target: Option<String>,
        /// What would fix it, as a unified diff; none for entries and for what is broken.
        pub diff: Option<String>,
        /// The command that fixes it; none where something has to be corrected first.
        pub command: Option<String>,
    }

    /// What `doctor` found.
    pub struct Doctor {
        /// Everything that was looked at.
        pub findings: Vec<DoctorFinding>,
    }

    /// One thing that was looked at.
    pub struct DoctorFinding {
        /// What it is.
        pub examined: Examined,
        /// How it is.
        pub severity: Severity,
        /// What was found, for people.
        pub message: String,
        /// Where, if it is in a file.
        pub place: Option<Place>,
        /// The command that fixes it, if there is something to fix.
        pub command: Option<String>,
    }
}

names! {
    /// What is wrong with something generated.
    pub enum FindingKind {
        /// It would be another one now.
        Stale,
        /// It was changed by hand.
        Edited,
        /// It is not there.
        Missing,
        /// Nothing needs it any more.
        Unneeded,
        /// Links that cannot be generated: their state is not known.
        Broken,
    }

    /// How something is.
    pub enum Severity {
        /// As it should be.
        Ok,
        /// It works, but may not for long, or not for everybody.
        Warning,
        /// It does not work.
        Error,
    }
}

kinds! {
    /// What `doctor` looks at.
    pub enum Examined {
        /// A tool.
        Tool {
            /// Its name.
            name: String,
            /// The version that was found; none if it is missing.
            version: Option<String>,
            /// The versions that fit.
            wanted: Option<String>,
        },
        /// A compilation target of Rust's.
        RustTarget {
            /// Its name.
            name: String,
        },
        /// The versions of a WIT package among the members.
        WitVersions {
            /// The package, without version.
            package: String,
            /// The versions that there are.
            versions: Vec<String>,
        },
        /// A task of Makefile.toml.
        Task {
            /// Its name.
            name: String,
        },
        /// A link.
        Link {
            /// Who calls; none if it is about all callers of the target.
            caller: Option<String>,
            /// Who is called.
            target: String,
        },
        /// The WIT of a member.
        Wit {
            /// The member.
            member: String,
        },
        /// Generated files and entries.
        Generated {
            /// The files that would be others now.
            paths: Vec<String>,
        },
        /// A stub crate by the older tool.
        OlderStub {
            /// Its directory.
            dir: String,
        },
        /// Changes that a command had begun and did not bring to their end.
        Unfinished {
            /// The files.
            paths: Vec<String>,
        },
        /// Something in a WIT root.
        WitEntry {
            /// Its path.
            path: String,
        },
        /// A manifest.
        Manifest {
            /// Its path.
            path: String,
        },
    }
}
