//! `sealpost verify`: the verdict, the reasons, and what a person and a program see of them.

use sealpost::formats::pem;
use sealpost::model::certificate::Certificate;

use crate::pki::{Party, authority, server};
use crate::support::{Bench, Run, run_with};

/// A root, an intermediate and a leaf, and a second root that signed nothing.
struct Chain {
    bench: Bench,
    root: Certificate,
    intermediate: Certificate,
    leaf: Certificate,
}

const AT: &str = "2030-06-01T12:00:00Z";

impl Chain {
    fn new() -> Chain {
        let (root, intermediate, leaf) =
            (Party::new("Root"), Party::new("Intermediate"), Party::new("mx1.example.com"));
        let chain = Chain {
            bench: Bench::new(),
            root: authority().issue(&root, &root),
            intermediate: authority().serial(2).issue(&intermediate, &root),
            leaf: server().serial(3).issue(&leaf, &intermediate),
        };
        chain.write("root.pem", &[&chain.root]);
        chain.write("full.pem", &[&chain.leaf, &chain.intermediate]);
        chain.write("leaf.pem", &[&chain.leaf]);
        chain.write("intermediate.pem", &[&chain.intermediate]);
        chain
    }

    fn write(&self, name: &str, certificates: &[&Certificate]) {
        self.bench.write(name, bundle(certificates));
    }

    fn verify(&self, arguments: &[&str]) -> Run {
        self.bench.run(["verify", "--at", AT].into_iter().chain(arguments.iter().copied()))
    }
}

fn bundle(certificates: &[&Certificate]) -> String {
    certificates.iter().map(|certificate| pem::encode("CERTIFICATE", certificate.der())).collect()
}

#[test]
fn a_path_that_holds_is_drawn_from_leaf_to_anchor() {
    let chain = Chain::new();
    let run = chain.verify(&["full.pem", "--trust", "root.pem", "--hostname", "MX1.example.com"]).code(0);
    let lines: Vec<&str> = run.out.lines().collect();
    assert_eq!(lines[0], format!("valid for mx1.example.com as serverAuth at {AT} (rfc5280)"));
    assert_eq!(lines[2], "path 1 of 1: holds until 2031-05-01 (in 333 days)");
    assert!(lines[3].starts_with("  mx1.example.com  ") && lines[3].contains("full.pem line 1"), "{}", lines[3]);
    assert!(lines[4].starts_with("  └─ Intermediate "), "{}", lines[4]);
    assert!(lines[5].starts_with("     └─ Root ") && lines[5].ends_with("anchor, root.pem line 1"), "{}", lines[5]);
}

#[test]
fn a_missing_intermediate_is_named_and_a_pool_supplies_it() {
    let chain = Chain::new();
    let run = chain.verify(&["leaf.pem", "--trust", "root.pem"]).code(1);
    run.out_has("not valid as serverAuth")
        .out_has("error[chain/missing-intermediate]")
        .out_has("missing: CN=Intermediate");
    chain.verify(&["leaf.pem", "--trust", "root.pem", "--intermediates", "intermediate.pem"]).code(0);
    let folder = chain.bench.path("pool");
    std::fs::create_dir(&folder).unwrap();
    std::fs::copy(chain.bench.path("intermediate.pem"), folder.join("any.crt")).unwrap();
    std::fs::write(folder.join("damaged.pem"), "-----BEGIN CERTIFICATE-----\nMIIB").unwrap();
    chain.verify(&["leaf.pem", "--trust", "root.pem", "--pool", "pool"]).code(0).err_has("warning[pem/");
}

