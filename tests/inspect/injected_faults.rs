//! Bundles with faults that were put in on purpose, one and several at a time: what is found, what is found that is not there, and
//! whether the mended chain is exactly the right one. By seed; short by default, long with `SEALPOST_LONG_TESTS=1`.

use std::collections::BTreeSet;
use std::fmt::Write;

use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose, NameConstraints, SerialNumber,
};
use sealpost::formats::pem;
use sealpost::inspect::bundle::Bundle;
use sealpost::inspect::mend::mend;
use sealpost::inspect::question::{Question, Store};
use sealpost::inspect::ruleset::Ruleset;
use sealpost::inspect::{bytes, findings};
use sealpost::model::moment::Moment;
use sealpost::trust::link::Link;
use time::macros::datetime;

const AT: Moment = datetime!(2026-02-01 0:00 UTC);

/// What a certificate will say.
#[derive(Clone)]
struct Sheet {
    name: String,
    names: Vec<String>,
    from: Moment,
    until: Moment,
    serial: Vec<u8>,
    ca: Option<BasicConstraints>,
    usage: Vec<KeyUsagePurpose>,
    extended: Vec<ExtendedKeyUsagePurpose>,
    permitted: Option<&'static str>,
    extensions: Vec<(Vec<u64>, Vec<u8>, bool)>,
    key_id: Option<Vec<u8>>,
}

fn authority(name: &str) -> Sheet {
    Sheet {
        name: name.into(),
        names: Vec::new(),
        from: datetime!(2022-01-01 0:00 UTC),
        until: datetime!(2034-01-01 0:00 UTC),
        serial: vec![0x5a; 16],
        ca: Some(BasicConstraints::Unconstrained),
        usage: vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign],
        extended: Vec::new(),
        permitted: None,
        extensions: Vec::new(),
        key_id: None,
    }
}

fn server() -> Sheet {
    Sheet {
        names: vec!["mx1.example.com".into()],
        from: datetime!(2026-01-15 0:00 UTC),
        until: datetime!(2026-04-10 0:00 UTC),
        ca: None,
        usage: vec![KeyUsagePurpose::DigitalSignature],
        extended: vec![ExtendedKeyUsagePurpose::ServerAuth],
        ..authority("mx1.example.com")
    }
}

impl Sheet {
    fn params(&self) -> CertificateParams {
        let mut params = CertificateParams::new(self.names.clone()).unwrap();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, self.name.as_str());
        (params.not_before, params.not_after) = (self.from, self.until);
        params.serial_number = Some(SerialNumber::from(self.serial.clone()));
        params.is_ca = self.ca.map_or(IsCa::ExplicitNoCa, IsCa::Ca);
        params.key_usages = self.usage.clone();
        params.extended_key_usages = self.extended.clone();
        params.use_authority_key_identifier_extension = true;
        if let Some(id) = &self.key_id {
            params.key_identifier_method = KeyIdMethod::PreSpecified(id.clone());
        }
        params.name_constraints = self.permitted.map(|name| NameConstraints {
            permitted_subtrees: vec![GeneralSubtree::DnsName(name.into())],
            excluded_subtrees: Vec::new(),
        });
        for (oid, value, critical) in &self.extensions {
            let mut extension = CustomExtension::from_oid_content(oid, value.clone());
            extension.set_criticality(*critical);
            params.custom_extensions.push(extension);
        }
        params
    }

    fn issue(&self, key: &KeyPair, issuer: &Sheet, issuer_key: &KeyPair) -> Vec<u8> {
        self.params().signed_by(key, &Issuer::new(issuer.params(), issuer_key)).unwrap().der().to_vec()
    }
}

/// What will be issued: the leaf, then its issuers, root last, each with its key.
struct Plan {
    sheets: Vec<Sheet>,
    keys: Vec<KeyPair>,
    /// What the issuer calls its key in the leaf.
    wrong_key_id: bool,
    hostname: &'static str,
}

