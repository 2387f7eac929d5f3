//! Entries in tables of every spelling.

use super::*;
use camino::Utf8Path;

fn inserted(text: &str, path: &[&str], keys: &[&str]) -> String {
    let toml = TomlText::parse(Utf8Path::new("/f"), text).unwrap();
    let entries: Vec<_> = keys.iter().map(|k| (k.to_string(), "1".into())).collect();
    let mut edits = Edits::default();
    toml.insert_entries(path, &entries, false, &mut edits)
        .unwrap();
    edits.apply(&toml).unwrap()
}

fn removed(text: &str, path: &[&str]) -> String {
    let toml = TomlText::parse(Utf8Path::new("/f"), text).unwrap();
    let mut edits = Edits::default();
    toml.remove_entry(path, &mut edits);
    edits.apply(&toml).unwrap()
}

#[test]
fn below_a_header_sorted_or_at_the_end() {
    let sorted = "[a]\nb = 1 # b\n# d\nd = 1\n# end\n\n# c\n[c]\n";
    let wanted = "[a]\n\"a:x\" = 1\nb = 1 # b\nc = 1\n# d\nd = 1\n# end\ne = 1\n\n# c\n[c]\n";
    assert_eq!(inserted(sorted, &["a"], &["a:x", "c", "e"]), wanted);
    assert_eq!(
        inserted("[a]\nd=1\nb=1", &["a"], &["c"]),
        "[a]\nd=1\nb=1\nc = 1"
    );
    assert_eq!(inserted("[a]\n[c]\n", &["a"], &["x"]), "[a]\nx = 1\n[c]\n");
}

#[test]
fn in_braces() {
    let braces = "[p]\na = { b = { c = 1 } } # x\n";
    let wanted = "[p]\na = { b = { c = 1 }, d = { x = 1, y = 1 } } # x\n";
    assert_eq!(inserted(braces, &["p", "a", "d"], &["x", "y"]), wanted);
    assert_eq!(inserted("a = {}", &["a"], &["x"]), "a = {x = 1}");
    assert_eq!(
        inserted("a = { }", &["a", "b"], &["x"]),
        "a = {b = { x = 1 } }"
    );
    assert_eq!(
        inserted("a = { b.c = 1 }", &["a", "b"], &["x", "y"]),
        "a = { b.c = 1, b.x = 1, b.y = 1 }"
    );
}

#[test]
fn in_dotted_keys() {
    assert_eq!(
        inserted("[p]\na.b.c = 1\nz = 1\n[q]\n", &["p", "a", "b"], &["x"]),
        "[p]\na.b.c = 1\na.b.x = 1\nz = 1\n[q]\n"
    );
    assert_eq!(
        inserted("[p]\na.b = 1\nz = 1\n\n[q]\n", &["p", "a", "d"], &["x"]),
        "[p]\na.b = 1\nz = 1\n\n[p.a.d]\nx = 1\n\n[q]\n"
    );
    assert_eq!(
        inserted("a.b = 1\n\n[a.c.d]\nz = 1\n", &["a"], &["x"]),
        "a.b = 1\na.x = 1\n\n[a.c.d]\nz = 1\n"
    );
    let braces = "[p]\na.b = { c = 1 }\n";
    assert_eq!(
        inserted(braces, &["p", "a", "b"], &["x"]),
        "[p]\na.b = { c = 1, x = 1 }\n"
    );
}

#[test]
fn with_a_header_of_its_own_where_the_table_is_missing() {
    assert_eq!(
        inserted(
            "[a]\nx = 1\n# not b\n\n# about q\n[q]\n",
            &["a", "b"],
            &["k"]
        ),
        "[a]\nx = 1\n# not b\n\n[a.b]\nk = 1\n\n# about q\n[q]\n"
    );
    assert_eq!(
        inserted("[a.b.c]\nx = 1\n", &["a", "b"], &["k"]),
        "[a.b.c]\nx = 1\n\n[a.b]\nk = 1\n"
    );
    assert_eq!(inserted("", &["a"], &["k"]), "[a]\nk = 1\n");
}

