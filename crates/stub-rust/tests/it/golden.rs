//! Three crates as they are to be, and that the same stub gives the same bytes.

use std::env;
use std::fs;

use crate::corpus;

fn check(world: &str) {
    let dir = corpus::tests_dir().join("golden").join(world);
    let files = corpus::stub_crate(world);
    if env::var_os("BLESS").is_some() {
        if dir.exists() {
            fs::remove_dir_all(&dir).unwrap();
        }
        corpus::write_dir(&dir, files.clone());
    }
    let expected = corpus::read_dir(&dir);
    let actual: Vec<_> = files.iter().map(|(path, _)| path.to_path_buf()).collect();
    let names: Vec<_> = expected.keys().cloned().collect();
    assert_eq!(actual, names, "the files of {dir}; BLESS=1 rewrites them");
    for (path, content) in files.iter() {
        let (actual, expected) = (
            String::from_utf8_lossy(content),
            String::from_utf8_lossy(&expected[path]),
        );
        assert_eq!(actual, expected, "{dir}/{path}; BLESS=1 rewrites it");
    }
}

#[test]
fn shopping_history() {
    check("shopping-history");
}

#[test]
fn minimal_actor() {
    check("minimal-actor");
}

#[test]
fn zoo() {
    check("zoo");
}

#[test]
fn the_same_stub_gives_the_same_bytes() {
    for world in corpus::worlds() {
        // what the bindings cannot take is refused twice
        let files = || corpus::crate_with(&world, &Default::default()).map_err(|e| e.to_string());
        assert_eq!(files(), files(), "{world}");
    }
}