/// What was issued, and the file to be.
struct Made {
    plan: Plan,
    /// Leaf first, root last.
    chain: Vec<Vec<u8>>,
    list: Vec<Vec<u8>>,
    pool: Vec<Vec<u8>>,
    anchors: Vec<Vec<u8>>,
    /// The mended file.
    wanted: Vec<Vec<u8>>,
}

enum Action {
    Plan(fn(&mut Plan)),
    List(fn(&mut Made)),
    Text(fn(&str) -> String),
}

/// Faults of one group are not combined.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    Certificate,
    List,
    Layout,
    Edge,
}

struct Fault {
    name: &'static str,
    group: Group,
    /// All of these rules must speak.
    finds: &'static [&'static str],
    /// These may.
    may: &'static [&'static str],
    action: Action,
}

const fn fault(
    name: &'static str,
    group: Group,
    finds: &'static [&'static str],
    may: &'static [&'static str],
    action: Action,
) -> Fault {
    Fault { name, group, finds, may, action }
}

use Action::{List, Plan as Planned, Text};
use Group::{Certificate as Cert, Edge, Layout, List as Listed};

const ORDER: &[&str] = &["chain/misordered", "chain/leaf-not-first"];

const FAULTS: &[Fault] = &[
    fault("leaf last", Listed, &["chain/leaf-not-first"], ORDER, List(|made| made.list.rotate_left(1))),
    fault("reversed", Listed, &["chain/leaf-not-first"], ORDER, List(|made| made.list.reverse())),
    fault("issuers swapped", Listed, &["chain/misordered"], &[], List(|made| made.list[1..].reverse())),
    fault("leaf twice", Listed, &["chain/duplicate"], &[], List(|made| made.list.push(made.chain[0].clone()))),
    fault("issuer twice", Listed, &["chain/duplicate"], &[], List(|made| made.list.push(made.chain[1].clone()))),
    fault(
        "issuer three times",
        Listed,
        &["chain/duplicate"],
        &[],
        List(|made| {
            made.list.splice(1..1, [made.chain[1].clone(), made.chain[1].clone()]);
        }),
    ),
    fault("root included", Listed, &["chain/root-included"], &[], List(|made| made.list.push(made.chain[3].clone()))),
    fault(
        "root first",
        Listed,
        &["chain/root-included", "chain/leaf-not-first"],
        ORDER,
        List(|made| {
            made.list.insert(0, made.chain[3].clone());
        }),
    ),
    fault("strange root", Listed, &["chain/unrelated"], &[], List(|made| made.list.push(stranger()))),
    fault(
        "strange root between",
        Listed,
        &["chain/unrelated"],
        &["chain/misordered"],
        List(|made| {
            made.list.insert(1, stranger());
        }),
    ),
    fault(
        "strange issuer",
        Listed,
        &["chain/unrelated"],
        &[],
        List(|made| {
            let keys = [KeyPair::generate().unwrap(), KeyPair::generate().unwrap()];
            made.list.push(authority("Strange Issuing CA").issue(&keys[0], &authority("Strange Root"), &keys[1]));
        }),
    ),
    fault(
        "old leaf kept",
        Listed,
        &["chain/multiple-leaves"],
        &["cert/expired-leaf"],
        List(|made| {
            let mut old = made.plan.sheets[0].clone();
            (old.from, old.until) = (datetime!(2025-10-20 0:00 UTC), datetime!(2026-01-18 0:00 UTC));
            old.serial = vec![0x5b; 16];
            made.list.push(old.issue(&made.plan.keys[0], &made.plan.sheets[1], &made.plan.keys[1]));
        }),
    ),
    fault(
        "leaf of another host",
        Listed,
        &["chain/multiple-leaves"],
        &[],
        List(|made| {
            let other = Sheet { from: datetime!(2026-01-01 0:00 UTC), serial: vec![0x5c; 16], ..server() };
            let other = Sheet { name: "www.example.com".into(), names: vec!["www.example.com".into()], ..other };
            made.list.push(other.issue(&KeyPair::generate().unwrap(), &made.plan.sheets[1], &made.plan.keys[1]));
        }),
    ),
    fault(
        "first issuer missing",
        Listed,
        &["chain/missing-intermediate"],
        &["chain/unrelated"],
        List(|made| {
            made.pool.push(made.list.remove(1));
        }),
    ),
    fault(
        "all issuers missing",
        Listed,
        &["chain/missing-intermediate"],
        &[],
        List(|made| {
            made.pool.extend(made.list.drain(1..));
        }),
    ),
    fault(
        "all issuers missing for good",
        Listed,
        &["chain/missing-intermediate"],
        &[],
        List(|made| {
            made.list.truncate(1);
            made.wanted.truncate(1);
        }),
    ),
    fault(
        "expired copy of an issuer",
        Listed,
        &["chain/expired-needless"],
        &["cert/expired-ca", "chain/cross-signed", "chain/unrelated"],
        List(|made| {
            let mut old = made.plan.sheets[1].clone();
            (old.from, old.until) = (datetime!(2020-01-01 0:00 UTC), datetime!(2025-01-01 0:00 UTC));
            old.serial = vec![0x5d; 16];
            made.list.push(old.issue(&made.plan.keys[1], &made.plan.sheets[2], &made.plan.keys[2]));
        }),
    ),
    fault(
        "impostor of an issuer",
        Listed,
        &["chain/same-subject-different-key"],
        &["chain/unrelated", "chain/aki-mismatch"],
        List(|made| {
            let key = KeyPair::generate().unwrap();
            let impostor = made.plan.sheets[1].issue(&key, &made.plan.sheets[2], &made.plan.keys[2]);
            made.list.push(impostor);
        }),
    ),
    fault(
        "untrusted root",
        Listed,
        &["chain/untrusted-root"],
        &["chain/root-included"],
        List(|made| {
            made.anchors = vec![stranger()];
            made.list.push(made.chain[3].clone());
        }),
    ),
    fault(
        "expired leaf",
        Cert,
        &["cert/expired-leaf"],
        &[],
        Planned(|plan| {
            (plan.sheets[0].from, plan.sheets[0].until) =
                (datetime!(2025-10-20 0:00 UTC), datetime!(2026-01-18 0:00 UTC));
        }),
    ),
    fault(
        "leaf of tomorrow",
        Cert,
        &["cert/not-yet-valid"],
        &[],
        Planned(|plan| plan.sheets[0].from = datetime!(2026-02-03 0:00 UTC)),
    ),
    fault(
        "leaf that ends soon",
        Cert,
        &["cert/expires-soon"],
        &[],
        Planned(|plan| {
            (plan.sheets[0].from, plan.sheets[0].until) =
                (datetime!(2025-11-20 0:00 UTC), datetime!(2026-02-09 0:00 UTC));
        }),
    ),
    fault(
        "leaf for years",
        Cert,
        &["cert/validity-too-long"],
        &[],
        Planned(|plan| plan.sheets[0].until = datetime!(2029-01-01 0:00 UTC)),
    ),
    fault(
        "leaf that ends before it begins",
        Cert,
        &["cert/validity-order"],
        &["cert/expired-leaf", "cert/not-yet-valid", "cert/expires-soon"],
        Planned(|plan| {
            (plan.sheets[0].from, plan.sheets[0].until) =
                (datetime!(2026-01-15 0:00 UTC), datetime!(2026-01-14 0:00 UTC));
        }),
    ),
    fault(
        "serial number of 21 octets",
        Cert,
        &["cert/serial"],
        &[],
        Planned(|plan| plan.sheets[0].serial = vec![0x5a; 21]),
    ),
    fault(
        "leaf for clients only",
        Cert,
        &["cert/eku"],
        &["cert/eku-client-auth"],
        Planned(|plan| {
            plan.sheets[0].extended = vec![ExtendedKeyUsagePurpose::ClientAuth];
        }),
    ),
    fault(
        "leaf without purpose",
        Cert,
        &["cert/no-eku"],
        &["cert/eku"],
        Planned(|plan| plan.sheets[0].extended.clear()),
    ),
    fault(
        "leaf that may sign certificates",
        Cert,
        &["cert/ku-leaf-certsign"],
        &["cert/ku-leaf", "cert/ku-eku-inconsistent"],
        Planned(|plan| {
            plan.sheets[0].usage.push(KeyUsagePurpose::KeyCertSign);
        }),
    ),
    fault(
        "leaf without names",
        Cert,
        &["name/no-san"],
        &["name/hostname-mismatch", "name/cn-not-in-san"],
        Planned(|plan| plan.sheets[0].names.clear()),
    ),
    fault(
        "leaf for another host",
        Cert,
        &["name/hostname-mismatch"],
        &[],
        Planned(|plan| plan.hostname = "mx9.example.com"),
    ),
    fault(
        "common name that is no name",
        Cert,
        &["name/cn-not-in-san"],
        &[],
        Planned(|plan| plan.sheets[0].name = "mx7.example.com".into()),
    ),
    fault(
        "internal name",
        Cert,
        &["name/internal"],
        &[],
        Planned(|plan| plan.sheets[0].names.push("mx1.corp.local".into())),
    ),
    fault(
        "name with an underscore",
        Cert,
        &["name/underscore"],
        &["name/bad-san"],
        Planned(|plan| plan.sheets[0].names.push("mx_1.example.com".into())),
    ),
    fault(
        "name twice",
        Cert,
        &["name/duplicate-san"],
        &[],
        Planned(|plan| plan.sheets[0].names.push("mx1.example.com".into())),
    ),
    fault(
        "wildcard inside",
        Cert,
        &["name/wildcard"],
        &["name/bad-san"],
        Planned(|plan| plan.sheets[0].names.push("mx.*.example.com".into())),
    ),
    fault(
        "must staple",
        Cert,
        &["cert/must-staple"],
        &[],
        Planned(|plan| {
            plan.sheets[0].extensions.push((vec![1, 3, 6, 1, 5, 5, 7, 1, 24], vec![0x30, 3, 2, 1, 5], false));
        }),
    ),
    fault(
        "poison",
        Cert,
        &["cert/precert-poison"],
        &["cert/unknown-critical-ext"],
        Planned(|plan| {
            plan.sheets[0].extensions.push((vec![1, 3, 6, 1, 4, 1, 11129, 2, 4, 3], vec![5, 0], true));
        }),
    ),
    fault(
        "unknown critical extension",
        Cert,
        &["cert/unknown-critical-ext"],
        &[],
        Planned(|plan| {
            plan.sheets[0].extensions.push((vec![1, 3, 6, 1, 4, 1, 99999, 1], vec![5, 0], true));
        }),
    ),
    fault(
        "issuer that is no authority",
        Cert,
        &["chain/not-a-ca"],
        &[
            "chain/ku-no-certsign",
            "chain/no-leaf",
            "cert/ku-leaf-certsign",
            "cert/no-eku",
            "name/no-san",
            "cert/ku-leaf",
            "chain/multiple-leaves",
        ],
        Planned(|plan| {
            plan.sheets[1].ca = None;
        }),
    ),
    fault(
        "issuer that may not sign",
        Cert,
        &["chain/ku-no-certsign"],
        &[],
        Planned(|plan| plan.sheets[1].usage = vec![KeyUsagePurpose::CrlSign]),
    ),
    fault(
        "expired issuer",
        Cert,
        &["cert/expired-ca"],
        &["chain/ca-expires-first", "chain/expired-needless"],
        Planned(|plan| plan.sheets[1].until = datetime!(2026-01-20 0:00 UTC)),
    ),
    fault(
        "issuer of tomorrow",
        Cert,
        &["cert/not-yet-valid"],
        &[],
        Planned(|plan| plan.sheets[1].from = datetime!(2026-02-03 0:00 UTC)),
    ),
    fault(
        "issuer that ends first",
        Cert,
        &["chain/ca-expires-first"],
        &["cert/expires-soon"],
        Planned(|plan| plan.sheets[1].until = datetime!(2026-03-20 0:00 UTC)),
    ),
    fault(
        "path too long",
        Cert,
        &["chain/pathlen"],
        &[],
        Planned(|plan| plan.sheets[2].ca = Some(BasicConstraints::Constrained(0))),
    ),
    fault(
        "name outside the constraints",
        Cert,
        &["chain/name-constraints"],
        &[],
        Planned(|plan| plan.sheets[1].permitted = Some("example.net")),
    ),
    fault(
        "issuer for mail only",
        Cert,
        &["chain/eku-nesting"],
        &[],
        Planned(|plan| {
            plan.sheets[1].extended = vec![ExtendedKeyUsagePurpose::EmailProtection];
        }),
    ),
    fault("wrong key identifier", Cert, &["chain/aki-mismatch"], &[], Planned(|plan| plan.wrong_key_id = true)),
    fault("CRLF", Layout, &["pem/crlf"], &[], Text(|text| text.replace('\n', "\r\n"))),
    fault("CR only", Layout, &["pem/cr-only"], &[], Text(|text| text.replace('\n', "\r"))),
    fault("indented", Layout, &["pem/indented"], &[], Text(|text| text.replace('\n', "\n    "))),
    fault("blank lines", Layout, &["pem/blank-lines"], &[], Text(|text| text.replace('\n', "\n\n"))),
    fault(
        "literal line ends",
        Layout,
        &["pem/escaped-newlines"],
        &["pem/text-outside"],
        Text(|text| text.replace('\n', "\\n")),
    ),
    fault(
        "glued",
        Layout,
        &["pem/glued-blocks"],
        &[],
        Text(|text| text.replace("-----\n-----BEGIN", "----------BEGIN")),
    ),
    fault("one long line", Layout, &["pem/odd-wrapping"], &[], Text(one_line)),
    fault(
        "old label",
        Layout,
        &["pem/legacy-label"],
        &[],
        Text(|text| text.replace(" CERTIFICATE", " X509 CERTIFICATE")),
    ),
    fault(
        "trusted label",
        Layout,
        &["pem/trusted-label"],
        &[],
        Text(|text| text.replace(" CERTIFICATE", " TRUSTED CERTIFICATE")),
    ),
    fault("byte order mark", Edge, &["pem/bom"], &[], Text(|text| format!("\u{feff}{text}"))),
    fault("comment", Edge, &["pem/text-outside"], &[], Text(|text| format!("{text}issued by somebody\n"))),
    fault(
        "parameters",
        Edge,
        &["pem/foreign-block"],
        &[],
        Text(|text| format!("{text}{}", pem::encode("EC PARAMETERS", &[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7]))),
    ),
    fault(
        "half a block",
        Edge,
        &["pem/malformed"],
        &[],
        Text(|text| format!("{text}-----BEGIN CERTIFICATE-----\nMIIBkTCB+wIJAJ\n")),
    ),
    fault(
        "base64 spoilt behind",
        Edge,
        &["pem/malformed"],
        &[],
        Text(|text| format!("{text}-----BEGIN CERTIFICATE-----\nMII*kTCB+wIJ\n-----END CERTIFICATE-----\n")),
    ),
];

