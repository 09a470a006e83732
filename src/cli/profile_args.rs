//! The name of a profile as an argument.

use crate::model::profile_name::ProfileName;

/// For clap: the reason stands behind the value that was given.
pub fn profile_name(text: &str) -> Result<ProfileName, String> {
    text.parse::<ProfileName>().map_err(|error| error.to_string())
}
