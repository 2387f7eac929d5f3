//! How a target is called, and why a WIT package is there.

data! {
    /// How a target is called.
    pub struct Describe {
        /// The target.
        pub target: String,
        /// Its WIT package.
        pub package: String,
        /// Its world.
        pub world: String,
        /// The line for the caller's world.
        pub import: String,
        /// The `use` lines for the caller's Rust code.
        pub use_paths: Vec<String>,
        /// The resources of the stub.
        pub resources: Vec<Resource>,
        /// The forms of a worker's address.
        pub uris: Vec<Uri>,
        /// Rust code to copy.
        pub snippet: String,
    }

    /// A resource of a stub.
    pub struct Resource {
        /// Its name in WIT.
        pub name: String,
        /// Its constructor in WIT, if it has one.
        pub constructor: Option<String>,
        /// The function that makes the same on a new ephemeral worker, in WIT, if there is one.
        pub ephemeral: Option<String>,
        /// What can be called.
        pub functions: Vec<Function>,
    }

    /// A remote function.
    pub struct Function {
        /// Its name on the wire.
        pub wire_name: String,
        /// The function that waits, in WIT.
        pub blocking: String,
        /// The function that starts it, in WIT.
        pub start: String,
        /// The function that schedules it, in WIT, if there is one.
        pub schedule: Option<String>,
    }

    /// A form of a worker's address.
    pub struct Uri {
        /// The form, with what is to be put in between `<` and `>`.
        pub form: String,
        /// Whether Golem takes it, not the local runtime alone.
        pub on_golem: bool,
    }

    /// Why a WIT package stands below a member's `wit/deps`.
    pub struct Why {
        /// The package.
        pub package: String,
        /// Where it stands, and what for.
        pub origins: Vec<Origin>,
    }

    /// One copy of a WIT package.
    pub struct Origin {
        /// The member that has it.
        pub member: String,
        /// Its directory.
        pub path: String,
        /// Whether the member brought it itself; else it was copied from a stub.
        pub brought: bool,
        /// The targets whose stubs use it.
        pub targets: Vec<String>,
    }
}
