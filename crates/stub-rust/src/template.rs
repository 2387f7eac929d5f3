//! Templates: Rust text of which some lines stand only under a condition.
//!
//! | in a template | means |
//! |---|---|
//! | `…; //~ uri` | the line stands where `uri` holds |
//! | `//~[ a&!b\|c` to `//~]` | the lines between stand where the condition holds; blocks nest |
//!
//! `&` binds stronger than `|`, `!` negates one word. A word that does not hold is false: which
//! words there are is said where templates are rendered.

use std::collections::BTreeSet;

/// The lines of a template that stand where just these words hold.
pub(crate) fn render(template: &str, holds: &BTreeSet<&str>) -> String {
    let mut out = String::new();
    let mut blocks = Vec::new();
    for line in template.lines() {
        if let Some(condition) = line.strip_prefix("//~[ ") {
            blocks.push(is_true(condition, holds));
        } else if line == "//~]" {
            blocks.pop().expect("every block that ends has begun");
        } else if blocks.iter().all(|stands| *stands) {
            let (text, condition) = match line.split_once(" //~ ") {
                Some((text, condition)) => (text, is_true(condition, holds)),
                None => (line, true),
            };
            if condition {
                out.push_str(text);
                out.push('\n');
            }
        }
    }
    out
}

fn is_true(condition: &str, holds: &BTreeSet<&str>) -> bool {
    let word = |word: &str| match word.strip_prefix('!') {
        Some(word) => !holds.contains(word),
        None => holds.contains(word),
    };
    condition.split('|').any(|all| all.split('&').all(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_blocks_stand_under_their_conditions() {
        let template = "a\nb //~ x\n//~[ y|x&!z\nc\n//~[ y\nd\n//~]\ne //~ !x\n//~]\nf //~ x&y|z\n";
        let render = |words: &[&'static str]| render(template, &words.iter().copied().collect());
        assert_eq!(render(&[]), "a\n");
        assert_eq!(render(&["x"]), "a\nb\nc\n");
        assert_eq!(render(&["y"]), "a\nc\nd\ne\n");
        assert_eq!(render(&["x", "y"]), "a\nb\nc\nd\nf\n");
        assert_eq!(render(&["x", "z"]), "a\nb\nf\n");
    }
}
