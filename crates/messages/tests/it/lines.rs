//! Lines: written, read back, valid, and refused where they should be.

use std::error::Error as _;

use golem_rpc_messages::{FORMAT_VERSION, LineError, Message, schema};
use serde_json::{Value, json};

use crate::samples;

fn lines() -> Vec<Value> {
    let lines = samples::all().into_iter().map(|message| message.to_line());
    lines
        .map(|line| serde_json::from_str(&line).unwrap())
        .collect()
}

#[test]
fn a_line_is_one_line_that_reads_back() {
    for message in samples::all() {
        let line = message.to_line();
        assert!(!line.contains('\n'), "{line}");
        assert!(
            line.starts_with(&format!(
                "{{\"format-version\":{FORMAT_VERSION},\"reason\":\""
            )),
            "{line}"
        );
        assert_eq!(Message::from_line(&line).unwrap(), message);
    }
}

#[test]
fn every_line_is_valid() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    for line in lines() {
        let errors: Vec<String> = validator
            .iter_errors(&line)
            .map(|e| e.to_string())
            .collect();
        assert_eq!(errors, [""; 0], "{line:#}");
    }
}

/// Every variation of a value in which one object has one key more, or one less.
fn spoiled(value: &Value, spoil: &mut dyn FnMut(Value)) {
    match value {
        Value::Object(object) => {
            let mut more = object.clone();
            more.insert("more".into(), json!(1));
            spoil(Value::Object(more));
            for (key, inner) in object {
                let mut less = object.clone();
                less.remove(key);
                spoil(Value::Object(less));
                spoiled(inner, &mut |inner| {
                    let mut object = object.clone();
                    object.insert(key.clone(), inner);
                    spoil(Value::Object(object));
                });
            }
        }
        Value::Array(items) => {
            for (i, inner) in items.iter().enumerate() {
                spoiled(inner, &mut |inner| {
                    let mut items = items.clone();
                    items[i] = inner;
                    spoil(Value::Array(items));
                });
            }
        }
        _ => {}
    }
}

#[test]
fn a_key_more_or_less_anywhere_is_no_line() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let mut count = 0;
    for line in lines() {
        spoiled(&line, &mut |spoiled| {
            count += 1;
            assert!(!validator.is_valid(&spoiled), "{spoiled:#}");
            if spoiled.to_string().contains("\"more\":1") {
                assert!(
                    Message::from_line(&spoiled.to_string()).is_err(),
                    "{spoiled:#}"
                );
            }
        });
    }
    assert!(count > 300, "{count}");
}

#[test]
fn lines_of_other_versions_are_told_apart() {
    let line = samples::all()[0].to_line();
    let newer = line.replace("\"format-version\":1", "\"format-version\":2");
    let error = Message::from_line(&newer).unwrap_err();
    assert!(matches!(error, LineError::Version { found: Some(2) }));
    assert!(error.to_string().contains("format version 2"), "{error}");
    let none = line.replace("\"format-version\":1,", "");
    let error = Message::from_line(&none).unwrap_err();
    assert!(matches!(error, LineError::Version { found: None }));
    let other = line.replace("\"reason\":\"start\"", "\"reason\":\"other\"");
    let error = Message::from_line(&other).unwrap_err();
    assert!(
        error.source().unwrap().to_string().contains("other"),
        "{error}"
    );
}
