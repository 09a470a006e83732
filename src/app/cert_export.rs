//! `cert export`: a profile into a file for another program.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};
use crate::model::profile::Profile;
use crate::model::profile_name::ProfileName;

use super::context::Context;
use super::exporting::{self, Exported, Form, Material, Part, Recipe, Target, Wanted};
use super::home;
use super::secrets::Secrets;

/// What the operator asked for.
#[derive(Debug, Clone)]
pub struct Order {
    pub profile: ProfileName,
    pub form: Form,
    pub part: Option<Part>,
    pub recipe: Recipe,
    /// The profile's name, unless said.
    pub friendly_name: Option<String>,
    pub target: Target,
    pub encrypt: bool,
}

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
    order: &Order,
    secrets: &mut dyn Secrets,
) -> Result<Reply<CertExported>, Diagnostics> {
    let name = &order.profile;
    if name.is_demo() {
        return Err(demo().into());
    }
    let staged = home::open(context)?.staged()?;
    let profile = staged.profile(name)?;
    let remarks = staged.is_put(name).then(|| uncommitted(name)).into_iter().collect();
    let wanted = Wanted {
        form: order.form,
        part: order.part,
        recipe: order.recipe,
        friendly_name: order.friendly_name.clone().unwrap_or_else(|| name.to_string()),
        target: order.target.clone(),
        encrypt: order.encrypt,
    };
    let exported = exporting::export(&material(profile), &wanted, secrets)?;
    Ok(Reply::new(CertExported { profile: name.clone(), exported }, remarks))
}

fn material(profile: Profile) -> Material {
    Material { key: Some(profile.key), leaf: profile.certificate, intermediates: profile.intermediates }
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
