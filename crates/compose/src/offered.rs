//! What hosts offer to components: the one list, read by `compose` and by `invoke`.
//!
//! Golem matches versions as semver does: `wasi:io/poll@0.2.9` is served where 0.2.0 is listed,
//! 0.3.0 is not. Golem means 1.1.16; its successors have golem:rpc 0.2 in place of 0.1.

use wac_graph::types::are_semver_compatible;

/// A package, or one interface of it, at a version that stands for all compatible ones.
struct Offer {
    /// `ns:package` or `ns:package/interface`.
    name: &'static str,
    /// Empty for what has no version.
    version: &'static str,
    /// Whether the local runtime has it, not Golem alone.
    local: bool,
}

const OFFERS: [Offer; 16] = [
    here("golem:rpc/types", "0.1.0"),
    here("golem:rpc/types", "0.2.0"),
    here("wasi:cli", "0.2.0"),
    here("wasi:clocks", "0.2.0"),
    here("wasi:filesystem", "0.2.0"),
    here("wasi:io", "0.2.0"),
    here("wasi:random", "0.2.0"),
    here("wasi:sockets", "0.2.0"),
    on_golem("wasi:http", "0.2.0"),
    on_golem("wasi:blobstore", ""),
    on_golem("wasi:logging", ""),
    on_golem("wasi:keyvalue", "0.1.0"),
    on_golem("golem:api/host", "0.2.0"),
    on_golem("golem:api/host", "1.1.0"),
    on_golem("golem:api/oplog", "1.1.0"),
    on_golem("golem:api/durability", "1.2.0"),
];

const fn here(name: &'static str, version: &'static str) -> Offer {
    let local = true;
    Offer {
        name,
        version,
        local,
    }
}

const fn on_golem(name: &'static str, version: &'static str) -> Offer {
    let local = false;
    Offer {
        name,
        version,
        local,
    }
}

/// Who offers an interface to components.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offered {
    /// Golem, and the local runtime as well.
    Everywhere,
    /// Golem alone.
    OnGolem,
    /// Nobody: a component that imports it can have no worker.
    Nowhere,
}

/// Who offers what an import of a component names, as in `wasi:io/poll@0.2.3`.
pub fn offered(import: &str) -> Offered {
    let (id, version) = import.split_once('@').unwrap_or((import, ""));
    let Some((package, _)) = id.split_once('/') else {
        return Offered::Nowhere;
    };
    let fits = |offer: &&Offer| {
        let versioned = |version: &str| format!("{id}@{version}");
        (offer.name == id || offer.name == package)
            && (offer.version == version
                || are_semver_compatible(&versioned(offer.version), import))
    };
    match OFFERS.iter().find(fits) {
        Some(offer) if offer.local => Offered::Everywhere,
        Some(_) => Offered::OnGolem,
        None => Offered::Nowhere,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_that_are_served() {
        for (import, expected) in [
            ("golem:rpc/types@0.1.0", Offered::Everywhere),
            ("golem:rpc/types@0.1.9", Offered::Everywhere),
            ("golem:rpc/types@0.2.2", Offered::Everywhere),
            ("golem:rpc/types@0.3.0", Offered::Nowhere),
            ("golem:rpc/types@1.0.0", Offered::Nowhere),
            ("golem:rpc/types", Offered::Nowhere),
            ("golem:rpc/other@0.1.0", Offered::Nowhere),
            ("wasi:io/poll@0.2.12", Offered::Everywhere),
            ("wasi:io/poll@0.3.0", Offered::Nowhere),
            ("wasi:cli/environment@0.2.0", Offered::Everywhere),
            ("wasi:http/types@0.2.2", Offered::OnGolem),
            ("wasi:blobstore/container", Offered::OnGolem),
            ("wasi:logging/logging", Offered::OnGolem),
            ("wasi:logging/logging@0.1.0-draft", Offered::Nowhere),
            ("wasi:keyvalue/eventual@0.1.0", Offered::OnGolem),
            ("wasi:keyvalue/store@0.2.0-draft", Offered::Nowhere),
            ("wasi:nn/tensor@0.2.0-rc-2024-10-28", Offered::Nowhere),
            ("golem:api/host@0.2.0", Offered::OnGolem),
            ("golem:api/host@1.1.7", Offered::OnGolem),
            ("golem:api/host@2.0.0", Offered::Nowhere),
            ("golem:api/oplog@1.1.0", Offered::OnGolem),
            ("golem:api/oplog@0.2.0", Offered::Nowhere),
            ("golem:api/durability@1.2.1", Offered::OnGolem),
            ("golem:component/api", Offered::Nowhere),
            ("wasi-like:io/poll@0.2.0", Offered::Nowhere),
            ("log", Offered::Nowhere),
        ] {
            assert_eq!(offered(import), expected, "{import}");
        }
    }
}
