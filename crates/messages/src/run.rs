//! What is made and what runs: stubs, builds, artifacts, workers.

data! {
    /// A stub that is being made.
    pub struct Generating {
        /// Where its target's WIT is.
        pub source: String,
        /// The stub crate, if it is one.
        pub stub_crate: Option<String>,
    }

    /// A wasm file.
    pub struct Artifact {
        /// The member, or the target whose stub it is; none if it was made of files and
        /// directories that were named.
        pub package: Option<String>,
        /// What it is.
        pub kind: ArtifactKind,
        /// Where it is; none if it is only made in memory, or missing.
        pub path: Option<String>,
        /// Its size.
        pub bytes: u64,
        /// The cargo profile it was built in.
        pub profile: Option<String>,
        /// The targets whose stubs are in it.
        pub targets: Vec<String>,
        /// Whether it is as it was before; of `status`, whether it is there and, if composed, was
        /// composed of the components that are there.
        pub fresh: bool,
    }

    /// Something that needed no change.
    pub struct Fresh {
        /// What it is.
        pub kind: FreshKind,
        /// How many of them.
        pub count: u32,
        /// Where, if it is one file or directory.
        pub path: Option<String>,
    }

    /// A text that was asked for.
    pub struct Text {
        /// What it is.
        pub kind: TextKind,
        /// The text.
        pub text: String,
    }

    /// A worker that came to be.
    pub struct Worker {
        /// Its name, `<package>/<worker>`.
        pub worker: String,
    }

    /// A line that a worker wrote.
    pub struct Output {
        /// The worker.
        pub worker: String,
        /// Where it wrote.
        pub stream: Stream,
        /// The line, without its line break.
        pub line: String,
    }

    /// The end of a call.
    pub struct Outcome {
        /// The worker that was called.
        pub worker: String,
        /// The call as it was given.
        pub call: String,
        /// The result in WAVE; none if the function has none.
        pub result: Option<String>,
    }

    /// A triggered call that failed.
    pub struct Trigger {
        /// The worker that was called.
        pub worker: String,
        /// The function's name on the wire.
        pub function: String,
        /// Why it failed.
        pub message: String,
    }
}

names! {
    /// What a wasm file is.
    pub enum ArtifactKind {
        /// A member's component.
        Component,
        /// A target's stub.
        Stub,
        /// A caller's component with the stubs of its targets.
        Composed,
    }

    /// What needed no change.
    pub enum FreshKind {
        /// Stubs and their copies.
        Stubs,
        /// A stub crate.
        StubCrate,
        /// Links.
        Links,
        /// Files that were to be written.
        Output,
    }

    /// What a text is.
    pub enum TextKind {
        /// A component in the text format of WebAssembly.
        Wat,
        /// A tree for a terminal.
        Tree,
        /// A graph for Graphviz.
        Dot,
        /// A graph for Mermaid.
        Mermaid,
        /// A picture.
        Svg,
        /// Annotations for GitHub.
        Github,
        /// A script that completes command lines in a shell.
        Completions,
        /// A page of the manual.
        Man,
        /// What a command does and takes.
        Help,
        /// The version of cargo golem-rpc.
        Version,
    }

    /// One of a worker's two streams.
    pub enum Stream {
        /// Standard output.
        Stdout,
        /// Standard error.
        Stderr,
    }
}
