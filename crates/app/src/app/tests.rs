//! Manifests of three versions of golem-cli, as its templates and documents show them.

use super::*;

fn read(files: &[(&str, &str)]) -> Result<App, AppError> {
    let mut disk = Snapshot::new();
    for (path, text) in files {
        disk.insert(*path, *text);
    }
    App::read(Utf8Path::new("/w/golem.yaml"), &disk)
}

fn links(app: &App) -> Vec<(String, String, usize)> {
    let links = app.dependencies.iter().filter_map(|dependency| {
        let Target::Component(target) = &dependency.target else {
            return None;
        };
        let component = dependency.component.clone();
        Some((component, target.clone(), dependency.place.line))
    });
    links.collect()
}

/// 1.1: one manifest, profiles in a template, a name without a namespace.
#[test]
fn one_manifest_with_a_template() {
    let text = "\
# $schema: https://schema.golem.cloud/app/golem/1.1.0/golem.schema.json
tempDir: target/golem-temp
witDeps:
 - common-wit/deps
templates:
  rust:
    profiles:
      debug:
        sourceWit: parts/{{ componentName }}/wit
        generatedWit: parts/{{ componentName }}/wit-generated
      release:
        sourceWit: elsewhere
    defaultProfile: debug
components:
  list:
    template: rust
  archive:
    template: rust
    componentType: ephemeral
dependencies:
  list:
  - type: wasm-rpc
    target: archive
";
    let app = read(&[("/w/golem.yaml", text)]).unwrap();
    assert_eq!(app.schema.as_deref(), Some("1.1.0"));
    assert_eq!(app.wit_deps, ["/w/common-wit/deps"]);
    let list = &app.components["list"];
    assert_eq!(list.source_wit, "/w/parts/list/wit");
    assert_eq!(list.dir(), "/w/parts/list");
    assert_eq!(list.place.line, 15);
    let generated = list.generated_wit.as_ref().unwrap();
    assert_eq!(generated, "/w/parts/list/wit-generated");
    assert_eq!(app.components["archive"].kind, Kind::Ephemeral);
    assert_eq!(links(&app), [("list".into(), "archive".into(), 22)]);
}

/// 1.2 and 1.3: a manifest for each component, names with namespaces, three types of dependency.
#[test]
fn many_manifests() {
    let root =
        "includes:\n- common-*/golem.yaml\n- components-*/*/golem.yaml\nwitDeps:\n- wit/deps\n";
    let common = "\
templates:
  rust:
    profiles:
      debug:
        sourceWit: wit
        generatedWit: wit-generated
        componentWasm: ../../target/{{ component_name | to_snake_case }}.wasm
    defaultProfile: debug
";
    let till = "\
# yaml-language-server: $schema=https://schema.golem.cloud/app/golem/1.2.4/golem.schema.json
components:
  shop:till:
    template: rust
    env:
      KEY: \"\"
dependencies:
  shop:till:
  - target: shop:stock
    type: static-wasm-rpc
  - type: wasm
    url: https://example.org/llm.wasm
  - type: wasm-rpc
";
    let files = [
        ("/w/golem.yaml", root),
        ("/w/common-rust/golem.yaml", common),
        ("/w/components-rust/shop-till/golem.yaml", till),
    ];
    let app = read(&files).unwrap();
    assert_eq!(app.manifests[0], "/w/golem.yaml");
    assert_eq!(app.schema.as_deref(), Some("1.2.4"));
    let component = &app.components["shop:till"];
    assert_eq!(component.dir(), "/w/components-rust/shop-till");
    let [first, second, third] = &app.dependencies[..] else {
        panic!("{:?}", app.dependencies);
    };
    assert!(first.is_rpc());
    assert_eq!(first.target, Target::Component("shop:stock".into()));
    assert!(!second.is_rpc());
    let wasm = Target::Wasm("https://example.org/llm.wasm".into());
    assert_eq!(second.target, wasm);
    assert_eq!(third.target, Target::Missing);
    assert_eq!(third.place.line, 13);
}

#[test]
fn what_a_component_says_comes_first() {
    let text = "\
templates:
  t: { sourceWit: wit, componentType: ephemeral }
components:
  a:
    template: t
    sourceWit: a/idl
    profiles:
      fast: { componentType: durable }
    defaultProfile: fast
  b: {}
";
    let app = read(&[("/w/golem.yaml", text)]).unwrap();
    assert_eq!(app.components["a"].source_wit, "/w/a/idl");
    assert_eq!(app.components["a"].kind, Kind::Durable);
    assert_eq!(app.components["b"].source_wit, "/w/wit");
    assert_eq!(app.components["b"].template, None);
}

#[test]
fn errors_have_places() {
    for (text, message) in [
        (
            "- a\n",
            "`/w/golem.yaml`, line 1: an application manifest is a map",
        ),
        ("components: [a]\n", "line 1: `components` should be a map"),
        ("a: [\n", "line "),
        (
            "components:\n  a:\n    sourceWit: '{{ x }}'\n",
            "line 2: `sourceWit` of `a` is `{{ x }}` (line 3)",
        ),
    ] {
        let error = read(&[("/w/golem.yaml", text)]).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
    let twice = "components:\n  a: {}\n";
    let files = [("/w/golem.yaml", twice), ("/w/a/golem.yaml", twice)];
    let error = read(&files).unwrap_err().to_string();
    assert!(error.contains("`/w/a/golem.yaml`, line 2"), "{error}");
    assert!(error.contains("also in /w/golem.yaml:2"), "{error}");
    assert_eq!(
        read(&[("/w/golem.yaml", "# nothing\n")])
            .unwrap()
            .components
            .len(),
        0
    );
}
