//! Blocks of ours in files of all kinds, with two short tasks in place of the real ones.

use super::*;

const BUILD: &str = "# Builds all.\n[tasks.build]\ncommand = \"cargo\"\n";
const CLEAN: &str = "[tasks.clean]\ncommand = \"cargo\"\nargs = [\"clean\"]\n";

fn table(toml: &str) -> Table {
    let header = toml.lines().find(|line| line.starts_with('[')).unwrap();
    let path = header.trim_matches(['[', ']']).split('.');
    Table {
        path: path.map(str::to_string).collect(),
        toml: toml.to_string(),
    }
}

#[test]
fn a_block_comes_out_as_it_went_in() {
    let block = block("# head\n", &[table(BUILD), table(CLEAN)]);
    for user in [
        "# mine\n[tasks.lint]\ncommand = \"x\" # x",
        "[tasks.lint]\ncommand = \"x\"\n",
        "[tasks.lint]\r\ncommand = \"x\"\r\n\r\n",
        "\u{feff}[tasks.lint]\r\ncommand = \"x\"",
        "",
    ] {
        let text = join(user, Some(&block), user);
        assert_eq!(
            text.ends_with('\n'),
            user.is_empty() || user.ends_with('\n')
        );
        let found = Block::find(&text).unwrap();
        assert!(!found.differs, "{text}");
        assert_eq!(join(&found.without(&text), None, &text), user);
    }
}

#[test]
fn what_the_user_has_around_a_block_stays() {
    let (first, last) = ("[config]\n", "[tasks.last]\ncommand = \"y\"\n");
    let text = join(first, Some(&block("", &[table(BUILD)])), first) + last;
    let without = Block::find(&text).unwrap().without(&text);
    assert_eq!(without, format!("{first}{last}"));
}

#[test]
fn an_edited_block_is_told() {
    let text = block("", &[table(BUILD), table(CLEAN)]);
    assert!(!Block::find(&text).unwrap().differs);
    assert!(!Block::find(&text.replace('\n', "\r\n")).unwrap().differs);
    assert!(
        Block::find(&text.replace("clean", "clear"))
            .unwrap()
            .differs
    );
    let torn = text.replace(END, "");
    assert!(Block::find(&torn).unwrap().differs);
    assert!(Block::find("[tasks.build]\n").is_none());
    // git leaves the first lines of both sides of a merge.
    let (first, rest) = text.split_once('\n').unwrap();
    let conflict = format!("<<<<<<< HEAD\n{first}\n=======\n{first}0\n>>>>>>> other\n{rest}");
    let found = Block::find(&conflict).unwrap();
    assert!(found.differs && found.range == (0..conflict.len()));
}

#[test]
fn what_a_block_says_does_not_depend_on_how_it_is_written() {
    let tables = [table(BUILD), table(CLEAN)];
    let written = "[config]\nx = 1\n[tasks.clean]\nargs = [ 'clean' ]\ncommand = 'cargo'\n[tasks.build]\ncommand = 'cargo'\n";
    assert!(says(written, &tables));
    assert!(!says(&written.replace("'clean'", "'clear'"), &tables));
    assert!(!says(written, &tables[..1]));
    assert!(!says("", &tables) && says("", &[]));
}
