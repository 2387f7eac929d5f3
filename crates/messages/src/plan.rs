//! Changes to files, and processes.

data! {
    /// What a command would do.
    pub struct Plan {
        /// The files that would change, by path.
        pub changes: Vec<File>,
        /// What would be run after that, in this order.
        pub commands: Vec<Command>,
    }

    /// A file that would change.
    pub struct File {
        /// The file.
        pub path: String,
        /// What would happen to it.
        pub action: Action,
        /// How, as a unified diff; none for a file that is not text.
        pub diff: Option<String>,
    }

    /// A file that has changed.
    pub struct FileChange {
        /// The file.
        pub path: String,
        /// What has happened to it.
        pub action: Action,
    }

    /// A process.
    pub struct Command {
        /// The program.
        pub program: String,
        /// Its arguments.
        pub args: Vec<String>,
        /// The directory that it runs in.
        pub cwd: String,
        /// What is set on top of the inherited environment.
        pub env: Vec<Variable>,
    }

    /// An environment variable.
    pub struct Variable {
        /// Its name.
        pub name: String,
        /// Its value.
        pub value: String,
    }
}

names! {
    /// What happens to a file.
    pub enum Action {
        /// There was none.
        Create,
        /// It gets other content.
        Change,
        /// It goes.
        Remove,
    }
}
