//! Rounds of a measurement: several servers in turns, medians with their spread, and ratios held against a target.

use std::time::Duration;

use super::Failure;

/// Rounds that count; one before them warms up.
pub const ROUNDS: usize = 5;

/// One round at one server.
pub struct Round {
    /// Milliseconds of processor time per message.
    pub cpu: f64,
    /// Messages per second.
    pub rate: f64,
    /// From the final dot to the 250.
    pub p99: Duration,
}

/// The rounds of one server.
pub struct Row {
    who: String,
    rounds: Vec<Round>,
}

/// A server by its name, and how it does a round.
pub type Contestant<'a> = (&'static str, Box<dyn FnMut() -> Result<Round, Failure> + 'a>);

/// Lets the contestants do their rounds in turns, because the machine's mood changes.
pub fn in_turns(contestants: &mut [Contestant<'_>]) -> Result<Vec<Row>, Failure> {
    let row = |who: &str| Row { who: who.to_owned(), rounds: Vec::with_capacity(ROUNDS) };
    let mut rows: Vec<Row> = contestants.iter().map(|(who, _)| row(who)).collect();
    for number in 0..=ROUNDS {
        for ((_, work), row) in contestants.iter_mut().zip(&mut rows) {
            let round = work()?;
            if number > 0 {
                row.rounds.push(round);
            }
        }
    }
    Ok(rows)
}

impl Row {
    fn sorted(&self, value: impl Fn(&Round) -> f64) -> Vec<f64> {
        let mut values: Vec<f64> = self.rounds.iter().map(value).collect();
        values.sort_by(f64::total_cmp);
        values
    }

    /// Median of the processor time.
    pub fn cpu(&self) -> f64 {
        self.sorted(|round| round.cpu)[ROUNDS / 2]
    }

    /// Median of the 99th percentile, in seconds.
    pub fn p99(&self) -> f64 {
        self.sorted(|round| round.p99.as_secs_f64())[ROUNDS / 2]
    }

    /// Medians, and the lowest and highest value behind them.
    pub fn tell(&self) {
        let (cpu, p99) = (self.sorted(|round| round.cpu), self.sorted(|round| round.p99.as_secs_f64() * 1e3));
        let rate = self.sorted(|round| round.rate)[ROUNDS / 2];
        let of = |values: &[f64]| (values[ROUNDS / 2], values[0], values[ROUNDS - 1]);
        let ((cpu, cpu_low, cpu_high), (p99, p99_low, p99_high)) = (of(&cpu), of(&p99));
        println!(
            "  {:<28} {cpu:.3} ms per message ({cpu_low:.3} to {cpu_high:.3}), {rate:.0} messages/s, 99% of the 250 within \
             {p99:.1} ms ({p99_low:.1} to {p99_high:.1})",
            self.who
        );
    }
}

/// One line about a target.
pub fn verdict(what: &str, value: f64, target: f64, holds: bool) {
    println!("  {what}: {value:.2}, target {target:.2}: {}", if holds { "holds" } else { "MISSED" });
}
