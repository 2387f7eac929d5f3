//! The binary encoding of everything that is stored: values one after another, without names.
//!
//! Integers are varints (LEB128), texts and bytes have their length in front, lists their count,
//! options and enums a tag byte. What an enum or a struct consists of is written down once, by
//! [`wire_enum!`] and [`wire_struct!`]. New cases take new tags; a tag is never given to another
//! case, so that what an older version wrote stays readable. Any bytes decode to a value or to a
//! [`DecodeError`], in memory that is bounded by their length.

use std::borrow::Cow;
use std::sync::Arc;

use uuid::Uuid;

/// Why bytes are no value of the wanted type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// There are fewer bytes than the value needs.
    #[error("{what} ends too early")]
    Short {
        /// What was being read.
        what: &'static str,
    },
    /// An enum's tag that this version does not know.
    #[error("{what} has the unknown tag {tag}")]
    Tag {
        /// The type that was being read.
        what: &'static str,
        /// The byte that was there.
        tag: u8,
    },
    /// A number that is too large for its type.
    #[error("a number is out of range")]
    Range,
    /// A text that is not UTF-8.
    #[error("a text is not UTF-8")]
    Text,
    /// There are bytes behind the value.
    #[error("{count} bytes too many")]
    Trailing {
        /// How many.
        count: usize,
    },
}

/// A value with a binary form.
pub(crate) trait Wire: Sized {
    /// Appends the value.
    fn put(&self, out: &mut Vec<u8>);
    /// Reads a value off the front.
    fn take(bytes: &mut &[u8]) -> Result<Self, DecodeError>;
}

/// The bytes of a value.
pub(crate) fn encode(value: &impl Wire) -> Vec<u8> {
    let mut out = Vec::with_capacity(128);
    value.put(&mut out);
    out
}

/// The value that these bytes, and no more, stand for.
pub(crate) fn decode<T: Wire>(mut bytes: &[u8]) -> Result<T, DecodeError> {
    let value = T::take(&mut bytes)?;
    match bytes.len() {
        0 => Ok(value),
        count => Err(DecodeError::Trailing { count }),
    }
}

/// The first `count` bytes.
pub(crate) fn split<'a>(
    bytes: &mut &'a [u8],
    count: usize,
    what: &'static str,
) -> Result<&'a [u8], DecodeError> {
    let Some((first, rest)) = bytes.split_at_checked(count) else {
        return Err(DecodeError::Short { what });
    };
    *bytes = rest;
    Ok(first)
}

impl Wire for u8 {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(*self);
    }

    fn take(bytes: &mut &[u8]) -> Result<Self, DecodeError> {
        Ok(split(bytes, 1, "a byte")?[0])
    }
}

impl Wire for bool {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }

    fn take(bytes: &mut &[u8]) -> Result<Self, DecodeError> {
        match u8::take(bytes)? {
            0 => Ok(false),
            1 => Ok(true),
            tag => Err(DecodeError::Tag {
                what: "a bool",
                tag,
            }),
        }
    }
}

impl Wire for u64 {
    fn put(&self, out: &mut Vec<u8>) {
        let mut rest = *self;
        while rest >= 0x80 {
            out.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        out.push(rest as u8);
    }

    fn take(bytes: &mut &[u8]) -> Result<Self, DecodeError> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = u8::take(bytes)?;
            let part = u64::from(byte & 0x7f);
            // the tenth byte has room for one bit
            if shift == 63 && part > 1 {
                return Err(DecodeError::Range);
            }
            number |= part << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(DecodeError::Range)
    }
}

impl Wire for u32 {
    fn put(&self, out: &mut Vec<u8>) {
        u64::from(*self).put(out);
    }

    fn take(bytes: &mut &[u8]) -> Result<Self, DecodeError> {
        Self::try_from(u64::take(bytes)?).map_err(|_| DecodeError::Range)
    }
}

impl Wire for f64 {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend(self.to_bits().to_be_bytes());
    }

    fn take(bytes: &mut &[u8]) -> Result<Self, DecodeError> {
        <[u8; 8]>::take(bytes).map(|bits| Self::from_bits(u64::from_be_bytes(bits)))
    }
}

