//! What a page says that a command prints, compared with what it printed.

/// Stands for any lines.
const ANY: &str = "…";

/// Whether `said` is what is shown.
pub(super) fn is_as_shown(shown: &[String], said: &[String]) -> bool {
    match shown {
        [] => said.is_empty(),
        [first, rest @ ..] if first == ANY => {
            (0..=said.len()).any(|skipped| is_as_shown(rest, &said[skipped..]))
        }
        [first, rest @ ..] => match said {
            [next, left @ ..] => shape(first) == shape(next) && is_as_shown(rest, left),
            [] => false,
        },
    }
}

/// The lines to show instead: a `…` goes on standing for what is between as many lines.
pub(super) fn to_show(shown: &[String], said: &[String]) -> Vec<String> {
    let gaps: Vec<usize> = (0..shown.len()).filter(|&i| shown[i] == ANY).collect();
    let [gap] = gaps[..] else {
        return said.to_vec();
    };
    let tail = shown.len() - gap - 1;
    if said.len() <= gap + tail {
        return said.to_vec();
    }
    let (head, tail) = (&said[..gap], &said[said.len() - tail..]);
    [head, &[ANY.to_string()], tail].concat()
}

/// A line without what differs from run to run: sizes, durations, timestamps, and the spaces that
/// align them.
fn shape(line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    let mut shape = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let next = words.get(at + 1).copied().unwrap_or_default();
        let is_size = is_number(word) && matches!(next, "B" | "KB" | "MB");
        let is_duration = word.strip_suffix('s').is_some_and(is_number);
        let kept = if is_size || is_duration { "#" } else { word };
        shape.push(without_timestamps(kept));
    }
    let unit = |word: &String| matches!(word.as_str(), "B" | "KB" | "MB");
    shape.retain(|word| !unit(word));
    shape.join(" ")
}

fn is_number(word: &str) -> bool {
    let digits = word.chars().all(|c| c.is_ascii_digit() || c == '.');
    digits && word.starts_with(|c: char| c.is_ascii_digit())
}

/// Numbers of ten and more digits are seconds since 1970.
fn without_timestamps(word: &str) -> String {
    let mut text = String::new();
    let mut rest = word;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let digits = &rest[start..];
        let end = digits.find(|c: char| !c.is_ascii_digit());
        let (digits, after) = digits.split_at(end.unwrap_or(digits.len()));
        text += &rest[..start];
        text += if digits.len() < 10 { digits } else { "#" };
        rest = after;
    }
    text + rest
}

#[test]
fn what_differs_from_run_to_run_is_not_compared() {
    let lines = |text: &str| text.lines().map(str::to_string).collect::<Vec<_>>();
    let is = |shown, said| is_as_shown(&lines(shown), &lines(said));
    assert!(is("a   75.9 KB  b\nin 0.12s", "a  1.2 MB  b\nin 3.4s"));
    assert!(is("{t: 1764590413}", "{t: 1764599999}"));
    assert!(!is("{t: 17}", "{t: 18}"));
    assert!(!is("a 3 links", "a 4 links"));
    assert!(is("a\n…\nd", "a\nb\nc\nd"));
    assert!(is("…", ""));
    assert!(!is("a\n…\nd", "a\nb\nc"));
    assert!(!is("a", "a\nb"));
    let shown = to_show(&lines("a\n…\nd"), &lines("A\nb\nc\nD"));
    assert_eq!(shown, ["A", "…", "D"]);
}