fn one_line(text: &str) -> String {
    let mut long = String::new();
    for line in text.lines() {
        if line.starts_with("-----END") {
            long.push('\n');
        }
        long.push_str(line);
        if line.starts_with('-') {
            long.push('\n');
        }
    }
    long
}

fn stranger() -> Vec<u8> {
    let (sheet, key) = (authority("Strange Root"), KeyPair::generate().unwrap());
    sheet.issue(&key, &sheet, &key)
}

fn made(faults: &[&Fault]) -> Made {
    let sheets = vec![server(), authority("Issuing CA"), authority("Middle CA"), authority("Root CA")];
    let keys = (0..4).map(|_| KeyPair::generate().unwrap()).collect();
    let mut plan = Plan { sheets, keys, wrong_key_id: false, hostname: "mx1.example.com" };
    for fault in faults {
        if let Planned(change) = fault.action {
            change(&mut plan);
        }
    }
    let issue = |index: usize| {
        let above = (index + 1).min(3);
        let mut issuer = plan.sheets[above].clone();
        if index == 0 && plan.wrong_key_id {
            issuer.key_id = Some(vec![7; 20]);
        }
        plan.sheets[index].issue(&plan.keys[index], &issuer, &plan.keys[above])
    };
    let chain: Vec<Vec<u8>> = (0..4).map(issue).collect();
    let sent = chain[..3].to_vec();
    let anchors = vec![chain[3].clone()];
    let mut made = Made { plan, list: sent.clone(), wanted: sent, anchors, pool: Vec::new(), chain };
    for fault in faults {
        if let List(change) = fault.action {
            change(&mut made);
        }
    }
    made
}