impl<const N: usize> Wire for [u8; N] {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend(self);
    }

    fn take(bytes: &mut &[u8]) -> Result<Self, DecodeError> {
        let mut array = [0; N];
        array.copy_from_slice(split(bytes, N, "a number")?);
        Ok(array)
    }
}

impl Wire for Uuid {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend(self.as_bytes());
    }

    fn take(bytes: &mut &[u8]) -> Result<Self, DecodeError> {
        Ok(Self::from_bytes(<[u8; 16]>::take(bytes)?))
    }
}

fn put_bytes(data: &[u8], out: &mut Vec<u8>) {
    (data.len() as u64).put(out);
    out.extend_from_slice(data);
}

fn take_bytes<'a>(bytes: &mut &'a [u8]) -> Result<&'a [u8], DecodeError> {
    let length = usize::try_from(u64::take(bytes)?).map_err(|_| DecodeError::Range)?;
    split(bytes, length, "a text or payload")
}

fn take_text<'a>(bytes: &mut &'a [u8]) -> Result<&'a str, DecodeError> {
    std::str::from_utf8(take_bytes(bytes)?).map_err(|_| DecodeError::Text)
}

/// Bytes that mean nothing here.
impl Wire for Vec<u8> {
    fn put(&self, out: &mut Vec<u8>) {
        put_bytes(self, out);
    }

    fn take(bytes: &mut &[u8]) -> Result<Self, DecodeError> {
        take_bytes(bytes).map(<[u8]>::to_vec)
    }
}

impl Wire for String {
    fn put(&self, out: &mut Vec<u8>) {
        put_bytes(self.as_bytes(), out);
    }

    fn take(bytes: &mut &[u8]) -> Result<Self, DecodeError> {
        take_text(bytes).map(str::to_owned)
    }
}

impl Wire for Arc<str> {
    fn put(&self, out: &mut Vec<u8>) {
        put_bytes(self.as_bytes(), out);
    }

    fn take(bytes: &mut &[u8]) -> Result<Self, DecodeError> {
        take_text(bytes).map(Self::from)
    }
}

/// A value that lists can be made of. Bytes are none: they are written as they are.
pub(crate) trait Item: Wire {}

impl Item for String {}

impl Item for (String, String) {}

/// Each value takes a byte at least, which bounds the memory that a list takes at once.
impl<T: Item> Wire for Vec<T> {
    fn put(&self, out: &mut Vec<u8>) {
        (self.len() as u64).put(out);
        self.iter().for_each(|item| item.put(out));
    }

    fn take(bytes: &mut &[u8]) -> Result<Self, DecodeError> {
        let count = u64::take(bytes)?;
        if count > bytes.len() as u64 {
            return Err(DecodeError::Short { what: "a list" });
        }
        (0..count).map(|_| T::take(bytes)).collect()
    }
}

impl<T: Wire> Wire for Option<T> {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(u8::from(self.is_some()));
        self.iter().for_each(|value| value.put(out));
    }

    fn take(bytes: &mut &[u8]) -> Result<Self, DecodeError> {
        match u8::take(bytes)? {
            0 => Ok(None),
            1 => T::take(bytes).map(Some),
            tag => Err(DecodeError::Tag {
                what: "an option",
                tag,
            }),
        }
    }
}

impl<A: Wire, B: Wire> Wire for (A, B) {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
        self.1.put(out);
    }

    fn take(bytes: &mut &[u8]) -> Result<Self, DecodeError> {
        Ok((A::take(bytes)?, B::take(bytes)?))
    }
}

