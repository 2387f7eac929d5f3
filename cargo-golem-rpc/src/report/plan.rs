//! Plans and processes → their messages.

use camino::Utf8Path;
use golem_rpc_messages::{Action, Command, File, Plan, Variable};
use golem_rpc_plan::{Change, CommandSpec};

/// A plan; diffs call each file by its `name`.
pub(super) fn plan(plan: &golem_rpc_plan::Plan, name: impl Fn(&Utf8Path) -> String) -> Plan {
    let file = |change: &Change| File {
        path: change.path.to_string(),
        action: action(change),
        diff: is_text(change).then(|| change.diff(&name(&change.path))),
    };
    Plan {
        changes: plan.changes().map(file).collect(),
        commands: plan.commands.iter().map(command).collect(),
    }
}

/// What happens to a file.
pub(super) fn action(change: &Change) -> Action {
    match (&change.before, &change.after) {
        (None, _) => Action::Create,
        (Some(_), Some(_)) => Action::Change,
        (Some(_), None) => Action::Remove,
    }
}

/// A process.
pub(super) fn command(spec: &CommandSpec) -> Command {
    let variable = |(name, value): (&String, &String)| Variable {
        name: name.clone(),
        value: value.clone(),
    };
    Command {
        program: spec.program.clone(),
        args: spec.args.clone(),
        cwd: spec.cwd.to_string(),
        env: spec.env.iter().map(variable).collect(),
    }
}

fn is_text(change: &Change) -> bool {
    let sides = [&change.before, &change.after].into_iter().flatten();
    sides
        .map(|side| std::str::from_utf8(side))
        .all(|text| text.is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use golem_rpc_plan::Snapshot;

    #[test]
    fn a_plan_says_what_happens_to_each_file() {
        let mut disk = Snapshot::new();
        disk.insert("/w/changed", "old\n");
        disk.insert("/w/removed", "old\n");
        let mut planned = golem_rpc_plan::Plan::new();
        planned.write(&disk, Utf8Path::new("/w/changed"), "new\n");
        planned.write(&disk, Utf8Path::new("/w/made.wasm"), [0, 0xff]);
        planned.remove(&disk, Utf8Path::new("/w/removed"));
        let plan = plan(&planned, |path| path.as_str().replace("/w/", ""));
        let said = plan
            .changes
            .iter()
            .map(|file| (file.path.as_str(), file.action));
        assert_eq!(
            said.collect::<Vec<_>>(),
            [
                ("/w/changed", Action::Change),
                ("/w/made.wasm", Action::Create),
                ("/w/removed", Action::Remove)
            ]
        );
        let diff = plan.changes[0].diff.as_deref();
        assert_eq!(
            diff,
            Some("--- a/changed\n+++ b/changed\n@@ -1 +1 @@\n-old\n+new\n")
        );
        assert_eq!(plan.changes[1].diff, None);
    }
}
