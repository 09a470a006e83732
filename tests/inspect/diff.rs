//! `sealpost diff`: renewals, and what only looks like one.

use sealpost::formats::pem;
use sealpost::model::certificate::Certificate;
use time::macros::datetime;

use super::pki::{Party, Sheet, authority, server};
use crate::support::{Bench, Run};

const AT: &str = "2030-06-01T12:00:00Z";

fn renewed() -> Sheet {
    server().dates(datetime!(2030-05-20 0:00 UTC), datetime!(2031-05-20 0:00 UTC)).serial(2)
}

fn write(bench: &Bench, name: &str, certificates: &[&Certificate]) {
    let text: String = certificates.iter().map(|one| pem::encode("CERTIFICATE", one.der())).collect();
    bench.write(name, text);
}

fn diff(bench: &Bench) -> Run {
    bench.run(["diff", "old.pem", "new.pem", "--at", AT])
}

#[test]
fn a_renewal_is_routine_and_the_same_chain_is_the_same() {
    let (bench, middle, leaf) = (Bench::new(), Party::new("Issuing CA"), Party::new("mx1.example.com"));
    let issuer = authority().issue(&middle, &Party::new("Root"));
    let old = server().issue(&leaf, &middle);
    write(&bench, "old.pem", &[&old, &issuer]);
    write(&bench, "new.pem", &[&issuer, &old]);
    diff(&bench).code(0).out_has("same chain: mx1.example.com (old.pem) -> mx1.example.com (new.pem)");
    for key in [leaf, Party::new("mx1.example.com")] {
        write(&bench, "new.pem", &[&renewed().issue(&key, &middle), &issuer]);
        let run = diff(&bench).code(0).out_has("routine renewal").out_has("valid until:   2031-05-01");
        assert!(!run.out.contains('!'), "{}", run.out);
    }
    diff(&bench).out_has("key:           new (");
}

#[test]
fn a_material_change_is_named() {
    let (middle, leaf) = (Party::new("Issuing CA"), Party::new("mx1.example.com"));
    let root = Party::new("Root");
    let issuer = authority().issue(&middle, &root);
    let other = Party::new("Other CA");
    let other_issuer = authority().issue(&other, &root);
    let usage = (vec![2, 5, 29, 37], vec![0x30, 10, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 2]);
    let changed = |change: fn(&mut Sheet)| {
        let mut sheet = renewed();
        change(&mut sheet);
        sheet
    };
    let names = changed(|sheet| sheet.names = vec!["MX1.example.com".into(), "mx2.example.com".into()]);
    let lost = changed(|sheet| sheet.names = vec!["mail.example.com".into()]);
    let mut client = renewed();
    client.extensions = vec![usage];
    let early = renewed().dates(datetime!(2030-05-20 0:00 UTC), datetime!(2031-01-01 0:00 UTC));
    let rows: [(&str, Certificate, Option<&Certificate>, &str); 6] = [
        ("added", names.issue(&leaf, &middle), Some(&issuer), "! name:          added DNS:mx2.example.com"),
        ("lost", lost.issue(&leaf, &middle), Some(&issuer), "! name:          removed DNS:mx1.example.com"),
        ("usage", client.issue(&leaf, &middle), Some(&issuer), "! usage:         added clientAuth"),
        (
            "issuer",
            renewed().issue(&leaf, &other),
            Some(&other_issuer),
            "! issuer:        CN=Issuing CA -> CN=Other CA",
        ),
        ("chain", renewed().issue(&leaf, &middle), None, "! intermediate:  removed CN=Issuing CA"),
        ("end", early.issue(&leaf, &middle), Some(&issuer), "! valid until:   2031-05-01"),
    ];
    for (what, new, above, wanted) in rows {
        let bench = Bench::new();
        write(&bench, "old.pem", &[&server().issue(&leaf, &middle), &issuer]);
        write(&bench, "new.pem", &std::iter::once(&new).chain(above).collect::<Vec<_>>());
        let run = diff(&bench).code(1).out_has("material change").out_has(wanted);
        let marked: Vec<&str> = run.out.lines().filter(|line| line.starts_with('!')).collect();
        assert!(marked.iter().all(|line| line.get(..9) == wanted.get(..9)), "{what}: {}", run.out);
    }
}

#[test]
fn the_answer_is_json_too_and_errors_name_the_file() {
    let (bench, middle, leaf) = (Bench::new(), Party::new("Issuing CA"), Party::new("mx1.example.com"));
    write(&bench, "old.pem", &[&server().issue(&leaf, &middle)]);
    write(&bench, "new.pem", &[&renewed().issue(&leaf, &middle)]);
    let json = bench.run(["diff", "old.pem", "new.pem", "--at", AT, "--format", "json"]).code(0).json();
    assert_eq!(json["schema"], "sealpost.diff/1");
    assert_eq!(json["verdict"], "routine_renewal");
    let aspects: Vec<&str> =
        json["differences"].as_array().unwrap().iter().map(|one| one["aspect"].as_str().unwrap()).collect();
    assert_eq!(aspects, ["not_after", "serial"]);

    bench.write("new.pem", "nothing\n");
    diff(&bench).code(2).err_has("new.pem");
    let root = Party::new("Root");
    write(&bench, "new.pem", &[&authority().issue(&middle, &root), &authority().issue(&root, &root)]);
    diff(&bench).code(2).err_has("error[chain/no-leaf]: there is no chain in `new.pem` to compare");
}