fn written(list: &[Vec<u8>]) -> String {
    list.iter().map(|der| pem::encode("CERTIFICATE", der)).collect()
}

fn links(ders: &[Vec<u8>]) -> Vec<Link> {
    ders.iter().map(|der| Link::from_der(der.clone()).unwrap()).collect()
}

/// What came of one bundle.
struct Outcome {
    told: BTreeSet<&'static str>,
    mended: Result<String, String>,
    wanted: String,
}

fn outcome(faults: &[&Fault]) -> Outcome {
    let made = made(faults);
    let mut text = written(&made.list);
    for group in [Edge, Layout] {
        for fault in faults.iter().filter(|fault| fault.group == group) {
            if let Text(change) = fault.action {
                text = change(&text);
            }
        }
    }
    let mut question = Question::new(AT, Ruleset::named("public-tls").unwrap());
    question.names = vec![made.plan.hostname.parse().unwrap()];
    question.stores = vec![Store { label: "given".into(), anchors: links(&made.anchors) }];
    question.pool = Vec::new();
    let items = bytes::read("bundle.pem", text.as_bytes());
    let report = findings::inspect(&items, &question);
    question.pool = links(&made.pool);
    let bundle = Bundle::new(&items, &question);
    let mended = mend(text.as_bytes(), &bundle, &question);
    Outcome {
        told: report.findings.iter().map(|finding| finding.rule).collect(),
        mended: mended
            .map(|mended| String::from_utf8(mended.text.to_vec()).unwrap())
            .map_err(|refusal| refusal.to_string()),
        wanted: written(&made.wanted),
    }
}

