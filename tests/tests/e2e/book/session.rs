//! The commands of one page, run in order as its reader would.

use std::fs;
use std::ops::Range;
use std::os::unix::fs::symlink;

use camino::Utf8PathBuf;
use golem_rpc_tests::{Invocation, Run, Workspace, fixture, is_blessing, repository};

use super::markdown::{Fence, Page};
use super::{output, path, read};

/// What the scratch directory is called where a page shows paths.
const HOME: &str = "/home/ann";

/// A person who follows a page.
pub(super) struct Session {
    scratch: Workspace,
    cwd: Utf8PathBuf,
    /// Output that is not as shown: the lines of the page, and what was said.
    wrong: Vec<(Range<usize>, Vec<String>)>,
}

impl Session {
    /// Runs what a page has to be run, and compares what it shows.
    pub(super) fn walk(name: &str) {
        let page = read(name);
        let mut session = Session::new();
        for fence in &page.fences {
            session.block(name, &page, fence);
        }
        session.finish(name, page);
    }

    fn new() -> Session {
        let scratch = Workspace::empty("checkout");
        let fixtures = fixture("worlds").parent().unwrap().to_path_buf();
        symlink(fixtures, scratch.path("fixtures")).unwrap();
        let cwd = scratch.root().to_path_buf();
        Session {
            scratch,
            cwd,
            wrong: Vec::new(),
        }
    }

    fn block(&mut self, name: &str, page: &Page, fence: &Fence) {
        let info: Vec<&str> = fence.info.iter().map(String::as_str).collect();
        match info[..] {
            ["sh"] => drop(self.script(name, &page.text(fence)).success()),
            ["console"] => self.console(name, page, fence, 0),
            ["console", exit] if exit.starts_with("exit=") => {
                self.console(name, page, fence, exit["exit=".len()..].parse().unwrap());
            }
            [_, "not-run"] | [] | [_] => {}
            [_, file] => {
                let file = self.cwd.join(file);
                fs::create_dir_all(file.parent().unwrap()).unwrap();
                fs::write(file, page.text(fence)).unwrap();
            }
            _ => panic!("{name}: nobody knows what `{}` means", info.join(" ")),
        }
    }

    fn console(&mut self, name: &str, page: &Page, fence: &Fence, code: i32) {
        for typed in page.typed(fence) {
            let run = self.script(name, &typed.command);
            assert_eq!(run.code, code, "{name}: {run}");
            let shown = &page.lines[typed.output.clone()];
            let said = self.said(&run);
            if !shown.is_empty() && !output::is_as_shown(shown, &said) {
                let instead = output::to_show(shown, &said);
                self.wrong.push((typed.output, instead));
            }
        }
    }

    /// Runs a script where the last one ended.
    fn script(&mut self, name: &str, script: &str) -> Run {
        let end = self.scratch.outside("cwd");
        let script = format!("exec 2>&1\n{script}\npwd > {end}\n");
        let command = Invocation::new("sh", &["-euc", &script], &self.cwd);
        let run = command.env("CARGO_TERM_PROGRESS_WHEN", "never").run();
        assert!(!run.stdout.contains("panicked at"), "{name}: {run}");
        if run.code == 0 {
            self.cwd = fs::read_to_string(end).unwrap().trim_end().into();
        }
        run
    }

    /// What a command said, without what only says that other tests run beside this one.
    fn said(&self, run: &Run) -> Vec<String> {
        let home = self.scratch.outside("");
        let text = run
            .stdout
            .replace(home.as_str().trim_end_matches('/'), HOME);
        let text = text.replace(repository().as_str(), &format!("{HOME}/checkout"));
        let lines = text.lines().map(str::trim_end);
        let lines = lines.filter(|line| !line.contains("Blocking waiting for file lock"));
        lines.map(str::to_string).collect()
    }

    fn finish(self, name: &str, mut page: Page) {
        if is_blessing() && !self.wrong.is_empty() {
            for (lines, instead) in self.wrong.into_iter().rev() {
                page.lines.splice(lines, instead);
            }
            return fs::write(path(name), page.lines.join("\n") + "\n").unwrap();
        }
        let wrong = self.wrong.iter().map(|(lines, instead)| {
            let shown = page.lines[lines.clone()].join("\n");
            let (line, said) = (lines.start + 1, instead.join("\n"));
            format!("\n{name}:{line} shows\n{shown}\nand should show\n{said}\n")
        });
        let wrong: String = wrong.collect();
        assert!(wrong.is_empty(), "`BLESS=1` rewrites this:{wrong}");
    }
}
