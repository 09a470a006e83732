//! `cert export`: a profile into a file for another program.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};
use crate::model::profile::Profile;
use crate::model::profile_name::ProfileName;

use super::context::Context;
use super::exporting::{self, Exported, Material, Wanted};
use super::home;
use super::secrets::Secrets;

/// A profile that was written to a file.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CertExported {
    pub profile: ProfileName,
    #[serde(flatten)]
    pub exported: Exported,
}

/// Writes what the profile is after the staged edits.
pub fn cert_export(
    context: &Context,
    name: &ProfileName,
    wanted: &Wanted,
    secrets: &mut dyn Secrets,
) -> Result<Reply<CertExported>, Diagnostics> {
    if name.is_demo() {
        return Err(demo().into());
    }
    let staged = home::open(context)?.staged()?;
    let profile = staged.profile(name)?;
    let remarks = staged.is_put(name).then(|| uncommitted(name)).into_iter().collect();
    let exported = exporting::export(&material(profile), wanted, secrets)?;
    Ok(Reply::new(CertExported { profile: name.clone(), exported }, remarks))
}

fn material(profile: Profile) -> Material {
    let Profile { name, key, certificate, intermediates, .. } = profile;
    Material { name: name.to_string(), key: Some(key), leaf: certificate, intermediates }
}

fn demo() -> Diagnostic {
    Diagnostic::error("profile/demo", "the Demo profile cannot be exported")
        .fact("its certificate encrypts and proves nothing, so that no other program should present it")
        .help("sealpost cert new PROFILE --cn NAME makes a self-signed certificate that can be exported")
}

fn uncommitted(name: &ProfileName) -> Diagnostic {
    Diagnostic::warning("export/uncommitted", format!("profile {name} is staged and not committed yet"))
        .fact("what was written is the staged version")
        .help("sealpost change commit")
}