#[test]
fn every_fault_stands_at_its_certificate() {
    let chain = Chain::new();
    let run = chain.bench.run([
        "verify",
        "full.pem",
        "--trust",
        "test=root.pem",
        "--at",
        "2041-01-01T00:00:00Z",
        "--hostname",
        "other.example.com",
        "--eku",
        "clientAuth",
        "--format",
        "json",
    ]);
    let json = run.code(1).json();
    assert_eq!((json["schema"].as_str(), json["verdict"].as_str()), (Some("sealpost.verify/1"), Some("invalid")));
    let path = &json["paths"][0];
    assert_eq!(path["certificates"][2]["store"], "test");
    let reasons: Vec<(u64, &str)> = path["reasons"]
        .as_array()
        .unwrap()
        .iter()
        .map(|reason| (reason["depth"].as_u64().unwrap(), reason["code"].as_str().unwrap()))
        .collect();
    let expected =
        [(0, "cert/expired-leaf"), (0, "name/hostname-mismatch"), (1, "cert/expired-ca"), (2, "cert/expired-ca")];
    for fault in expected {
        assert!(reasons.contains(&fault), "{fault:?} is not in {reasons:?}");
    }
}

#[test]
fn the_last_second_counts_and_the_next_does_not() {
    let chain = Chain::new();
    let ask = |at: &str| chain.bench.run(["verify", "full.pem", "--trust", "root.pem", "--at", at]);
    ask("2031-05-01T00:00:00Z").code(0);
    ask("2031-05-01T00:00:00.9Z").code(0);
    ask("2031-05-01T00:00:01Z").code(1).out_has("expired on 2031-05-01");
    ask("2030-05-01T00:00:00Z").code(0);
    ask("2030-04-30T23:59:59.999Z").code(1).out_has("is not valid before 2030-05-01");
}

#[test]
fn an_untrusted_root_and_an_impostor_are_told_apart() {
    let chain = Chain::new();
    let impostor = Party::new("Intermediate");
    let forged = authority().serial(9).issue(&impostor, &Party::new("Root"));
    chain.write("forged.pem", &[&chain.leaf, &forged]);
    chain.verify(&["forged.pem", "--trust", "root.pem"]).code(1).out_has("error[chain/bad-signature]");
    chain.write("with-root.pem", &[&chain.leaf, &chain.intermediate, &chain.root]);
    let run = chain.verify(&["with-root.pem", "--trust", "none"]).code(1);
    run.out_has("error[chain/untrusted-root]").out_has("without any trust anchor");
}

#[test]
fn a_self_signed_certificate_is_its_own_anchor() {
    let bench = Bench::new();
    let party = Party::new("mx1.example.com");
    bench.write("self.pem", bundle(&[&server().issue(&party, &party)]));
    bench.run(["verify", "self.pem", "--trust", "self.pem", "--at", AT, "--hostname", "mx1.example.com"]).code(0);
    bench.run(["verify", "self.pem", "--trust", "none", "--at", AT]).code(1);
}

#[test]
fn what_cannot_be_read_is_no_verdict() {
    let chain = Chain::new();
    chain.bench.write("broken.pem", bundle(&[&chain.leaf]).replace("MII", "M!I"));
    chain.verify(&["broken.pem", "--trust", "root.pem"]).code(2).err_has("error[pem/");
    chain.bench.write("key.pem", "no certificate here\n");
    chain.verify(&["key.pem", "--trust", "root.pem"]).code(2).err_has("error[");
    chain.verify(&["full.pem", "--trust", "missing.pem"]).code(2).err_has("missing.pem");
    chain.verify(&["full.pem", "--trust", "root.pem", "--crl", "root.pem"]).code(2).err_has("error[crl/malformed]");
    chain.verify(&["full.pem", "--trust", "root.pem", "--eku", "serverauth,nonsense"]).code(2).err_has("`nonsense`");
}

