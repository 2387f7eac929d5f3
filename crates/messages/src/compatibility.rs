//! What a change of a target's WIT breaks.

use crate::Place;

data! {
    /// How one target differs from an older version of itself.
    pub struct Compatibility {
        /// The target.
        pub target: String,
        /// The version that it is compared with.
        pub against: Against,
        /// Everything that differs.
        pub changes: Vec<CompatibilityChange>,
    }

    /// One difference.
    pub struct CompatibilityChange {
        /// What it does to callers.
        pub class: Class,
        /// What has changed.
        pub subject: Subject,
        /// How.
        pub what: What,
        /// Where: `ns:pkg/api.add-order: param order: record order: field total`.
        pub item: String,
        /// Where else the same type is carried.
        pub also: Vec<String>,
        /// How it was; none for what is new.
        pub old: Option<Side>,
        /// How it is; none for what is gone.
        pub new: Option<Side>,
        /// The place in the new version: of what changed, or of what it stood in.
        pub place: Option<Place>,
        /// Why this breaks callers, or why it does not.
        pub because: String,
    }

    /// One version of what has changed.
    pub struct Side {
        /// It as WIT, on one line.
        pub text: String,
        /// Where it stands.
        pub place: Option<Place>,
    }
}

kinds! {
    /// What a target is compared with.
    pub enum Against {
        /// The copy of its stub that a caller has.
        Vendored {
            /// The caller.
            caller: String,
        },
        /// A revision of the repository.
        Git {
            /// As it was given.
            revision: String,
        },
        /// A directory.
        Directory {
            /// The directory.
            path: String,
        },
    }
}

names! {
    /// What a change does to callers.
    pub enum Class {
        /// A caller that is already built no longer works, or misunderstands.
        Wire,
        /// A caller that is already built works on; its code must change when it is built again.
        Source,
        /// No caller notices.
        Compatible,
    }

    /// What has changed.
    pub enum Subject {
        /// The target's package.
        Package,
        /// Its world.
        World,
        /// An exported interface.
        Interface,
        /// An exported function.
        Function,
        /// An exported resource.
        Resource,
        /// A named type.
        Type,
        /// A parameter, or all of a function.
        Param,
        /// A result.
        Result,
        /// A field, or all of a record.
        Field,
        /// A case, or all of a variant or enum.
        Case,
        /// A flag, or all of a flags type.
        Flag,
    }

    /// How it has changed.
    pub enum What {
        /// It is new.
        Added,
        /// It is gone.
        Removed,
        /// It has another name, in the same place.
        Renamed,
        /// The same members stand in another order.
        Reordered,
        /// It has another type, or a function is of another kind.
        Retyped,
        /// It is declared in another interface.
        Moved,
        /// Its documentation differs.
        Documented,
    }
}