#[test]
fn a_value_in_the_way_is_named_with_its_line() {
    let toml = TomlText::parse(Utf8Path::new("/f"), "[a]\n\nb = 1\n").unwrap();
    let entries = [("x".to_string(), "1".to_string())];
    let error = toml
        .insert_entries(&["a", "b", "c"], &entries, false, &mut Edits::default())
        .unwrap_err();
    assert_eq!(error.to_string(), "`/f`, line 3: `a.b` should be a table");
}

#[test]
fn entries_go_with_their_line_or_their_comma() {
    assert_eq!(
        removed("[a]\nb = 1 # b\nc = 1\n", &["a", "b"]),
        "[a]\nc = 1\n"
    );
    assert_eq!(
        removed("a = { b = 1, c = 1 }", &["a", "b"]),
        "a = { c = 1 }"
    );
    assert_eq!(
        removed("a = { b = 1, c = 1 }", &["a", "c"]),
        "a = { b = 1 }"
    );
    assert_eq!(removed("a.b = 1\na.c = 2\n", &["a", "b"]), "a.c = 2\n");
    assert_eq!(removed("a = 1\n", &["q"]), "a = 1\n");
}

#[test]
fn dotted_entries_in_braces_go_whole() {
    let braces = "a = { b.c = 1, b.x.y = 1 }";
    assert_eq!(removed(braces, &["a", "b", "c"]), "a = { b.x.y = 1 }");
    assert_eq!(removed(braces, &["a", "b", "x", "y"]), "a = { b.c = 1 }");
}

#[test]
fn tables_with_siblings_stand_in_order_and_go_with_their_last_entry() {
    let texts = [
        "[a.z]\nx = 1\n",
        "[a.z]\nx = 1\n\n[q]\n",
        "[a.z]\nx = 1\n\n[a.t.k]\nx = 1\n\n# about q\n[a.t.q]\nx = 1\n",
        "[a]\nz.x = 1\n\n[b]\n",
        "a = { z = { x = 1 } }\n",
        "[a]\nz = {}\n",
    ];
    for text in texts {
        let toml = TomlText::parse(Utf8Path::new("/f"), text).unwrap();
        let entry = [("o".to_string(), "1".to_string())];
        let mut edits = Edits::default();
        toml.insert_beside(&["a", "t", "m"], &["a", "z"], &entry, &mut edits)
            .unwrap();
        let with = edits.apply(&toml).unwrap();
        let toml = TomlText::parse(Utf8Path::new("/f"), &with).unwrap();
        assert!(toml.get(&["a", "t", "m", "o"]).is_some(), "{with}");
        let [k, m, q] = ["k", "m", "q"].map(|key| toml.start_of(&["a", "t", key]));
        assert!(m.is_none() || (k < m && (q.is_none() || m < q)), "{with}");
        let mut edits = Edits::default();
        toml.remove_with_table(&["a", "t", "m", "o"], true, &mut edits);
        assert_eq!(edits.apply(&toml).unwrap(), text);
    }
}

#[test]
fn a_table_with_anything_else_in_it_stays() {
    for (with, without) in [
        ("[a.b]\no = 1\nx = 1\n", "[a.b]\nx = 1\n"),
        ("[a.b] # mine\no = 1\n", "[a.b] # mine\n"),
        ("[a.b]\n# mine\no = 1\n", "[a.b]\n# mine\n"),
        ("a = { b = { o = 1, x = 1 } }", "a = { b = { x = 1 } }"),
    ] {
        let toml = TomlText::parse(Utf8Path::new("/f"), with).unwrap();
        let mut edits = Edits::default();
        toml.remove_with_table(&["a", "b", "o"], true, &mut edits);
        assert_eq!(edits.apply(&toml).unwrap(), without);
    }
}
