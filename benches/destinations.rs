//! What a destination costs to import and to look up: the time per row in a table of 100,000 against one of 1,000, in the same run.
//!
//!     cargo bench --bench destinations
#![allow(clippy::expect_used)]

#[path = "measure/mod.rs"]
mod measure;

use std::hint::black_box;
use std::time::{Duration, Instant};

use measure::{in_turns, report};
use sealpost::app::destination_file::{self, Known};
use sealpost::model::configuration::{Configuration, Edit};
use sealpost::model::host_name::HostName;

const ROUNDS: usize = 5;
const FEW: usize = 1_000;
const MANY: usize = 100_000;
/// Flat: what a row costs may grow by this much, for memory that no longer fits into the caches.
const BAR: f64 = 2.0;
/// As many of each, so that both are long enough to be measured.
const LOOKUPS: usize = 200_000;

fn main() {
    let (few, many) = (Table::new(FEW), Table::new(MANY));
    // As many rows on both sides: the small file a hundred times.
    let (of_many, of_few) = in_turns(
        ROUNDS,
        || drop(black_box(many.import())),
        || (0..MANY / FEW).for_each(|_| drop(black_box(few.import()))),
    );
    report("a row of an import of 100,000 against one of 1,000", each(of_many, MANY), each(of_few, MANY), BAR);

    let (of_many, of_few) = in_turns(ROUNDS, || many.look_up(), || few.look_up());
    report("a lookup among 100,000 against one among 1,000", each(of_many, LOOKUPS), each(of_few, LOOKUPS), BAR);

    let start = Instant::now();
    black_box(many.import());
    println!("an import of 100,000 rows, read, edited, written and read back: {:.1?}", start.elapsed());
}

fn each(time: Duration, count: usize) -> Duration {
    time / u32::try_from(count).unwrap_or(u32::MAX)
}

struct Table {
    file: String,
    before: Configuration,
    after: Configuration,
    domains: Vec<HostName>,
}

impl Table {
    fn new(rows: usize) -> Table {
        let hostname: HostName = "mx1.example.com".parse().expect("a host name");
        let before = Configuration::parse(&Configuration::first(&hostname)).expect("a configuration");
        let file = (0..rows).map(section).collect();
        // Every tenth one is not in the table, and some are subdomains.
        let domain = |index: usize| format!("a.{}", name(index * 7919 % (rows + rows / 10))).parse();
        let domains = (0..LOOKUPS).map(|index| domain(index).expect("a domain")).collect();
        let mut table = Table { file, after: before.clone(), before, domains };
        table.after = table.import();
        assert_eq!(table.after.destinations.rows.len(), rows);
        table
    }

    /// All that an import does but for the disk.
    fn import(&self) -> Configuration {
        let known = Known { configuration: &self.before, profiles: &[] };
        let imported = destination_file::read("bench.ini", self.file.as_bytes(), &known).expect("a good file");
        let mut edit = Edit::of(self.before.text()).expect("a good text");
        edit.replace_destinations(&self.before.destinations, &imported.destinations);
        Configuration::parse(&edit.text()).expect("a good text")
    }

    fn look_up(&self) {
        for domain in &self.domains {
            black_box(self.after.destinations.controls(Some(domain)));
        }
    }
}

fn name(index: usize) -> String {
    format!("d{index}.example.com")
}

fn section(index: usize) -> String {
    let dot = if index.is_multiple_of(2) { "." } else { "" };
    format!("[{dot}{}]\ntable_tls = require_verify\nmax_host_concurrency = {}\n\n", name(index), index % 1_000 + 1)
}
