//! Links: how they are, and who calls whom.

use crate::{Artifact, Place};

data! {
    /// What `status` found.
    pub struct Status {
        /// The links, by caller and target.
        pub links: Vec<LinkStatus>,
        /// The wasm files that are built, or missing, by package.
        pub artifacts: Vec<Artifact>,
    }

    /// A link and how it is.
    pub struct LinkStatus {
        /// Who calls.
        pub caller: String,
        /// Who is called.
        pub target: String,
        /// How the link is: the worst of its reasons.
        pub state: LinkState,
        /// Why; empty if it is up to date.
        pub reasons: Vec<LinkReason>,
        /// The line that imports the stub.
        pub import: Option<String>,
        /// The bytes that the stub adds to the composed caller, where that is known.
        pub adds_bytes: Option<u64>,
    }

    /// A link that was taken back, or would be.
    pub struct Unlinked {
        /// Who called.
        pub caller: String,
        /// Who was called.
        pub target: String,
    }

    /// Who calls whom.
    pub struct Graph {
        /// The members, by name.
        pub members: Vec<GraphMember>,
        /// The links, by caller and target.
        pub links: Vec<GraphLink>,
    }

    /// A member of the workspace.
    pub struct GraphMember {
        /// Its Cargo package.
        pub name: String,
        /// Its WIT package, where that is known.
        pub wit: Option<String>,
        /// What it is in the graph.
        pub role: Role,
    }

    /// A link in the graph.
    pub struct GraphLink {
        /// Who calls.
        pub caller: String,
        /// Who is called.
        pub target: String,
        /// How the link is.
        pub state: LinkState,
        /// Why it is so, for people.
        pub reason: Option<String>,
    }
}

names! {
    /// How a link is.
    pub enum LinkState {
        /// What the caller has is what would be generated now.
        UpToDate,
        /// It is older than the target's WIT, or was changed.
        Stale,
        /// The caller does not import it.
        Unused,
        /// It cannot be generated.
        Broken,
    }

    /// What a member is in the graph.
    pub enum Role {
        /// It calls others.
        Caller,
        /// It calls others and is called.
        Both,
        /// It is called.
        Target,
        /// It has no link.
        Alone,
    }
}

kinds! {
    /// Why a link is not up to date.
    pub enum LinkReason {
        /// A generated file would be another one now.
        FileStale {
            /// The file.
            path: String,
        },
        /// A generated file was changed by hand.
        FileEdited {
            /// The file.
            path: String,
        },
        /// A generated file is missing.
        FileMissing {
            /// The file.
            path: String,
        },
        /// An entry of a manifest is missing or another one.
        EntryStale {
            /// The manifest.
            path: String,
            /// The key.
            key: String,
        },
        /// The caller's world does not import the stub.
        NotImported {
            /// The world.
            place: Option<Place>,
        },
        /// The target, or the caller, is no member any more.
        NoMember {
            /// Its name.
            member: String,
        },
        /// The WIT of the target or of the caller is wrong.
        WitInvalid {
            /// What is wrong.
            message: String,
            /// Where.
            place: Option<Place>,
        },
        /// The caller's bindings cannot be made of what its world imports.
        BindingsFail {
            /// Why.
            message: String,
            /// Where they are asked for.
            place: Option<Place>,
        },
        /// The target has no stub.
        NoStub {
            /// Why.
            message: String,
        },
    }
}
