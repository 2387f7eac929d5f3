//! What cargo says about a build, held back while it only says that there was nothing to do.

use std::io::{self, Write};

use anstream::adapter::strip_str;

/// Lines of builds in which nothing was compiled begin so.
const NOTHING_NEW: [&str; 3] = ["Generating bindings", "Finished", "Creating component"];

/// Writes everything to `to` from the first line on that says more.
pub(super) struct HeldBack<W: Write> {
    to: W,
    /// None once there was such a line.
    held: Option<Vec<u8>>,
}

impl<W: Write> HeldBack<W> {
    pub(super) fn new(to: W) -> Self {
        HeldBack {
            to,
            held: Some(Vec::new()),
        }
    }
}

impl<W: Write> Write for HeldBack<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(held) = &mut self.held else {
            return self.to.write(bytes);
        };
        held.extend_from_slice(bytes);
        let is_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
        let end = held.iter().rposition(is_end).unwrap_or_default();
        if says_more(&held[..end]) {
            self.to.write_all(held)?;
            self.held = None;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

impl<W: Write> Drop for HeldBack<W> {
    fn drop(&mut self) {
        if let Some(held) = self.held.take().filter(|held| says_more(held)) {
            // Nobody is left who could be told that it is lost.
            drop(self.to.write_all(&held));
        }
    }
}

fn says_more(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text);
    let text = strip_str(&text).to_string();
    let mut lines = text.split(['\n', '\r']).map(str::trim_start);
    lines.any(|line| !line.is_empty() && !NOTHING_NEW.iter().any(|begin| line.starts_with(begin)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(chunks: &[&str]) -> String {
        let mut to = Vec::new();
        let mut held_back = HeldBack::new(&mut to);
        for chunk in chunks {
            held_back.write_all(chunk.as_bytes()).unwrap();
        }
        drop(held_back);
        String::from_utf8(to).unwrap()
    }

    #[test]
    fn a_build_with_nothing_to_do_is_not_shown() {
        let nothing =
            "\u{1b}[1m    Finished\u{1b}[0m `dev` profile\n    Creating component a.wasm\n";
        assert_eq!(shown(&[nothing]), "");
        assert_eq!(
            shown(&["    Fini", "shed `dev`\n", "  Creating component"]),
            ""
        );
    }

    #[test]
    fn any_other_is_shown_whole() {
        let lines = ["    Finished `dev`\n", "    Compil", "ing a v1\r", "x"];
        assert_eq!(shown(&lines), lines.concat());
        assert_eq!(shown(&["error: no line break"]), "error: no line break");
    }
}
