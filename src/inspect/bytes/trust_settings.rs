//! What OpenSSL keeps behind the certificate in a TRUSTED CERTIFICATE block (x509(1), Trust Settings): the uses it is trusted for, and
//! those it is rejected for.

use super::damage::Damage;
use crate::model::place::Place;
use crate::trust::asn1::{self, OID, Reader, SEQUENCE};

/// serverAuth and clientAuth, as encoded.
const USES: [(&str, &[u8]); 2] =
    [("serverAuth", &[0x2b, 6, 1, 5, 5, 7, 3, 1]), ("clientAuth", &[0x2b, 6, 1, 5, 5, 7, 3, 2])];
/// anyExtendedKeyUsage, as encoded.
const ANY: &[u8] = &[0x55, 0x1d, 0x25, 0];

/// What a finding says of a use (`serverAuth`, `clientAuth`) for which the certificate is not to be trusted.
pub fn distrusted_for(usage: &str) -> String {
    format!("not to be trusted for {usage}")
}

/// The names of the uses of TLS for which the bytes behind the certificate keep it from being an anchor.
pub(super) fn refused(settings: &[u8]) -> Vec<&'static str> {
    let Ok(content) = asn1::only(settings, SEQUENCE, "") else { return Vec::new() };
    let mut fields = Reader::new(content);
    let trusted = uses(fields.optional(SEQUENCE).map(|list| list.content));
    let rejected = uses(fields.optional(asn1::constructed(0)).map(|list| list.content));
    let is_refused = |usage: &[u8]| {
        let is_in = |list: &[&[u8]]| list.iter().any(|one| *one == usage || *one == ANY);
        // Whoever lists some uses leaves out the others.
        is_in(&rejected) || (!trusted.is_empty() && !is_in(&trusted))
    };
    USES.iter().filter(|(_, usage)| is_refused(usage)).map(|(name, _)| *name).collect()
}

/// What is said of a certificate that is not to be trusted for servers. One that is not for clients only is good for most.
pub(super) fn judge(refused: &[&str], number: usize, place: Place) -> Option<Damage> {
    if !refused.contains(&"serverAuth") {
        return None;
    }
    let message = format!("the certificate in block {number} is marked as not to be trusted");
    let damage = Damage::warning("pem/distrusted", place, message);
    let damage = refused.iter().fold(damage, |damage, usage| damage.fact(distrusted_for(usage)));
    Some(
        damage
            .fact("OpenSSL programs refuse each chain that ends in it (error 28); other programs do not know the mark")
            .help("openssl x509 -in FILE -clrreject -clrtrust -out plain.pem, if the mark is wrong"),
    )
}

fn uses(list: Option<&[u8]>) -> Vec<&[u8]> {
    let mut reader = Reader::new(list.unwrap_or_default());
    std::iter::from_fn(|| reader.element()).filter(|element| element.tag == OID).map(|oid| oid.content).collect()
}
