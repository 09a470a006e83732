//! What a commit costs per unchanged profile, and what listing a profile costs when there are many.
//!
//! Each number stands beside a peer measured in the same run: making the same tree with one hard link per file, and
//! reading the same files without understanding them.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use sealpost::model::host_name::HostName;
use sealpost::model::moment::Moment;
use sealpost::operate::{Home, Intent, Signature, admit, found};

type Failure = Box<dyn std::error::Error>;

const ROUNDS: usize = 7;

fn main() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let few = home(&folder.path().join("few"), 100)?;
    let many = home(&folder.path().join("many"), 10_000)?;

    let commits = (best(|round| commit(&few, round))?, best(|round| commit(&many, round))?);
    let per_profile = per(commits.1.saturating_sub(commits.0), 9_900);
    let links = best(|round| hard_links(&many, &folder.path().join(format!("links-{round}")), 1_000))?;
    println!("commit, 100 profiles unchanged      {:>9.1?}", commits.0);
    println!("commit, 10,000 profiles unchanged   {:>9.1?}", commits.1);
    println!("per unchanged profile               {per_profile:>9.1?}   (at most 50 µs)");
    println!("  ratio to hard links               {:>9.2}", ratio(per_profile, per(links, 1_000)));

    let lists = (per(best(|_| list(&few))?, 100), per(best(|_| list(&many))?, 10_000));
    let reads = per(best(|_| read_only(&many, 10_000))?, 10_000);
    println!("list, per profile of 100            {:>9.1?}", lists.0);
    println!("list, per profile of 10,000         {:>9.1?}", lists.1);
    println!("  ratio 10,000 to 100               {:>9.2}   (at most 1.2)", ratio(lists.1, lists.0));
    println!("  ratio to reading the files alone  {:>9.2}", ratio(lists.1, reads));
    Ok(())
}

fn per(time: Duration, count: u32) -> Duration {
    time / count
}

fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}

/// The shortest of some rounds: what the work costs when nothing else interferes.
fn best(mut work: impl FnMut(usize) -> Result<(), Failure>) -> Result<Duration, Failure> {
    let mut best = Duration::MAX;
    for round in 0..ROUNDS {
        let began = Instant::now();
        work(round)?;
        best = best.min(began.elapsed());
    }
    Ok(best)
}

/// A home whose first revision has `count` profiles beside Demo; their files are copies of Demo's.
fn home(path: &Path, count: usize) -> Result<Home, Failure> {
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

/// Stages another comment in the configuration, and commits it.
fn commit(home: &Home, round: usize) -> Result<(), Failure> {
    let writer = home.write()?;
    let text = format!("{}# round {round}\n", home.running()?.configuration_text()?);
    let staged = writer.apply(vec![Intent::Configure(text)])?;
    writer.commit(admit(home, &staged, false)?, signature())?;
    Ok(())
}

fn hard_links(home: &Home, target: &Path, count: usize) -> Result<(), Failure> {
    let source = home.path().join("revisions/000001/certificates");
    fs::create_dir(target)?;
    for index in 0..count {
        let name = format!("mx-{index:05}");
        fs::create_dir(target.join(&name))?;
        for file in ["profile.toml", "key.pem", "certificate.pem"] {
            fs::hard_link(source.join(&name).join(file), target.join(&name).join(file))?;
        }
    }
    Ok(())
}

fn list(home: &Home) -> Result<(), Failure> {
    let staged = home.staged()?;
    for name in staged.names()? {
        std::hint::black_box(staged.summary(&name)?);
    }
    Ok(())
}

fn read_only(home: &Home, count: usize) -> Result<(), Failure> {
    let source = home.path().join("revisions/000001/certificates");
    for index in 0..count {
        for file in ["profile.toml", "certificate.pem"] {
            std::hint::black_box(fs::read(source.join(format!("mx-{index:05}")).join(file))?);
        }
    }
    Ok(())
}
