//! A list with other elements: the comments beside and above those that stay, and its shape on one line or many, are kept.

use std::collections::BTreeMap;

use toml_edit::{Array, Value};

/// One element with what surrounds it.
struct Element {
    /// White space and comment lines in front of it.
    above: String,
    /// What stands behind it on its line.
    beside: String,
}

/// `old` with the texts `wanted` as its elements.
pub(super) fn with(old: &Array, wanted: &[String]) -> Array {
    let (elements, closing) = taken_apart(old);
    let many_lines = closing.contains('\n') || elements.iter().any(|element| element.above.contains('\n'));
    let indentation = elements.iter().map(|element| element.above.as_str()).find(|above| above.contains('\n'));
    let indentation = indentation.and_then(|above| above.rsplit('\n').next()).unwrap_or("    ");
    let mut before: BTreeMap<String, Vec<&Element>> = BTreeMap::new();
    for (value, element) in old.iter().zip(&elements) {
        before.entry(value.as_str().unwrap_or_default().to_owned()).or_default().insert(0, element);
    }
    let mut array = Array::new();
    let mut beside = String::new();
    for (index, text) in wanted.iter().enumerate() {
        let known = before.get_mut(text).and_then(Vec::pop);
        let above = match known.map(|element| element.above.as_str()) {
            Some(above) if many_lines || index > 0 && !above.is_empty() => above.to_owned(),
            _ if many_lines => format!("\n{indentation}"),
            _ if index > 0 => " ".to_owned(),
            _ => String::new(),
        };
        array.push_formatted(Value::from(text).decorated(format!("{beside}{above}"), ""));
        beside = known.map_or_else(String::new, |element| element.beside.clone());
    }
    array.set_trailing_comma(!wanted.is_empty() && (many_lines || old.trailing_comma()));
    array.set_trailing(format!("{beside}{closing}"));
    array
}

/// The surroundings of each element, and what stands before the closing bracket.
fn taken_apart(array: &Array) -> (Vec<Element>, String) {
    let mut elements: Vec<Element> = Vec::new();
    let mut behind = String::new();
    for value in array.iter() {
        let gap = format!("{behind}{}", value.decor().prefix().and_then(|raw| raw.as_str()).unwrap_or_default());
        let above = split(gap, elements.last_mut());
        elements.push(Element { above, beside: String::new() });
        behind = value.decor().suffix().and_then(|raw| raw.as_str()).unwrap_or_default().to_owned();
    }
    let closing = format!("{behind}{}", array.trailing().as_str().unwrap_or_default());
    let closing = split(closing, elements.last_mut());
    (elements, closing)
}

/// A comment up to the end of the line belongs to the element before it.
fn split(gap: String, before: Option<&mut Element>) -> String {
    let at = gap.find('\n').unwrap_or(gap.len());
    match (before, gap.split_at_checked(at)) {
        (Some(before), Some((beside, rest))) if beside.contains('#') => {
            before.beside = beside.to_owned();
            rest.to_owned()
        }
        _ => gap,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn becomes(old: &str, wanted: &[&str], new: &str) {
        let document: toml_edit::DocumentMut = format!("a = {old}\n").parse().unwrap();
        let wanted: Vec<String> = wanted.iter().map(|text| (*text).to_owned()).collect();
        let array = with(document["a"].as_array().unwrap(), &wanted);
        assert_eq!(array.to_string().trim_start(), new);
        let again: toml_edit::DocumentMut = format!("a = {array}\n").parse().unwrap();
        assert_eq!(super::super::assignment::written(&again["a"]), wanted);
    }

    #[test]
    fn on_one_line() {
        becomes("[]", &["a"], "[\"a\"]");
        becomes("[\"a\"]", &["a", "b"], "[\"a\", \"b\"]");
        becomes("[\"a\",\"b\"]", &["b"], "[\"b\"]");
        becomes("[ \"a\", \"b\" ]", &["a"], "[\"a\" ]");
        becomes("[\"a\", \"b\"]", &["b", "a"], "[\"b\", \"a\"]");
        becomes("[\"a\"]", &[], "[]");
    }

    #[test]
    fn on_many_lines_comments_stay_with_their_elements() {
        let old = "[\n  # ours\n  \"a\", # first\n  \"b\", # second\n]";
        becomes(old, &["a", "b", "c"], "[\n  # ours\n  \"a\", # first\n  \"b\", # second\n  \"c\",\n]");
        becomes(old, &["b"], "[\n  \"b\", # second\n]");
        becomes(old, &["a"], "[\n  # ours\n  \"a\", # first\n]");
        becomes(old, &["x", "a"], "[\n  \"x\",\n  # ours\n  \"a\", # first\n]");
        becomes("[\n  \"a\" # only\n]", &["a", "b"], "[\n  \"a\", # only\n  \"b\",\n]");
    }
}
