//! `sealpost authority …`.

pub mod disable;
pub mod enable;
pub mod export;
pub mod import;
pub mod list;
pub mod remove;

use crate::app::authorities::AuthorityList;
use crate::model::configuration::Word;

/// `system` or `custom` as an argument.
fn list_name(text: &str) -> Result<AuthorityList, String> {
    AuthorityList::from_word(text).ok_or_else(|| "there are two lists: system and custom".to_owned())
}