#[test]
fn a_batch_answers_line_by_line_and_goes_on_after_nonsense() {
    let chain = Chain::new();
    let case = |id: &str, name: &str| {
        serde_json::json!({
            "id": id, "kind": "SERVER", "trusted": [bundle(&[&chain.root])], "intermediates": [bundle(&[&chain.intermediate])],
            "peer": bundle(&[&chain.leaf]), "time": AT, "name": {"kind": "DNS", "value": name}, "max_depth": null,
        })
    };
    let lines = format!("{}\nnonsense\n\n{}\n", case("a", "mx1.example.com"), case("b", "mx2.example.com"));
    let run = run_with(chain.bench.sealpost().args(["verify", "--batch"]), lines.as_bytes()).code(2);
    let verdicts: Vec<serde_json::Value> = run.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let results: Vec<_> =
        verdicts.iter().map(|verdict| (verdict["id"].as_str(), verdict["result"].as_str().unwrap())).collect();
    assert_eq!(results, [(Some("a"), "SUCCESS"), (None, "SKIPPED"), (Some("b"), "FAILURE")]);
}

#[test]
fn a_revocation_list_with_a_weak_signature_proves_nothing() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/rules/chain/weak-crl");
    let file = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let verify = |list: &str, code: i32| {
        let (chain, root, top) = (file("sha1.case"), file("root.pem"), file("rootcrl.crl"));
        let list = file(list);
        let arguments = ["--at", "2026-06-01T00:00:00Z", "--trust", &root, "--crl", &list, "--crl", &top];
        Bench::new().run(["verify", chain.as_str()].into_iter().chain(arguments)).code(code)
    };
    let weak = verify("sha1.crl", 1);
    weak.out_has("the CRL is signed with MD2, MD5 or SHA-1")
        .err_has("warning[chain/weak-crl]")
        .err_has("signed with sha1WithRSAEncryption");
    assert!(!verify("sha256.crl", 0).err.contains("warning[chain/weak-crl]"));
}

/// OpenSSL follows a hundred. Whoever is not told the limit takes the answer for a fault of the chain.
#[test]
fn a_chain_that_is_too_deep_is_refused_with_a_reason() {
    let names: Vec<&'static str> = (0..40).map(|depth| &*format!("CA {depth}").leak()).collect();
    let parties: Vec<Party> = names.iter().map(|name| Party::new(name)).collect();
    let (leaf, root) = (Party::new("mx1.example.com"), Party::new("Root"));
    let mut chain = vec![server().issue(&leaf, &parties[0])];
    let issuers = parties.iter().skip(1).chain([&root]);
    chain.extend(parties.iter().zip(issuers).map(|(party, above)| authority().issue(party, above)));
    let encoded: Vec<String> = chain.iter().map(|one| pem::encode("CERTIFICATE", one.der())).collect();
    let anchor = pem::encode("CERTIFICATE", authority().issue(&root, &root).der());
    let bench = Bench::new();
    bench.write("chain.pem", encoded.concat());
    bench.write("root.pem", &anchor);
    let asked = ["chain.pem", "--at", "2030-06-01T12:00:00Z", "--trust", "root.pem"];
    bench.run(["verify"].iter().chain(&asked)).code(1).out_has("ends a path of 32 certificates");
    for ruleset in ["public-tls", "rfc5280", "private-ca", "smtp-server"] {
        let run = bench.run(["lint", "--ruleset", ruleset].iter().chain(&asked)).code(1);
        run.out_has("ends a path of 32 certificates");
    }
    let case = serde_json::json!({
        "id": "deep", "peer": encoded[0], "intermediates": encoded[1..], "time": "2030-06-01T12:00:00Z",
        "trusted": [anchor],
    });
    let run = run_with(bench.sealpost().args(["verify", "--batch"]), case.to_string().as_bytes());
    assert!(run.out.contains("ends a path of 32 certificates"), "{}", run.out);
}

