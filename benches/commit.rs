//! What a commit costs per unchanged profile: against a bar in microseconds, and against a symbolic link, made in the same
//! run and on the same file system. Where files were just deleted in great numbers, ext4 takes ten times as long for both.
//!
//!     cargo bench --bench commit
#![allow(clippy::expect_used)]

#[path = "measure/mod.rs"]
mod measure;

use std::fs;
use std::path::Path;
use std::time::Duration;

use measure::{ratio, report, shortest_in_turns};
use sealpost::model::finding::Finding;
use sealpost::model::host_name::HostName;
use sealpost::model::moment::Moment;
use sealpost::operate::{Asked, Home, InRole, Inspector, Intent, Signature, admit, found};

type Failure = Box<dyn std::error::Error>;

const ROUNDS: usize = 7;
const FEW: u32 = 100;
const MANY: u32 = 10_000;
/// What a profile may cost that did not change.
const BAR: Duration = Duration::from_micros(50);

fn main() -> Result<(), Failure> {
    // A disk, which the system's folder for temporary files need not be.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let few = home(&folder.path().join("few"), FEW)?;
    let many = home(&folder.path().join("many"), MANY)?;
    let commits = (|| commit(&few).expect("a commit of few"), || commit(&many).expect("a commit of many"));
    let (of_few, of_many) = shortest_in_turns(ROUNDS, commits.0, commits.1);
    let each = of_many.saturating_sub(of_few) / (MANY - FEW);
    report("an unchanged profile in a commit of 10,000, the bar in time", each, BAR, 1.0);

    // What it cannot do without: one new name in a new directory of the same file system.
    let mut round = 0;
    let names = || {
        round += 1;
        symbolic_links(&folder.path().join(format!("links-{round}"))).expect("links");
    };
    let bare = shortest_in_turns(ROUNDS, names, || ()).0 / MANY;
    println!("  a symbolic link alone, here: {bare:.1?}, ratio {:.2}", ratio(each, bare));
    Ok(())
}

/// A home whose first revision has `count` profiles beside Demo; their files are copies of Demo's.
fn home(path: &Path, count: u32) -> Result<Home, Failure> {
    let hostname: HostName = "mx1.example.com".parse()?;
    found(path, &hostname, &signature())?;
    let certificates = path.join("revisions/000001/certificates");
    for index in 0..count {
        let profile = certificates.join(format!("mx-{index:05}"));
        fs::create_dir(&profile)?;
        for file in ["profile.toml", "key.pem", "certificate.pem"] {
            fs::copy(certificates.join("Demo").join(file), profile.join(file))?;
        }
    }
    Ok(Home::open(path)?)
}

fn signature() -> Signature {
    Signature { author: "bench".into(), time: Moment::UNIX_EPOCH, comment: String::new() }
}

/// What is measured is the commit, not what is to be said about the roles.
struct Silent;

impl Inspector for Silent {
    fn inspect(&mut self, _: &InRole<'_>) -> Vec<Finding> {
        Vec::new()
    }
}

/// Stages one more comment in the configuration, and commits it.
fn commit(home: &Home) -> Result<(), Failure> {
    let writer = home.write()?;
    let text = format!("{}# another round\n", home.running()?.configuration_text()?);
    let staged = writer.apply(vec![Intent::Configure(text)])?;
    let asked = Asked { now: Moment::UNIX_EPOCH, inspector: &mut Silent, accept: &[], rebase: false };
    writer.commit(admit(home, &staged, asked)?, signature())?;
    Ok(())
}

fn symbolic_links(target: &Path) -> Result<(), Failure> {
    fs::create_dir(target)?;
    for index in 0..MANY {
        let name = format!("mx-{index:05}");
        std::os::unix::fs::symlink(format!("../../000001/certificates/{name}"), target.join(&name))?;
    }
    Ok(fs::File::open(target)?.sync_all()?)
}
