//! Markdown → headings, links and fenced blocks, with the lines they stand on.

use std::ops::Range;

/// A page, line by line.
pub(super) struct Page {
    pub(super) lines: Vec<String>,
    pub(super) fences: Vec<Fence>,
}

/// A fenced block.
pub(super) struct Fence {
    /// What stands behind the three backticks.
    pub(super) info: Vec<String>,
    /// The lines between the fences.
    pub(super) body: Range<usize>,
}

impl Page {
    pub(super) fn parse(text: &str) -> Page {
        let lines: Vec<String> = text.lines().map(str::to_string).collect();
        let mut fences = Vec::new();
        let mut open: Option<(Vec<String>, usize)> = None;
        for (number, line) in lines.iter().enumerate() {
            let Some(info) = line.strip_prefix("```") else {
                continue;
            };
            match open.take() {
                None => {
                    let info = info.split_whitespace().map(str::to_string).collect();
                    open = Some((info, number + 1));
                }
                Some((info, start)) => fences.push(Fence {
                    info,
                    body: start..number,
                }),
            }
        }
        assert!(open.is_none(), "a fence has no end");
        Page { lines, fences }
    }

    /// The text of a block.
    pub(super) fn text(&self, fence: &Fence) -> String {
        let lines = self.lines[fence.body.clone()].iter();
        lines.flat_map(|line| [line, "\n"]).collect()
    }

    /// The lines outside of fenced blocks.
    pub(super) fn prose(&self) -> impl Iterator<Item = &str> {
        let fenced = |number: usize| self.fences.iter().any(|it| it.body.contains(&number));
        let lines = self.lines.iter().enumerate();
        lines.filter_map(move |(number, line)| (!fenced(number)).then_some(line.as_str()))
    }

    /// The name of each heading in links, as GitHub and mdBook make it.
    pub(super) fn anchors(&self) -> Vec<String> {
        let mut anchors: Vec<String> = Vec::new();
        for line in self.prose().filter(|line| line.starts_with('#')) {
            let plain = anchor(line.trim_start_matches('#').trim());
            let again = (1..).map(|number| format!("{plain}-{number}"));
            let mut names = std::iter::once(plain.clone()).chain(again);
            anchors.push(names.find(|name| !anchors.contains(name)).unwrap());
        }
        anchors
    }

    /// Where links of the prose lead.
    pub(super) fn links(&self) -> Vec<&str> {
        let parts = self.prose().flat_map(|line| line.split("](").skip(1));
        parts.filter_map(|rest| rest.split(')').next()).collect()
    }

    /// The commands of a block, each on one line.
    pub(super) fn commands(&self, fence: &Fence) -> Vec<String> {
        let joined = |text: &str| {
            let parts = text.split("\\\n").map(str::trim);
            parts.collect::<Vec<_>>().join(" ")
        };
        if fence.info[0] == "console" {
            let typed = self.typed(fence).into_iter();
            return typed.map(|typed| joined(&typed.command)).collect();
        }
        let text = joined(&self.text(fence));
        text.lines().map(str::to_string).collect()
    }

    /// The commands of a block that shows what is typed and what is said, with their outputs.
    pub(super) fn typed(&self, fence: &Fence) -> Vec<Typed> {
        let mut all: Vec<Typed> = Vec::new();
        let mut goes_on = false;
        for number in fence.body.clone() {
            let line = &self.lines[number];
            match (line.strip_prefix("$ "), all.last_mut()) {
                (Some(command), _) => all.push(Typed {
                    command: command.to_string(),
                    output: number + 1..number + 1,
                }),
                (None, Some(last)) if goes_on => {
                    last.command += &format!("\n{line}");
                    last.output = number + 1..number + 1;
                }
                (None, Some(last)) => last.output.end = number + 1,
                (None, None) => panic!("`{line}` comes before the first command"),
            }
            let is_command = all.last().is_some_and(|last| last.output.is_empty());
            goes_on = is_command && line.ends_with('\\');
        }
        all
    }
}

/// A command in a block, and the lines of what it says.
pub(super) struct Typed {
    pub(super) command: String,
    pub(super) output: Range<usize>,
}

fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter_map(|c| match c {
        ' ' => Some('-'),
        c if c.is_alphanumeric() || c == '-' || c == '_' => Some(c),
        _ => None,
    });
    kept.flat_map(char::to_lowercase).collect()
}

#[test]
fn a_page_is_taken_apart() {
    let text = "# One `two`, three\n[a](b.md#c) and [d](e)\n```console exit=1\n$ f \\\n  g\nh\n$ i\n```\n# One two three\n";
    let page = Page::parse(text);
    assert_eq!(page.anchors(), ["one-two-three", "one-two-three-1"]);
    assert_eq!(page.links(), ["b.md#c", "e"]);
    let fence = &page.fences[0];
    assert_eq!(fence.info, ["console", "exit=1"]);
    let typed = page.typed(fence);
    assert_eq!(typed[0].command, "f \\\n  g");
    assert_eq!(page.lines[typed[0].output.clone()], ["h"]);
    assert_eq!(typed[1].command, "i");
    assert!(typed[1].output.is_empty());
}
