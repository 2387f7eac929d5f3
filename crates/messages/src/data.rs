//! What all types here have in common: their derives, kebab-case names, and no unknown keys.

/// Structs of the format.
macro_rules! data {
    ($($item:item)*) => {$(
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(rename_all = "kebab-case", deny_unknown_fields)]
        $item
    )*};
}

/// Enums without fields: a string each.
macro_rules! names {
    ($($item:item)*) => {$(
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize,
        )]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(rename_all = "kebab-case")]
        $item
    )*};
}

/// Enums with fields: an object each, whose `kind` says which.
macro_rules! kinds {
    ($($item:item)*) => {$(
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(
            tag = "kind",
            rename_all = "kebab-case",
            rename_all_fields = "kebab-case",
            deny_unknown_fields
        )]
        $item
    )*};
}

/// The enum of all messages.
macro_rules! message {
    ($item:item) => {
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(tag = "reason", rename_all = "kebab-case", deny_unknown_fields)]
        $item
    };
}
