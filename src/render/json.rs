//! The JSON envelope: one object per command, with the name of its schema first.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::diagnostic::Diagnostic;

use super::answer::Answer;

/// The object that carries an answer.
#[derive(Serialize, JsonSchema)]
struct Envelope<'a, A> {
    schema: &'static str,
    #[serde(flatten)]
    answer: &'a A,
    /// Warnings and notes that came with the answer.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    remarks: &'a [Diagnostic],
}

/// The object that a command prints when it failed.
#[derive(Serialize, JsonSchema)]
struct Failure<'a> {
    schema: &'static str,
    /// Errors first, then what else was found.
    errors: Vec<&'a Diagnostic>,
}

/// The name of the schema of a failure.
pub const ERROR_SCHEMA: &str = "sealpost.error/1";

/// The answer as one JSON object and a line break.
pub fn answer<A: Answer>(answer: &A, remarks: &[Diagnostic]) -> String {
    line(&Envelope { schema: A::SCHEMA, answer, remarks })
}

/// The failure as one JSON object and a line break.
pub fn failure<'a>(errors: impl Iterator<Item = &'a Diagnostic>) -> String {
    line(&Failure { schema: ERROR_SCHEMA, errors: errors.collect() })
}

/// One answer of a batch as one line.
pub fn compact(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string(value).unwrap_or_else(|_| "{\"id\":null}".to_owned());
    text.push('\n');
    text
}

/// A value, `by` columns further in. JSON has no line breaks within strings.
pub fn indented(value: &impl Serialize, by: usize) -> String {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    let margin = " ".repeat(by);
    let mut out = String::with_capacity(text.len() * 5 / 4);
    for (number, line) in text.lines().enumerate() {
        if number > 0 {
            out.push('\n');
        }
        out.push_str(&margin);
        out.push_str(line);
    }
    out
}

fn line(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(value)
        .unwrap_or_else(|error| format!("{{\"schema\":\"{ERROR_SCHEMA}\",\"errors\":[{{\"message\":\"{error}\"}}]}}"));
    text.push('\n');
    text
}

/// The published JSON Schema (draft 2020-12) of an answer.
pub fn answer_schema<A: Answer + 'static>() -> serde_json::Value {
    with_name(serialised::<Envelope<'static, A>>(), A::SCHEMA)
}

/// The published JSON Schema of a failure.
pub fn failure_schema() -> serde_json::Value {
    with_name(serialised::<Failure<'static>>(), ERROR_SCHEMA)
}

/// As it is written: a key that is left out when it has nothing to say is not required.
fn serialised<T: JsonSchema>() -> schemars::Schema {
    schemars::generate::SchemaSettings::default().for_serialize().into_generator().into_root_schema_for::<T>()
}

fn with_name(schema: schemars::Schema, name: &str) -> serde_json::Value {
    let mut schema = schema.to_value();
    schema["title"] = name.into();
    schema["properties"]["schema"] = serde_json::json!({ "const": name });
    schema
}
