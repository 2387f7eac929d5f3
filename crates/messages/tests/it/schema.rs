//! The published schema: up to date, closed, and complete.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use golem_rpc_messages::{SCHEMA, schema};
use serde_json::Value;

use crate::samples;

#[test]
fn the_published_schema_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema.json");
    let text = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
    if std::env::var_os("BLESS").is_some() {
        return fs::write(path, text).unwrap();
    }
    let published = fs::read_to_string(path).unwrap();
    let lines = published.lines().zip(text.lines());
    let differs = lines.enumerate().find(|(_, (old, new))| old != new);
    assert!(published == text, "BLESS=1 rewrites it: {differs:?}");
    assert!(SCHEMA == text, "the crate was compiled with another one");
}

#[test]
fn the_schema_is_one() {
    let schema = schema();
    assert!(jsonschema::meta::is_valid(&schema));
    assert_eq!(
        schema["$schema"],
        "https://json-schema.org/draft/2020-12/schema"
    );
}

/// Calls `seen` with every object schema, which is what has `properties` or says so.
fn objects(schema: &Value, path: &str, seen: &mut dyn FnMut(&Value, &str)) {
    match schema {
        Value::Object(keys) => {
            if keys.contains_key("properties") || keys.get("type") == Some(&"object".into()) {
                seen(schema, path);
            }
            for (key, value) in keys {
                objects(value, &format!("{path}/{key}"), seen);
            }
        }
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                objects(item, &format!("{path}/{i}"), seen);
            }
        }
        _ => {}
    }
}

#[test]
fn no_object_is_open_and_every_key_is_required() {
    let mut count = 0;
    objects(&schema(), "", &mut |object, path| {
        count += 1;
        assert_eq!(object["additionalProperties"], false, "{path}: {object:#}");
        let keys: BTreeSet<&str> = match object.get("properties") {
            Some(properties) => properties
                .as_object()
                .unwrap()
                .keys()
                .map(String::as_str)
                .collect(),
            None => BTreeSet::new(),
        };
        let required = object
            .get("required")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        let required: BTreeSet<&str> = required.iter().map(|key| key.as_str().unwrap()).collect();
        assert_eq!(keys, required, "{path}");
    });
    assert!(count > 40, "{count}");
}

#[test]
fn every_kind_of_line_is_in_the_schema_and_among_the_samples() {
    let schema = schema();
    let reasons = schema["oneOf"].as_array().unwrap().iter();
    let reasons: BTreeSet<String> = reasons
        .map(|message| {
            message["properties"]["reason"]["const"]
                .as_str()
                .unwrap()
                .to_string()
        })
        .collect();
    let sampled = samples::all().into_iter().map(|message| {
        let line: Value = serde_json::from_str(&message.to_line()).unwrap();
        line["reason"].as_str().unwrap().to_string()
    });
    assert_eq!(sampled.collect::<BTreeSet<_>>(), reasons);
}
