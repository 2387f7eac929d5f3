//! The types as a JSON Schema.

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::line::VERSION_KEY;
use crate::{FORMAT_VERSION, Message};

/// The JSON Schema of a line: what [`Message::to_line`] writes, and nothing else.
pub fn schema() -> Value {
    let generator = SchemaSettings::draft2020_12().for_serialize();
    let mut schema = generator
        .into_generator()
        .into_root_schema_for::<Message>()
        .to_value();
    schema["title"] = json!("A line of `cargo golem-rpc --message-format json`");
    if let Some(Value::Array(messages)) = schema.get_mut("oneOf") {
        messages
            .iter_mut()
            .filter_map(Value::as_object_mut)
            .for_each(version);
    }
    schema
}

/// The version, which every line has beside its message's keys.
fn version(message: &mut Map<String, Value>) {
    let mut put = |key: &str, change: &dyn Fn(&mut Value)| {
        change(message.entry(key).or_insert_with(|| match key {
            "required" => json!([]),
            _ => json!({}),
        }));
    };
    put("properties", &|properties| {
        properties[VERSION_KEY] = json!({ "const": FORMAT_VERSION });
    });
    put("required", &|required| {
        if let Some(required) = required.as_array_mut() {
            required.insert(0, json!(VERSION_KEY));
        }
    });
}