/// Numbers by seed (SplitMix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % limit as u64) as usize
    }
}

/// At most one fault of each group, at least one in all.
fn choice(numbers: &mut Numbers) -> Vec<&'static Fault> {
    let mut chosen: Vec<&Fault> = Vec::new();
    while chosen.is_empty() {
        for group in [Cert, Listed, Layout, Edge] {
            let of_group: Vec<&Fault> = FAULTS.iter().filter(|fault| fault.group == group).collect();
            if numbers.below(2) == 0 {
                chosen.push(of_group[numbers.below(of_group.len())]);
            }
        }
    }
    chosen.iter().copied().filter(|fault| !is_hidden(fault, &chosen)).collect()
}

/// What another fault takes away cannot be seen: the faults of a certificate that is missing, a second-best copy where there is no
/// good one, lines in a text without lines.
fn is_hidden(fault: &Fault, all: &[&Fault]) -> bool {
    let with = |names: &[&str]| all.iter().any(|other| names.contains(&other.name));
    match fault.name {
        name if fault.group == Cert && (name.contains("issuer") || ABOVE_THE_LEAF.contains(&name)) => {
            with(&["first issuer missing", "all issuers missing", "all issuers missing for good"])
        }
        "expired copy of an issuer" => all.iter().any(|other| other.group == Cert),
        "impostor of an issuer" => with(&["issuer that is no authority"]),
        // Two that are alike in everything but the number.
        "old leaf kept" => with(&["expired leaf"]),
        "glued" => with(&["all issuers missing", "all issuers missing for good"]),
        "comment" => with(&["literal line ends"]),
        _ => false,
    }
}

