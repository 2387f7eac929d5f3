//! Which manifests there are beside the topmost one: its `includes`, globs from its directory.

use camino::{Utf8Path, Utf8PathBuf};
use glob::{MatchOptions, Pattern};

use crate::MANIFEST;
use crate::app::{AppError, root_of};

/// What golem-cli looks for where nothing is said.
const EVERYWHERE: &str = "**/golem.yaml";

/// Directories that no component lies in, and that take long to walk through.
const BUILT: [&str; 4] = ["target", "node_modules", "golem-temp", "wit-generated"];

const OPTIONS: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: true,
};

/// The manifests that the topmost one includes.
#[derive(Clone, Debug)]
pub struct Includes {
    /// The directory from which they are looked for.
    pub dir: Utf8PathBuf,
    patterns: Vec<String>,
}

impl Includes {
    /// What the topmost manifest, with its text, includes.
    ///
    /// # Errors
    /// If it is not YAML, or no map.
    pub fn of(file: &Utf8Path, text: &str) -> Result<Includes, AppError> {
        let root = root_of(file, text)?;
        let named = root.as_ref().and_then(|root| root.get("includes"));
        let named = named.map(|node| node.texts()).unwrap_or_default();
        let patterns = if named.is_empty() {
            vec![EVERYWHERE.to_string()]
        } else {
            named.into_iter().flat_map(without_braces).collect()
        };
        let dir = file.parent().unwrap_or(Utf8Path::new("/")).to_path_buf();
        Ok(Includes { dir, patterns })
    }

    /// All manifests below a directory that has none of its own.
    pub fn everywhere(dir: &Utf8Path) -> Includes {
        Includes {
            dir: dir.to_path_buf(),
            patterns: vec![EVERYWHERE.to_string()],
        }
    }

    /// Whether a file, by its path from the directory, is one of them, or a directory may have some.
    pub fn wants(&self, relative: &Utf8Path, is_dir: bool) -> bool {
        let name = relative.file_name().unwrap_or_default();
        match is_dir {
            false => relative == MANIFEST || self.patterns.iter().any(|p| is_match(p, relative)),
            true => {
                !name.starts_with('.')
                    && !BUILT.contains(&name)
                    && self.patterns.iter().any(|p| may_lead(p, relative))
            }
        }
    }
}

fn is_match(pattern: &str, path: &Utf8Path) -> bool {
    let pattern = Pattern::new(pattern.trim_start_matches("./"));
    pattern.is_ok_and(|pattern| pattern.matches_with(path.as_str(), OPTIONS))
}

/// Whether what a pattern matches can lie below a directory.
fn may_lead(pattern: &str, dir: &Utf8Path) -> bool {
    let mut parts = pattern.trim_start_matches("./").split('/');
    for component in dir.components() {
        match parts.next() {
            Some("**") => return true,
            Some(part) if is_match(part, Utf8Path::new(component.as_str())) => {}
            _ => return false,
        }
    }
    parts.next().is_some()
}

/// `{a,b}/c` as `a/c` and `b/c`.
fn without_braces(pattern: &str) -> Vec<String> {
    let inner = pattern.split_once('{').and_then(|(before, rest)| {
        let (choices, behind) = rest.split_once('}')?;
        Some((before, choices, behind))
    });
    let Some((before, choices, behind)) = inner else {
        return vec![pattern.to_string()];
    };
    let choices = choices
        .split(',')
        .map(|choice| [before, choice, behind].concat());
    choices.flat_map(|choice| without_braces(&choice)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(text: &str, path: &str, is_dir: bool) -> bool {
        let includes = Includes::of(Utf8Path::new("/w/golem.yaml"), text).unwrap();
        includes.wants(Utf8Path::new(path), is_dir)
    }

    #[test]
    fn patterns_lead_to_files() {
        let text = "includes:\n- common-*/golem.yaml\n- ./{apps,parts}/*/golem.yaml\n";
        for (path, is_dir, is_wanted) in [
            ("golem.yaml", false, true),
            ("common-rust/golem.yaml", false, true),
            ("common-rust", true, true),
            ("common-rust/src", true, false),
            ("apps/till/golem.yaml", false, true),
            ("apps/till/other.yaml", false, false),
            ("parts/a/b/golem.yaml", false, false),
            ("target", true, false),
        ] {
            assert_eq!(wanted(text, path, is_dir), is_wanted, "{path}");
        }
    }

    #[test]
    fn without_patterns_it_is_everywhere() {
        assert!(wanted("components: {}", "a/b/c/golem.yaml", false));
        assert!(wanted("", "a/b", true));
        assert!(!wanted("", "a/node_modules", true));
        assert!(!wanted("", "a/b.yaml", false));
    }
}
