//! Root at work on a home that belongs to somebody else: what is written belongs to the owner.

use std::os::unix::fs::MetadataExt;

use crate::support::Bench;

/// `nobody` of Debian; any user but root would do.
const NOBODY: u32 = 65534;

#[test]
fn root_becomes_the_owner_of_the_home_before_it_writes() {
    let bench = Bench::with_home();
    if std::fs::metadata(bench.home()).unwrap().uid() != 0 {
        eprintln!("skipped: not root");
        return;
    }
    bench.shell(&format!("chown -R {NOBODY}:{NOBODY} home; echo '# x' >> home/staged/sealpost.toml")).code(0);
    bench.run(["change", "commit", "as the owner"]).code(0);
    bench.run(["change", "rollback"]).code(0);
    bench.run(["change", "prune", "--keep", "1"]).code(0);
    let foreign = bench.shell(&format!("find home ! -uid {NOBODY} -o ! -gid {NOBODY}")).code(0).out;
    assert_eq!(foreign, "", "written as root");
}

#[test]
fn root_has_no_more_rights_than_the_owner() {
    let bench = Bench::with_home();
    if std::fs::metadata(bench.home()).unwrap().uid() != 0 {
        eprintln!("skipped: not root");
        return;
    }
    bench.shell(&format!("chown -R {NOBODY} home; echo '# x' >> home/staged/sealpost.toml; chown root home/revisions; chmod 755 home/revisions")).code(0);
    bench.run(["change", "commit", "x"]).code(2).err_has("error[home/denied]").err_has("nothing was changed");
    assert!(!bench.home().join("revisions/000002").exists());
}