const ABOVE_THE_LEAF: &[&str] = &["path too long", "name outside the constraints", "wrong key identifier"];

#[derive(Default)]
struct Tally {
    bundles: usize,
    injected: usize,
    found: usize,
    false_findings: usize,
    wrong_chains: usize,
    log: String,
}

impl Tally {
    fn add(&mut self, faults: &[&Fault], usual: &BTreeSet<&str>) {
        let outcome = outcome(faults);
        let names: Vec<&str> = faults.iter().map(|fault| fault.name).collect();
        self.bundles += 1;
        let wanted: BTreeSet<&str> = faults.iter().flat_map(|fault| fault.finds).copied().collect();
        let may: BTreeSet<&str> = faults.iter().flat_map(|fault| fault.may).copied().collect();
        self.injected += wanted.len();
        for rule in &wanted {
            match outcome.told.contains(rule) {
                true => self.found += 1,
                false => writeln!(self.log, "{names:?}: {rule} was not found").unwrap(),
            }
        }
        let known = |rule: &&&str| usual.contains(**rule) || wanted.contains(**rule) || may.contains(**rule);
        for rule in outcome.told.iter().filter(|rule| !known(rule)) {
            self.false_findings += 1;
            writeln!(self.log, "{names:?}: {rule} is not there").unwrap();
        }
        let is_lost = faults.iter().any(|fault| fault.finds == ["pem/malformed"]);
        let is_open = outcome.wanted.matches("BEGIN").count() < 3;
        match outcome.mended {
            Ok(mended) if mended == outcome.wanted => {}
            // What was lost might have been the issuer that is missing.
            Err(_) if is_lost && is_open => {}
            Ok(_) => {
                self.wrong_chains += 1;
                writeln!(self.log, "{names:?}: the mended chain is another").unwrap();
            }
            Err(refusal) => {
                self.wrong_chains += 1;
                writeln!(self.log, "{names:?}: not mended: {refusal}").unwrap();
            }
        }
    }

