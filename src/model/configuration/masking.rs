//! The text of `sealpost.toml` for other people's eyes: secrets are replaced, everything else stands as it is.

use toml_edit::{Item, Value};

use super::SETTINGS;
use super::edit::Edit;
use super::problem::Problem;

const MASK: &str = "masked";

/// The error says why the text is no TOML: what cannot be read cannot be masked.
pub fn masked(text: &str) -> Result<String, Vec<Problem>> {
    let mut edit = Edit::of(text)?;
    let secrets =
        SETTINGS.iter().flat_map(|table| table.keys.iter().filter(|key| key.secret).map(|key| (table.path, key.name)));
    for (path, key) in secrets {
        if let Some(value) = edit.item_mut(path, key).and_then(Item::as_value_mut) {
            mask(value);
        }
    }
    Ok(edit.text())
}

fn mask(value: &mut Value) {
    if let Value::Array(array) = value {
        array.iter_mut().for_each(mask);
        return;
    }
    let decor = value.decor().clone();
    *value = Value::from(MASK);
    *value.decor_mut() = decor;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_and_everything_else_stays() {
        let text =
            "# ours\n[bounce-verification]\nkeys = [\n  \"one-secret\", # new\n  \"old-secret\",\n]\nreject = true\n";
        let wanted = text.replace("one-secret", "masked").replace("old-secret", "masked");
        assert_eq!(masked(text).unwrap(), wanted);
        let inline = "bounce-verification = { keys = [\"one-secret\"] }\n";
        assert_eq!(masked(inline).unwrap(), "bounce-verification = { keys = [\"masked\"] }\n");
        assert_eq!(masked("a = 1\n").unwrap(), "a = 1\n");
        assert!(masked("a = \n").is_err());
    }
}
