//! Paths as text: no disk is asked, so links are not followed.

use camino::Utf8Path;
pub(crate) use golem_rpc_plan::normal;

/// The name of cargo-make's file in the workspace's root.
pub const MAKEFILE: &str = "Makefile.toml";

/// The lock of versions that recorded what is ours apart from it.
pub(crate) const OLD_LOCK: &str = "golem-rpc.lock";

/// The way from the directory `from` to `to`, with `/`, and `..` where it has to leave `from`.
pub fn relative(from: &Utf8Path, to: &Utf8Path) -> String {
    let shared = from
        .components()
        .zip(to.components())
        .take_while(|(a, b)| a == b)
        .count();
    let up = from.components().skip(shared).map(|_| "..");
    let down = to.components().skip(shared).map(|c| c.as_str());
    up.chain(down).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_paths() {
        let of = |from: &str, to: &str| relative(Utf8Path::new(from), Utf8Path::new(to));
        assert_eq!(of("/w", "/w/a/b"), "a/b");
        assert_eq!(of("/w/a", "/w/b"), "../b");
        assert_eq!(of("/w", "/w"), "");
    }
}
