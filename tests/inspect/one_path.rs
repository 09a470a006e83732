//! Whatever is in a file, and whatever it is held against: what `--fix` writes begins with a server's certificate that was there, and
//! is the path that `lint` draws, with or without its root. By seed; long with `SEALPOST_LONG_TESTS=1`.

use sealpost::app::lint::{Audience, Elsewhere, FileAnswer, LintOrder, PathStep, lint};
use sealpost::app::mend::{Fix, FixAnswer, FixTarget};
use sealpost::app::secrets::{Locked, Password, Secrets};
use sealpost::app::verify_materials::TrustSource;
use sealpost::formats::pem;
use sealpost::model::certificate::Certificate;
use sealpost::model::diagnostic::{Diagnostic, Diagnostics, Severity};
use time::macros::datetime;

use super::never_worse::Numbers;
use super::pki::{NOW, Party, Sheet, authority, server};
use crate::support::Bench;

/// Two roots that signed each other and the issuing authority, some servers, and authorities that look like one.
struct World {
    servers: Vec<Certificate>,
    authorities: Vec<Certificate>,
}

fn named(sheet: Sheet, name: &str) -> Sheet {
    Sheet { names: vec![name.to_owned()], ..sheet }
}

fn world(bench: &Bench) -> World {
    let (leaf, other, middle) =
        (Party::new("mx1.example.com"), Party::new("mx2.example.com"), Party::new("Issuing CA"));
    let (one, two, own) = (Party::new("Root One"), Party::new("Root Two"), Party::new("mx1.example.com"));
    let past = server().dates(datetime!(2029-01-01 0:00 UTC), datetime!(2029-06-01 0:00 UTC));
    let short = || authority().dates(datetime!(2025-01-01 0:00 UTC), datetime!(2030-07-01 0:00 UTC));
    let long_leaf = server().serial(9).dates(datetime!(2030-04-01 0:00 UTC), datetime!(2039-01-01 0:00 UTC));
    bench.write("one.pem", pem::encode("CERTIFICATE", authority().issue(&one, &one).der()));
    bench.write("two.pem", pem::encode("CERTIFICATE", authority().issue(&two, &two).der()));
    bench.write("server.key", leaf.key.serialize_pem());
    bench.write("ca.key", middle.key.serialize_pem());
    World {
        servers: vec![
            server().issue(&leaf, &middle),
            long_leaf.issue(&leaf, &middle),
            past.serial(2).issue(&leaf, &middle),
            named(server(), "mx2.example.com").issue(&other, &middle),
        ],
        authorities: vec![
            named(authority(), "mx1.example.com").serial(2).issue(&middle, &one),
            named(authority(), "mx1.example.com").serial(3).issue(&middle, &two),
            short().serial(4).issue(&middle, &one),
            authority().serial(5).issue(&one, &two),
            short().serial(6).issue(&two, &one),
            authority().serial(7).issue(&Party::new("Issuing CA"), &one),
            named(authority(), "mx1.example.com").issue(&own, &own),
            authority().issue(&one, &one),
            authority().issue(&two, &two),
        ],
    }
}

fn file(certificates: &[&Certificate]) -> String {
    certificates.iter().map(|one| pem::encode("CERTIFICATE", one.der())).collect()
}

struct Nobody;

impl Secrets for Nobody {
    fn unlock(&mut self, locked: &Locked, _: usize) -> Result<Option<Password>, Diagnostics> {
        Err(Diagnostic::error("password/none", locked.file.clone()).into())
    }

    fn seal(&mut self, file: &str) -> Result<Password, Diagnostics> {
        Err(Diagnostic::error("password/none", file).into())
    }
}

/// The tree that is drawn, and what was written, where something was.
#[derive(Default)]
struct Seen {
    path: Vec<PathStep>,
    chain: Vec<usize>,
    fixed: Option<Vec<(String, String, String)>>,
    refused: Vec<String>,
}

impl Audience for Seen {
    fn hear(&mut self, answer: &FileAnswer, _: usize, _: usize) {
        let report = answer.report.as_ref().unwrap();
        (self.path, self.chain) = (report.path.clone(), report.chain.clone());
        let step =
            |step: &sealpost::app::mend::StepView| (step.origin.clone(), step.name.clone(), step.sha256.to_string());
        self.fixed = answer.mended.as_ref().map(|mended| mended.after.iter().map(step).collect());
        self.refused = answer.unmended.iter().map(|unread| unread.error.message.clone()).collect();
    }
}

fn seen(order: &LintOrder) -> Seen {
    let mut seen = Seen::default();
    lint(order, &mut Nobody, &mut seen).unwrap();
    seen
}

fn order(numbers: &mut Numbers, at: &dyn Fn(&str) -> String) -> LintOrder {
    let trust = |name: &str| TrustSource::File { label: name.into(), file: at(name) };
    LintOrder {
        files: vec![at("bundle.pem")],
        names: if numbers.below(2) == 0 { vec!["mx1.example.com".parse().unwrap()] } else { Vec::new() },
        trust: match numbers.below(4) {
            0 => vec![TrustSource::None],
            1 => vec![trust("one.pem")],
            2 => vec![trust("two.pem")],
            _ => vec![trust("one.pem"), trust("two.pem")],
        },
        pool: if numbers.below(2) == 0 { vec![at("pool.pem")] } else { Vec::new() },
        crls: Vec::new(),
        key: [None, None, Some("server.key"), Some("ca.key")][numbers.below(4)].map(at),
        entry: Default::default(),
        tlsa: None,
        at: NOW,
        mta_sts: None,
        mx: Vec::new(),
        dns: Vec::new(),
        fetch: None,
        ruleset: Some(["public-tls", "rfc5280", "imss"][numbers.below(3)].to_owned()),
        severities: Vec::new(),
        waivers: None,
        baseline: None,
        write_baseline: None,
        fail_on: Severity::Error,
        max_bytes: 1 << 20,
        fix: None,
        marks: false,
        materials: String::new(),
    }
}