/// Names that stand in entries again and again, as one byte. New ones go to the end.
const KNOWN: &[&str] = &[
    "monotonic_clock::now",
    "wall_clock::now",
    "golem random::get_random_bytes",
    "golem io::poll::poll",
    "golem_environment::get_environment",
    "golem_environment::get_arguments",
    "cli::preopens::get_directories",
    "filesystem::types::descriptor::stat",
    "filesystem::types::descriptor::stat_at",
    "sockets::ip_name_lookup::resolve_addresses",
    "http::types::future_incoming_response::get",
    "http::types::incoming_body_stream::read",
    "http::types::incoming_body_stream::blocking_read",
    "http::types::incoming_body_stream::skip",
    "golem keyvalue::eventual::get",
    "golem blobstore::container::list_object",
    "golem_complete_promise",
    "golem_delete_promise",
    "golem api::generate_idempotency_key",
    "golem::api::update-worker",
    "golem::rpc::wasm-rpc::invoke-and-await idempotency key",
    "golem::rpc::wasm-rpc::invoke-and-await result",
    "golem::rpc::wasm-rpc::invoke idempotency key",
    "golem::rpc::wasm-rpc::invoke",
    "golem::rpc::future-invoke-result::get",
    "golem::rpc::wasm-rpc::generate_unique_local_worker_id",
];

/// The name of a host function: the known ones take one byte, and no memory.
impl Wire for Cow<'static, str> {
    fn put(&self, out: &mut Vec<u8>) {
        match KNOWN.iter().position(|known| known == self) {
            Some(place) => (place as u64 + 1).put(out),
            None => {
                out.push(0);
                put_bytes(self.as_bytes(), out);
            }
        }
    }

    fn take(bytes: &mut &[u8]) -> Result<Self, DecodeError> {
        match usize::try_from(u64::take(bytes)?) {
            Ok(0) => Ok(Cow::Owned(take_text(bytes)?.to_owned())),
            Ok(place) => {
                let known = KNOWN.get(place - 1).ok_or(DecodeError::Range)?;
                Ok(Cow::Borrowed(known))
            }
            Err(_) => Err(DecodeError::Range),
        }
    }
}

/// Defines an enum together with its encoding: each case has its tag in front.
macro_rules! wire_enum {
    ($(#[$meta:meta])* pub enum $name:ident {
        $($(#[$case_meta:meta])* $tag:literal $case:ident
            $({ $($(#[$field_meta:meta])* $field:ident: $ty:ty),* $(,)? })?),* $(,)?
    }) => {
        $(#[$meta])*
        pub enum $name {
            $($(#[$case_meta])* $case $({ $($(#[$field_meta])* $field: $ty),* })?),*
        }

        impl $name {
            /// The number of the case, as it is stored.
            #[must_use]
            pub fn tag(&self) -> u8 {
                match self {
                    $(Self::$case { .. } => $tag,)*
                }
            }
        }

        impl $crate::wire::Wire for $name {
            #[allow(unused_variables, reason = "an enum without fields")]
            fn put(&self, out: &mut Vec<u8>) {
                out.push(self.tag());
                match self {
                    $(Self::$case { $($($field),*)? } => {
                        $($($crate::wire::Wire::put($field, out);)*)?
                    })*
                }
            }

            fn take(bytes: &mut &[u8]) -> Result<Self, $crate::wire::DecodeError> {
                match <u8 as $crate::wire::Wire>::take(bytes)? {
                    $($tag => Ok(Self::$case {
                        $($($field: $crate::wire::Wire::take(bytes)?),*)?
                    }),)*
                    tag => Err($crate::wire::DecodeError::Tag { what: stringify!($name), tag }),
                }
            }
        }
    };
}

/// Defines a struct together with its encoding: its fields in their order.
macro_rules! wire_struct {
    ($(#[$meta:meta])* $public:vis struct $name:ident {
        $($(#[$field_meta:meta])* $vis:vis $field:ident: $ty:ty),* $(,)?
    }) => {
        $(#[$meta])*
        $public struct $name {
            $($(#[$field_meta])* $vis $field: $ty),*
        }

        impl $crate::wire::Wire for $name {
            fn put(&self, out: &mut Vec<u8>) {
                $($crate::wire::Wire::put(&self.$field, out);)*
            }

            fn take(bytes: &mut &[u8]) -> Result<Self, $crate::wire::DecodeError> {
                Ok(Self { $($field: $crate::wire::Wire::take(bytes)?),* })
            }
        }
    };
}

pub(crate) use {wire_enum, wire_struct};