/// OpenSSL and step judge the authority that stands first, and say yes.
#[test]
fn a_reversed_file_is_judged_by_its_server_certificate() {
    let (leaf, middle, root) = (Party::new("mx1.example.com"), Party::new("CA"), Party::new("Root"));
    let (leaf, middle) = (server().issue(&leaf, &middle), authority().issue(&middle, &root));
    let bench = Bench::new();
    let text = |one: &Certificate| pem::encode("CERTIFICATE", one.der());
    bench.write("reversed.pem", text(&middle) + &text(&leaf));
    bench.write("root.pem", text(&authority().issue(&root, &root)));
    let asked = ["verify", "reversed.pem", "--trust", "root.pem", "--at", "2030-06-01T12:00:00Z", "--hostname"];
    let run = bench.run(asked.iter().chain(&["mx1.example.com"])).code(0);
    run.out_has("mx1.example.com").err_has("warning[chain/leaf-not-first]");
    bench.run(asked.iter().chain(&["other.example.com"])).code(1).out_has("is not for other.example.com");
}

/// The rules for paths, the use and the names of a ruleset are its own; `lint` judges a file by the same name.
#[test]
fn every_ruleset_that_lint_takes_is_taken() {
    let bench = Bench::new();
    let (root, leaf) = (Party::new("Root"), Party::new("mx1.example.com"));
    let (server_auth, client_auth) =
        ([0x30, 10, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 1], [0x30, 10, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 2]);
    let issue = |purpose: [u8; 12], names: &[&str]| {
        let names = names.iter().map(ToString::to_string).collect();
        crate::pki::Sheet { names, extensions: vec![(vec![2, 5, 29, 37], purpose.to_vec())], ..server() }
            .issue(&leaf, &root)
    };
    let write = |name: &str, certificate: &Certificate| bench.write(name, bundle(&[certificate]));
    write("root.pem", &authority().issue(&root, &root));
    write("server.pem", &issue(server_auth, &["mx1.example.com"]));
    write("client.pem", &issue(client_auth, &["mx1.example.com"]));
    write("nameless.pem", &issue(server_auth, &[]));
    bench.write("own.toml", "base = \"smtp-client\"\n");
    let verify = |file: &str, more: &[&str]| {
        let fixed = ["verify", file, "--trust", "root.pem", "--at", "2030-06-01T12:00:00Z", "--format", "json"];
        bench.run(fixed.iter().chain(more))
    };
    for (name, _) in sealpost::inspect::ruleset::BUILT_IN {
        let (good, other) =
            if *name == "smtp-client" { ("client.pem", "server.pem") } else { ("server.pem", "client.pem") };
        // The Baseline Requirements want more than these certificates have.
        if *name != "public-tls" {
            assert_eq!(verify(good, &["--ruleset", name]).code(0).json()["ruleset"], *name);
        }
        verify(other, &["--ruleset", name]).code(1);
    }
    assert_eq!(verify("client.pem", &["--ruleset", "own.toml"]).code(0).json()["ruleset"], "own.toml");
    verify("server.pem", &["--ruleset", "own.toml"]).code(1);
    verify("server.pem", &["--ruleset", "smtp-client", "--eku", "serverAuth"]).code(0);
    let name = ["--hostname", "mx1.example.com"];
    verify("nameless.pem", &[&["--ruleset", "smtp-server"], &name[..]].concat()).code(0);
    verify("nameless.pem", &[&["--ruleset", "rfc5280"], &name[..]].concat()).code(1);
    verify("server.pem", &["--ruleset", "smtp-sever"]).code(2).err_has("did you mean `smtp-server`?");
    bench.run(["verify", "--batch", "--ruleset", "smtp-sever"]).code(2).err_has("did you mean `smtp-server`?");
    let pem = |file: &str| serde_json::json!(String::from_utf8(bench.read(file)).unwrap());
    let case = serde_json::json!({ "id": "1", "trusted": [pem("root.pem")], "peer": pem("client.pem"), "time": "2030-06-01T12:00:00Z" });
    for (ruleset, result) in [("smtp-client", "SUCCESS"), ("own.toml", "SUCCESS"), ("smtp-server", "FAILURE")] {
        let run = run_with(
            bench.sealpost().args(["verify", "--batch", "--ruleset", ruleset]),
            format!("{case}\n").as_bytes(),
        );
        assert_eq!(run.json()["result"], result, "{ruleset}: {}", run.out);
    }
}
