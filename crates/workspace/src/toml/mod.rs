//! TOML files that belong to somebody else.
//!
//! `toml_edit` parses a file and says where everything stands; an edit then is a piece of text put
//! in or taken out at such a place ([`Edits`]), never a document printed anew. So line endings, a
//! byte order mark, odd spacing and comments stay as they are without anybody thinking of them.

mod array;
mod document;
mod entries;
mod marked;
mod splice;

pub(crate) use array::{insert as insert_strings, remove as remove_strings, text as array_text};
pub(crate) use document::{Region, TomlText, hash_text, key_path, string_text, utf8};
pub(crate) use marked::Marked;
pub(crate) use splice::Edits;
