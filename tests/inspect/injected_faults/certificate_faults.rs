//! Faults of one certificate of the chain, or of the path through it.

use rcgen::{BasicConstraints, ExtendedKeyUsagePurpose, KeyUsagePurpose};
use time::macros::datetime;

use super::bundle::Plan;
use super::bundle::Who::{Issuing, Leaf, Middle};
use super::faults::{Action, Fault, Follows, Group};

const fn leaf(name: &'static str, finds: &'static [&'static str], change: fn(&mut Plan)) -> Fault {
    Fault::new(name, Group::Certificate, finds, Action::Plan(change)).at(Leaf)
}

/// Seen where the issuing authority is in the file.
const fn issuing(name: &'static str, finds: &'static [&'static str], change: fn(&mut Plan)) -> Fault {
    Fault::new(name, Group::Certificate, finds, Action::Plan(change)).at(Issuing).needs(&[Issuing])
}

pub const CERTIFICATE_FAULTS: &[Fault] = &[
    leaf("expired leaf", &["cert/expired-leaf"], |plan| {
        (plan.sheets[0].from, plan.sheets[0].until) = (datetime!(2025-10-20 0:00 UTC), datetime!(2026-01-18 0:00 UTC));
    }),
    leaf("leaf of tomorrow", &["cert/not-yet-valid"], |plan| {
        plan.sheets[0].from = datetime!(2026-02-03 0:00 UTC);
    }),
    leaf("leaf that ends soon", &["cert/expires-soon"], |plan| {
        (plan.sheets[0].from, plan.sheets[0].until) = (datetime!(2025-11-20 0:00 UTC), datetime!(2026-02-09 0:00 UTC));
    }),
    leaf("leaf for years", &["cert/validity-too-long"], |plan| {
        plan.sheets[0].until = datetime!(2029-01-01 0:00 UTC);
    }),
    leaf("leaf that ends before it begins", &["cert/validity-order", "cert/expired-leaf"], |plan| {
        (plan.sheets[0].from, plan.sheets[0].until) = (datetime!(2026-01-15 0:00 UTC), datetime!(2026-01-14 0:00 UTC));
    }),
    leaf("serial number of 21 octets", &["cert/serial"], |plan| plan.sheets[0].serial = vec![0x5a; 21]),
    leaf("serial number 0", &["cert/serial"], |plan| plan.sheets[0].serial = vec![0]),
    leaf("leaf for clients only", &["cert/eku"], |plan| {
        plan.sheets[0].extended = vec![ExtendedKeyUsagePurpose::ClientAuth];
    }),
    leaf("leaf for servers and clients", &["cert/eku-client-auth"], |plan| {
        plan.sheets[0].extended.push(ExtendedKeyUsagePurpose::ClientAuth);
    }),
    leaf("leaf for anything", &["cert/eku"], |plan| {
        plan.sheets[0].extended = vec![ExtendedKeyUsagePurpose::Any];
    }),
    leaf("leaf without purpose", &["cert/no-eku"], |plan| plan.sheets[0].extended.clear()),
    leaf("leaf that may sign certificates", &["cert/ku-leaf-certsign"], |plan| {
        plan.sheets[0].usage.push(KeyUsagePurpose::KeyCertSign);
    }),
    leaf("leaf that may not sign handshakes", &["cert/ku-leaf"], |plan| {
        plan.sheets[0].usage = vec![KeyUsagePurpose::KeyAgreement];
    })
    .follows(&[Follows("cert/ku-algorithm", "an ECDSA key must have digitalSignature (BR 7.1.2.7.11)")]),
    leaf("leaf that says it is an authority", &["cert/leaf-is-ca"], |plan| {
        plan.sheets[0].ca = Some(BasicConstraints::Unconstrained);
    })
    .follows(&[Follows("chain/ku-no-certsign", "it is an authority whose keyUsage lets it sign no certificate")]),
    leaf("leaf without names", &["name/no-san", "name/hostname-mismatch"], |plan| plan.sheets[0].names.clear())
        .follows(&[Follows("name/cn-not-in-san", "there is no entry that the common name could repeat")]),
    leaf("leaf for another host", &["name/hostname-mismatch"], |plan| plan.hostname = "mx9.example.com"),
    leaf("common name that is no name", &["name/cn-not-in-san"], |plan| {
        plan.sheets[0].name = "mx7.example.com".into();
    }),
    leaf("internal name", &["name/internal"], |plan| plan.sheets[0].names.push("mx1.corp.local".into())),
    leaf("name with an underscore", &["name/underscore"], |plan| {
        plan.sheets[0].names.push("mx_1.example.com".into());
    }),
    leaf("name of a service", &["name/bad-san"], |plan| plan.sheets[0].names.push("_25._tcp.example.com".into()))
        .follows(&[Follows("name/underscore", "it has underscores")]),
    leaf("name with a blank", &["name/bad-san"], |plan| plan.sheets[0].names.push("mx1 .example.com".into())),
    leaf("name twice", &["name/duplicate-san"], |plan| plan.sheets[0].names.push("mx1.example.com".into())),
    leaf("wildcard inside", &["name/wildcard"], |plan| plan.sheets[0].names.push("mx.*.example.com".into())),
    leaf("wildcard for a country's companies", &["name/wildcard-public-suffix"], |plan| {
        plan.sheets[0].names.push("*.co.uk".into());
    }),
    leaf("must staple", &["cert/must-staple"], |plan| {
        plan.sheets[0].extensions.push((vec![1, 3, 6, 1, 5, 5, 7, 1, 24], vec![0x30, 3, 2, 1, 5], false));
    }),
    leaf("poison", &["cert/precert-poison"], |plan| {
        plan.sheets[0].extensions.push((vec![1, 3, 6, 1, 4, 1, 11129, 2, 4, 3], vec![5, 0], true));
    })
    .follows(&[Follows("cert/unknown-critical-ext", "it is critical, and meant to be understood by nobody")]),
    leaf("unknown critical extension", &["cert/unknown-critical-ext"], |plan| {
        plan.sheets[0].extensions.push((vec![1, 3, 6, 1, 4, 1, 99999, 1], vec![5, 0], true));
    }),
    issuing("issuer that is no authority", &["chain/not-a-ca"], |plan| plan.sheets[1].ca = None).follows(&[
        Follows("cert/ku-leaf-certsign", "it may sign certificates, and is no authority"),
        Follows("cert/ku-leaf", "it is an end entity without digitalSignature"),
        Follows("cert/no-eku", "it is an end entity without extKeyUsage"),
        Follows("name/no-san", "it is an end entity without names"),
        Follows("cert/validity-too-long", "it is an end entity that lives for years"),
        Follows("chain/multiple-leaves", "there are two end entities"),
    ]),
    issuing("issuer that may not sign", &["chain/ku-no-certsign"], |plan| {
        plan.sheets[1].usage = vec![KeyUsagePurpose::CrlSign];
    }),
    issuing("expired issuer", &["cert/expired-ca"], |plan| {
        plan.sheets[1].until = datetime!(2026-01-20 0:00 UTC);
    })
    .follows(&[Follows("chain/ca-expires-first", "it ended before the leaf does")]),
    issuing("issuer of tomorrow", &["cert/not-yet-valid"], |plan| {
        plan.sheets[1].from = datetime!(2026-02-03 0:00 UTC);
    }),
    issuing("issuer that ends first", &["chain/ca-expires-first"], |plan| {
        plan.sheets[1].until = datetime!(2026-03-20 0:00 UTC);
    }),
    issuing("issuer for mail only", &["chain/eku-nesting", "cert/ca-eku"], |plan| {
        plan.sheets[1].extended = vec![ExtendedKeyUsagePurpose::EmailProtection];
    }),
    issuing("name outside the constraints", &["chain/name-constraints"], |plan| {
        plan.sheets[1].permitted = Some("example.net");
    })
    .at(Leaf),
    issuing("wrong key identifier", &["chain/aki-mismatch"], |plan| plan.wrong_key_id = true).at(Leaf),
    issuing("path too long", &["chain/pathlen"], |plan| plan.sheets[2].ca = Some(BasicConstraints::Constrained(0)))
        .at(Middle)
        .needs(&[Issuing, Middle]),
];
