//! `authority export`: a list as one PEM file, for a colleague or another gateway.

use std::path::Path;

use schemars::JsonSchema;
use serde::Serialize;

use super::authorities::{self, AuthorityList};
use super::authority_list::no_system_list;
use super::context::Context;
use super::exporting::cannot_write;
use super::home;
use crate::formats::pem;
use crate::model::certificate::Certificate;
use crate::model::configuration::Word;
use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};
use crate::sys::output::{self, Existing};

/// A list that was written.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AuthoritiesExported {
    pub list: AuthorityList,
    pub certificates: usize,
    /// Absent where it went to standard output.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The PEM text, where it was not written to a file.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub pem: String,
}

/// Writes every certificate of a list as it is after the staged edits. An empty list is an error: nobody wants an empty file.
pub fn authority_export(
    context: &Context,
    list: AuthorityList,
    out: Option<&str>,
    existing: Existing,
) -> Result<Reply<AuthoritiesExported>, Diagnostics> {
    let staged = home::open(context)?.staged()?;
    let certificates = match list {
        AuthorityList::Custom => staged.authorities()?,
        AuthorityList::System => authorities::system().1,
    };
    if certificates.is_empty() {
        return Err(empty(list).into());
    }
    let text: String = certificates.iter().map(encoded).collect();
    let file = out.filter(|name| *name != "-");
    let mut answer = AuthoritiesExported { list, certificates: certificates.len(), file: None, pem: String::new() };
    match file {
        Some(name) => {
            output::write(Path::new(name), text.as_bytes(), 0o644, existing)
                .map_err(|error| cannot_write(name, &error))?;
            answer.file = Some(name.to_owned());
        }
        None => answer.pem = text,
    }
    Ok(answer.into())
}

fn encoded(certificate: &Certificate) -> String {
    pem::encode("CERTIFICATE", certificate.der())
}

fn empty(list: AuthorityList) -> Diagnostic {
    match list {
        AuthorityList::System => Diagnostic { severity: crate::model::diagnostic::Severity::Error, ..no_system_list() },
        AuthorityList::Custom => {
            Diagnostic::error("authority/empty", format!("the {} list of authorities is empty", list.word()))
                .fact("nothing was written")
                .help("sealpost authority import FILE…")
        }
    }
}
