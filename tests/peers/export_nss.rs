//! What we write is opened by NSS, and what NSS writes is converted.

use crate::export_openssl::{content, convert, packed};
use crate::needs;

#[test]
fn through_its_database_and_back_nothing_is_lost() {
    needs!("pk12util", "certutil");
    let bench = packed();
    for recipe in ["modern", "legacy"] {
        convert(
            &bench,
            &format!(
                "all.pem --to pkcs12 --recipe {recipe} --friendly-name mx --new-password-file pw --out ours.p12 --force"
            ),
        );
        bench.shell("rm -rf db theirs.p12; mkdir db; certutil -d db -N --empty-password").code(0);
        bench.shell("pk12util -d db -K '' -i ours.p12 -w pw").code(0);
        bench
            .shell("certutil -d db -A -n root -t C,, -i root.pem; certutil -d db -V -n mx -u V")
            .code(0)
            .out_has("valid");
        bench.shell("pk12util -d db -K '' -o theirs.p12 -n mx -w pw").code(0);
        let mut found: Vec<Vec<u8>> = blocks(&content(&bench, "theirs.p12"));
        // NSS writes the root too.
        found.truncate(3);
        assert_eq!(found, blocks(&bench.read("all.pem")), "{recipe}");
    }
}

fn blocks(text: &[u8]) -> Vec<Vec<u8>> {
    sealpost::formats::pem::blocks(text).unwrap().into_iter().map(|(_, der)| der).collect()
}
