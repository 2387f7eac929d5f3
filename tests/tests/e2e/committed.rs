//! `check --breaking` where what callers have does not tell what was: the last commit does, and where
//! there is none, that is said.
//!
//! A hospital: `ward` is called by `desk` and uses the packages `hos:charts` and, through that,
//! `hos:units`, which other members use too.

use std::os::unix::fs::symlink;

use golem_rpc_tests::{Run, Workspace, component_manifest};

use super::breaking::{CHECK, commit_all, git};

const UNITS: &str = "common/units/units.wit";

/// A record that `hos:units` has, as it was and as it becomes.
const DOSE: [&str; 2] = [
    "record dose { milligrams: u32 }",
    "record dose { milligrams: u64 }",
];

/// The workspace with these lines about the dependencies of `ward` and of `desk`.
fn hospital(ward: &[&str], desk: &[&str]) -> Workspace {
    let hospital = Workspace::empty("hospital");
    hospital.write(
        "Cargo.toml",
        "[workspace]\nresolver = \"2\"\nmembers = [\"ward\", \"desk\"]\n",
    );
    hospital.write(
        UNITS,
        format!(
            "package hos:units@1.0.0;\n\ninterface amounts {{\n  {}\n}}\n",
            DOSE[0]
        ),
    );
    hospital.write(
        "common/charts/charts.wit",
        "package hos:charts@1.0.0;\n\ninterface charts {\n  use hos:units/amounts@1.0.0.{dose};\n  record chart { patient: string, doses: list<dose> }\n}\n",
    );
    hospital.write(
        "ward/wit/ward.wit",
        "package hos:ward;\n\ninterface rounds {\n  use hos:charts/charts@1.0.0.{chart};\n  next: func() -> option<chart>;\n}\n\nworld ward {\n  export rounds;\n}\n",
    );
    hospital.write(
        "desk/wit/desk.wit",
        "package hos:desk;\n\nworld desk {\n}\n",
    );
    for (member, dependencies) in [("ward", ward), ("desk", desk)] {
        let manifest = component_manifest(member, &format!("hos:{member}"));
        let dependencies = dependencies.concat();
        let table = "\n[package.metadata.component.target.dependencies]\n";
        let manifest = format!("{manifest}{table}{dependencies}");
        hospital.write(&format!("{member}/Cargo.toml"), manifest);
        hospital.write(&format!("{member}/src/lib.rs"), "");
    }
    hospital
}

const CHARTS: &str = "\"hos:charts\" = { path = \"../common/charts\" }\n";
const UNITS_BY_PATH: &str = "\"hos:units\" = { path = \"../common/units\" }\n";

fn init(hospital: &Workspace) {
    let args = ["init", "--targets", "ward", "--callers", "desk"];
    hospital.golem_rpc(&args).success();
}

fn check(hospital: &Workspace, args: &[&str]) -> Run {
    hospital.golem_rpc(&[&CHECK[..], args].concat())
}

/// Without git nobody can tell; with it what is committed is compared.
fn is_told_by_the_commit(hospital: &Workspace, why: &str) {
    check(hospital, &[]).refusal(3, &["cannot tell", why, "--against"]);
    commit_all(hospital);
    let run = check(hospital, &[]).success();
    assert!(
        run.stdout
            .contains("ward, against HEAD: nothing has changed"),
        "{run}"
    );
    hospital.replace(UNITS, DOSE[0], DOSE[1]);
    let run = check(hospital, &[]).refusal(1, &["1 change on the wire"]);
    for line in ["ward, against HEAD:", "milligrams", "units/units.wit:4:"] {
        assert!(run.stdout.contains(line), "no `{line}`: {run}");
    }
    git(
        hospital,
        &["commit", "--quiet", "--all", "-m", "larger doses"],
    );
    // the stub was generated before that
    let run = check(hospital, &[]).refusal(1, &["1 change on the wire"]);
    assert!(run.stdout.contains("ward-stub/wit"), "{run}");
    hospital.golem_rpc(&["regenerate"]).success();
    check(hospital, &[]).success();
    check(hospital, &["--against", "v1"]).refusal(1, &["1 change on the wire"]);
}

#[test]
fn a_package_that_both_have_by_path() {
    let hospital = hospital(&[CHARTS, UNITS_BY_PATH], &[CHARTS, UNITS_BY_PATH]);
    init(&hospital);
    is_told_by_the_commit(&hospital, "read the same `common/");
}

/// The caller names one package by path; its copy of the other uses that.
#[test]
fn a_package_that_the_caller_has_through_another() {
    let hospital = hospital(&[CHARTS, UNITS_BY_PATH], &[UNITS_BY_PATH]);
    init(&hospital);
    is_told_by_the_commit(
        &hospital,
        "`desk` and `ward` read the same `common/units/units.wit`",
    );
}

#[test]
fn packages_that_links_lead_to() {
    let hospital = hospital(&[], &[]);
    for member in ["ward", "desk"] {
        std::fs::create_dir_all(hospital.path(&format!("{member}/wit/deps"))).unwrap();
        for package in ["units", "charts"] {
            let link = hospital.path(&format!("{member}/wit/deps/{package}"));
            symlink(format!("../../../common/{package}"), link).unwrap();
        }
    }
    init(&hospital);
    is_told_by_the_commit(&hospital, "read the same `common/");
}

#[test]
fn after_regenerate() {
    let hospital = hospital(&[CHARTS, UNITS_BY_PATH], &[]);
    init(&hospital);
    commit_all(&hospital);
    hospital.replace(UNITS, DOSE[0], DOSE[1]);
    let before = check(&hospital, &[]).refusal(1, &["1 change on the wire"]);
    assert!(before.stdout.contains("against what desk has:"), "{before}");
    hospital.golem_rpc(&["regenerate"]).success();
    let after = check(&hospital, &[]).refusal(1, &["1 change on the wire"]);
    assert!(after.stdout.contains("against HEAD:"), "{after}");
    std::fs::remove_dir_all(hospital.path(".git")).unwrap();
    check(&hospital, &[]).refusal(3, &["cannot tell", "`desk` has of `ward` is up to date"]);
}

/// What the target depends on is in no repository: its older state is not to be had.
#[test]
fn a_package_that_git_does_not_have() {
    let hospital = hospital(&[CHARTS, UNITS_BY_PATH], &[UNITS_BY_PATH]);
    init(&hospital);
    hospital.write(".gitignore", "common/units\ntarget\n");
    commit_all(&hospital);
    check(&hospital, &[]).refusal(3, &["cannot tell", "in `HEAD`", "hos:units"]);
}

/// A target that was never committed has no older state; beside it others may have one.
#[test]
fn a_target_that_is_not_committed_yet() {
    let hospital = hospital(&[CHARTS, UNITS_BY_PATH], &[]);
    hospital.write(".gitignore", "ward\n");
    commit_all(&hospital);
    init(&hospital);
    check(&hospital, &[])
        .success()
        .says("`ward` is not in the last commit");
}