    #[track_caller]
    fn hold(&self) {
        let recall = self.found as f64 / self.injected as f64;
        let summary = format!(
            "{} bundles, {} of {} found ({recall:.3}), {} false, {} wrong chains\n{}",
            self.bundles, self.found, self.injected, self.false_findings, self.wrong_chains, self.log
        );
        assert!(recall >= 0.97, "{summary}");
        assert!(self.false_findings * 100 <= self.bundles, "{summary}");
        assert_eq!(self.wrong_chains, 0, "{summary}");
    }
}

#[test]
fn every_fault_alone_is_found_and_mended() {
    assert!(FAULTS.len() >= 40);
    let usual = outcome(&[]).told;
    let mut tally = Tally::default();
    FAULTS.iter().for_each(|fault| tally.add(&[fault], &usual));
    tally.hold();
}

#[test]
fn several_faults_at_once_are_found_and_mended() {
    let count = if std::env::var_os("SEALPOST_LONG_TESTS").is_some() { 5000 } else { 200 };
    let usual = outcome(&[]).told;
    let mut tally = Tally::default();
    for seed in 0..count {
        tally.add(&choice(&mut Numbers(seed)), &usual);
    }
    tally.hold();
}

#[test]
fn a_good_bundle_has_nothing_to_be_said_against() {
    let outcome = outcome(&[]);
    assert_eq!(outcome.mended.unwrap(), outcome.wanted);
    let against: Vec<&str> = outcome.told.iter().copied().filter(|rule| !rule.starts_with("cert/no-")).collect();
    assert_eq!(against, [""; 0]);
}
