//! TOML files that belong to somebody else.
//!
//! `toml_edit` parses a file and says where everything stands; an edit then is a piece of text put
//! in or taken out at such a place ([`Edits`]), never a document printed anew. So line endings, a
//! byte order mark, odd spacing and comments stay as they are without anybody thinking of them.
//!
//! What is put in can be taken out again to the byte: a section comes with one empty line above it and
//! goes with one, and a file ends in a line break afterwards if it did before. A table or a line that
//! nothing else marks as ours bears a tag, [`TAG`].

mod array;
mod document;
mod entries;
mod error;
mod splice;

pub use array::{insert as insert_strings, remove as remove_strings, text as array_text};
pub use document::{Region, TAG, TomlText, key_path, newline_of, string_text, utf8};
pub use error::TomlError;
pub use splice::{Edits, edited, is_blank, pop_newline};
