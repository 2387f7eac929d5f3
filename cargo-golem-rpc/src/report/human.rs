//! What people see: styles, spinners, and paths from where they are.

use std::time::Duration;

use anstyle::{AnsiColor, Style};
use camino::Utf8Path;
use indicatif::{ProgressBar, ProgressStyle};

const fn bold(color: AnsiColor) -> Style {
    color.on_default().bold()
}

pub(super) const STATUS: Style = bold(AnsiColor::Green);
pub(super) const WARNING: Style = bold(AnsiColor::Yellow);
pub(super) const ERROR: Style = bold(AnsiColor::Red);
pub(super) const HINT: Style = bold(AnsiColor::Cyan);
#[cfg(feature = "local")]
pub(super) const WORKER: Style = bold(AnsiColor::Blue);

/// A text in which every path below `cwd` is shown relative to it.
pub(super) fn shorten(text: &str, cwd: &Utf8Path) -> String {
    let prefix = match cwd.as_str() {
        "" | "/" => return text.to_string(),
        cwd => format!("{cwd}/"),
    };
    let mut short = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(&prefix) {
        let (before, found) = rest.split_at(at);
        short.push_str(before);
        // In the middle of a longer path it is something else.
        let starts = !before.ends_with(|c: char| c.is_alphanumeric() || "/._-".contains(c));
        let kept = if starts { "" } else { &prefix };
        short.push_str(kept);
        rest = &found[prefix.len()..];
    }
    short + rest
}

/// Turns until it is dropped.
pub(crate) struct Spinner(Option<ProgressBar>);

impl Spinner {
    /// One that shows `text`, or nothing.
    pub(super) fn new(text: &str, visible: bool) -> Spinner {
        Spinner(visible.then(|| {
            let style = ProgressStyle::with_template("{spinner:>12.cyan} {msg}")
                .expect("a template without mistakes");
            let bar = ProgressBar::new_spinner()
                .with_style(style)
                .with_message(text.to_string());
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        }))
    }

    /// The same as a bar for something in `total` parts.
    pub(super) fn of(self, total: usize) -> Spinner {
        if let Some(bar) = &self.0 {
            let style = ProgressStyle::with_template("{msg:>12.cyan.bold} [{bar:25}] {pos}/{len}")
                .expect("a template without mistakes");
            bar.set_style(style.progress_chars("=> "));
            bar.set_length(total as u64);
        }
        self
    }

    /// Another part is done.
    pub(crate) fn advance(&self) {
        if let Some(bar) = &self.0 {
            bar.inc(1);
        }
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

/// `1 file`, `2 files`.
pub(crate) fn count(number: usize, thing: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {thing}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_shown_from_the_working_directory() {
        let shorten = |text| shorten(text, Utf8Path::new("/q"));
        assert_eq!(shorten("`/q/a` --> /q/b.wit:1:2"), "`a` --> b.wit:1:2");
        assert_eq!(shorten("/srv/q/q/Cargo.toml"), "/srv/q/q/Cargo.toml");
    }
}
