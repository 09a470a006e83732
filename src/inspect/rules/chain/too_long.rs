//! `chain/too-long`

use crate::inspect::bundle::{Bundle, Standing};
use crate::inspect::question::Question;
use crate::inspect::rules::{Check, Outcome, Rule, Said};
use crate::model::diagnostic::Severity;
use crate::model::moment::plural;

pub const RULE: Rule = Rule {
    id: "chain/too-long",
    severity: Severity::Warning,
    decides: false,
    summary: "a chain that is longer than peers accept",
    why: "OpenSSL refuses a handshake message of certificates above 100 KiB, many programs stop at 10 certificates, \
          and above 16 KiB the message does not fit one record.",
    mend: "`sealpost lint --fix FILE` leaves out what is not on the path.",
    source: "SSL_CTX_set_max_cert_list(3), RFC 8446 5.1",
    fixable: true,
    check: Check::Bundle(check),
};

/// Intermediates of honest chains: one to three.
const INTERMEDIATES: usize = 4;
/// A TLS record.
const RECORD: usize = 16 << 10;
/// What OpenSSL takes by default.
const OPENSSL: usize = 100 << 10;
/// Length fields of a CertificateEntry (RFC 8446 section 4.4.2).
const FRAME: usize = 5;

fn check(bundle: &Bundle<'_>, _: &Question) -> Outcome {
    let Some(leaf) = bundle.leaf() else { return Outcome::NotApplicable };
    let path = bundle.chain.as_ref().map_or(0, |chain| chain.intermediates.len());
    let size: usize = bundle.members.iter().map(|member| member.found.certificate.der().len() + FRAME).sum();
    Outcome::unless(path <= INTERMEDIATES && size <= RECORD, || {
        let count = bundle.members.len();
        let spare = bundle.members.iter().filter(|member| member.standing == Standing::Stranger).count();
        let said = Said::new(format!("a handshake carries {} and {size} bytes", plural(count as u64, "certificate")))
            .about(leaf.index)
            .fact(format!("{path} intermediates are on the path, {spare} certificates on none"));
        match size > OPENSSL {
            true => said.fact(format!("OpenSSL peers refuse more than {OPENSSL} bytes")),
            false if size > RECORD => said.fact(format!("more than {RECORD} bytes do not fit one record")),
            false => said.fact(format!("more than {INTERMEDIATES} intermediates are refused by some peers")),
        }
    })
}