fn choose<'a>(numbers: &mut Numbers, of: &'a [Certificate], least: usize) -> Vec<&'a Certificate> {
    let count = least + numbers.below(of.len());
    (0..count).map(|_| &of[numbers.below(of.len())]).collect()
}

#[test]
fn the_tree_is_what_fix_writes_and_the_leaf_stays() {
    let count: u64 = if std::env::var_os("SEALPOST_LONG_TESTS").is_some() { 5000 } else { 250 };
    let bench = Bench::new();
    let world = world(&bench);
    let at = |name: &str| bench.path(name).to_string_lossy().into_owned();
    let mut several = 0;
    for seed in 1..=count {
        let mut numbers = Numbers(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut given = choose(&mut numbers, &world.authorities, 1);
        for server in choose(&mut numbers, &world.servers[..3], 1) {
            given.insert(numbers.below(given.len() + 1), server);
        }
        if numbers.below(4) == 0 {
            given.push(&world.servers[3]);
        }
        bench.write("bundle.pem", file(&given));
        bench.write("pool.pem", file(&choose(&mut numbers, &world.authorities, 1)));
        let order = order(&mut numbers, &at);
        let drawn = seen(&order);
        let fix = Fix { target: FixTarget::Output, difference: false, answer: FixAnswer::Json };
        let written = seen(&LintOrder { fix: Some(fix), ..order.clone() });
        let told = format!("seed {seed}: {order:?}\n{:?}", drawn.path);
        let fixed = written.fixed.unwrap_or_else(|| panic!("{told}\n{:?}", written.refused));
        let sha256 = |number: usize| given[number - 1].sha256().to_string();

        let servers: Vec<String> =
            given.iter().filter(|one| !one.is_ca()).map(|one| one.sha256().to_string()).collect();
        assert!(servers.contains(&fixed[0].2), "the leaf was thrown away\n{told}\n{fixed:?}");
        let is_asked = !order.names.is_empty() || order.key.as_deref().is_some_and(|key| key.ends_with("server.key"));
        assert!(!is_asked || fixed[0].1 == "mx1.example.com", "{told}\n{fixed:?}");

        let mut tree: Vec<String> = Vec::new();
        for step in &drawn.path {
            match step {
                PathStep::Listed(number) => tree.push(sha256(*number)),
                PathStep::Elsewhere(Elsewhere::Trusted { name, .. } | Elsewhere::AtHand { name, .. }) => {
                    tree.push(name.clone());
                }
                PathStep::Elsewhere(_) => {}
            }
        }
        let fixed: Vec<String> =
            fixed.into_iter().map(|(from, name, sha)| if from == "file" { sha } else { name }).collect();
        assert!(tree.starts_with(&fixed) && tree.len() <= fixed.len() + 1, "{told}\ntree {tree:?}\nfixed {fixed:?}");
        let in_file: Vec<String> = drawn.chain.iter().map(|number| sha256(*number)).collect();
        assert_eq!(in_file, tree.iter().filter(|step| step.len() == 64).cloned().collect::<Vec<_>>(), "{told}");
        several += usize::from(tree.len() > 2);
    }
    assert!(several as u64 * 2 > count, "only {several} of {count} have a path: the test has become blunt");
}

/// Both paths end with the leaf, and are equally long: the one whose issuers live longer is drawn, written, and told first by `verify`.
#[test]
fn of_two_paths_that_are_equally_good_every_command_takes_the_same() {
    let bench = Bench::new();
    let (leaf, middle) = (Party::new("mx1.example.com"), Party::new("Issuing CA"));
    let (one, two) = (Party::new("Root One"), Party::new("Root Two"));
    let short = authority().dates(datetime!(2025-01-01 0:00 UTC), datetime!(2032-01-01 0:00 UTC));
    let (leaf, old) = (server().issue(&leaf, &middle), short.serial(2).issue(&middle, &one));
    let long = authority().serial(3).issue(&middle, &two);
    let (roots, wanted) = ([authority().issue(&one, &one), authority().issue(&two, &two)], file(&[&leaf, &long]));
    for trust in [[&roots[0], &roots[1]], [&roots[1], &roots[0]]] {
        bench.write("trust.pem", file(&trust));
        for order in [[&leaf, &old, &long], [&leaf, &long, &old]] {
            bench.write("bundle.pem", file(&order));
            let position = 1 + order.iter().position(|one| **one == long).unwrap();
            let options = ["--trust", "trust.pem", "--at", "2030-06-01T12:00:00Z", "bundle.pem"];
            let fixed = bench.run(["lint", "--fix"].iter().chain(&options)).out;
            assert_eq!(fixed, wanted);
            let lint = bench.run(["lint", "--format", "json"].iter().chain(&options)).json();
            assert_eq!(lint["files"][0]["chain"], serde_json::json!([1, position]));
            bench.run(["lint"].iter().chain(&options)).out_has("Root Two  ").out_has("trusted (trust.pem)");
            let verify = bench.run(["verify", "--format", "json"].iter().chain(&options)).code(0).json();
            assert_eq!(verify["paths"][0]["certificates"][2]["subject"], "CN=Root Two");
        }
    }
}
