//! What is told of a container's protection before any password is asked for.

use sealpost::inspect::bytes::{Items, Kind, read};

use crate::needs;
use crate::support::Bench;

fn look(bench: &Bench, name: &str) -> Items {
    read(name, &bench.read(name))
}

#[test]
fn a_pkcs12_that_protects_nothing_opens_at_once_and_an_old_one_is_told() {
    needs!("openssl");
    let bench = Bench::new();
    let inputs = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/inspect");
    let export = format!("openssl pkcs12 -export -inkey {inputs}/leaf.key -in {inputs}/bundle.pem");
    bench
        .shell(&format!(
            "{export} -nomac -keypbe NONE -certpbe NONE -passout pass: -out open.p12
             {export} -legacy -passout pass:secret -out old.p12"
        ))
        .code(0);
    let items = look(&bench, "open.p12");
    assert_eq!(items.items.len(), 4, "{items:?}");
    assert!(items.items.iter().any(|item| matches!(item.kind, Kind::Key(_))));
    let items = look(&bench, "old.p12");
    assert_eq!(items.damages[0].rule, "pem/p12-legacy-encryption", "{:?}", items.damages);
    let Kind::Locked(locked) = &items.items[0].kind else { panic!("{items:?}") };
    assert_eq!(locked.unlock("secret").unwrap().len(), 4);
}
