//! Throwing the staged edits away, unless a CA is still to answer for one of their keys.

use crate::model::moment::Moment;
use crate::model::profile_name::ProfileName;

use super::error::HomeError;
use super::home::Writer;
use super::staged::{Change, Staged, reset};

/// Keys that exist in the staged edits only and whose requests have left the home, with the time they left.
pub fn awaited_keys(staged: &Staged) -> Result<Vec<(ProfileName, Moment)>, HomeError> {
    let mut awaited = Vec::new();
    for name in staged.changes().iter().filter(|(_, change)| **change == Change::Put).map(|(name, _)| name) {
        let profile = staged.summary(name)?;
        let Some(exported) = profile.record.request_exported else { continue };
        let kept = staged.running().has(name)?
            && staged.running().summary(name)?.public_key().is_some_and(|key| Some(key) == profile.public_key());
        if !kept {
            awaited.push((name.clone(), exported));
        }
    }
    Ok(awaited)
}

impl Writer<'_> {
    /// Begins new staged edits on what runs. Without `force`, keys that a CA may answer for are not destroyed; with it,
    /// even staged edits that cannot be read are thrown away.
    pub fn clear(&self, force: bool) -> Result<(), HomeError> {
        if !force {
            let awaited = awaited_keys(&self.home().staged()?)?;
            if !awaited.is_empty() {
                return Err(HomeError::KeysAwaited(awaited));
            }
        }
        let running = self.home().running()?;
        reset(self.home().directory(), running.number(), &running.texts()?)
    }
}
