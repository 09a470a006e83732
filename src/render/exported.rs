//! Files that were written for other programs: `cert export` and `convert`.

use crate::app::cert_export::CertExported;
use crate::app::convert::Converted;
use crate::app::exporting::Exported;
use crate::model::moment::plural;

use super::answer::Answer;
use super::page::Page;

impl Answer for CertExported {
    const SCHEMA: &'static str = "sealpost.cert-export/1";

    fn page(&self, page: &mut Page) {
        written(&self.exported, &format!("profile {}", self.profile), page);
    }
}

impl Answer for Converted {
    const SCHEMA: &'static str = "sealpost.convert/1";

    fn page(&self, page: &mut Page) {
        written(&self.exported, &self.from.join(", "), page);
    }
}

fn written(exported: &Exported, source: &str, page: &mut Page) {
    page.raw(&exported.data);
    let Some(file) = &exported.file else { return };
    let certificates = plural(exported.certificates.len() as u64, "certificate");
    let holds = match (exported.certificates.is_empty(), exported.key) {
        (true, _) => "the key".to_owned(),
        (false, true) => format!("the key and {certificates}"),
        (false, false) => certificates,
    };
    let protection = match (&exported.protection, exported.key) {
        (Some(protection), _) => format!("; {protection}"),
        (None, true) => "; the key is not encrypted".to_owned(),
        (None, false) => String::new(),
    };
    page.say(&format!("wrote {file}: {holds} of {source}, read back{protection}"));
    page.next(&format!("sealpost show {file}"));
}
