//! What every use case is told about its surroundings.

use std::path::PathBuf;

use crate::model::moment::Moment;

/// Where the home is, what time it is, who is asking.
#[derive(Debug, Clone)]
pub struct Context {
    pub home: PathBuf,
    pub now: Moment,
    /// Login name, recorded with a commit.
    pub author: String,
}
