//! Which sentence of the table of consumers is true of this file: where a deviation stands among the file's certificates.

use super::consumers::{self, Deviation, Position};
use super::scanner::{Block, Scan};

/// The certificates of a file, by where their blocks begin.
pub(super) struct Claims {
    starts: Vec<usize>,
}

impl Claims {
    /// By their labels.
    pub fn new(scan: &Scan) -> Claims {
        Claims::of(scan.blocks.iter().filter(|block| is_certificate(&block.label)).map(|block| block.start))
    }

    /// By where the blocks begin that hold them, in file order.
    pub fn of(starts: impl Iterator<Item = usize>) -> Claims {
        Claims { starts: starts.collect() }
    }

    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// What is to be said about the deviation at this offset, in or beside a block; `None` in a file without certificates.
    pub fn at(&self, deviation: Deviation, at: usize) -> Option<String> {
        self.among(deviation, &[at])
    }

    /// The same for a block, when it is meant to be a certificate.
    pub fn block(&self, deviation: Deviation, block: &Block) -> Option<String> {
        self.at(deviation, block.start).filter(|_| is_certificate(&block.label))
    }

    /// About a deviation of several blocks, which begin at these offsets.
    pub fn among(&self, deviation: Deviation, starts: &[usize]) -> Option<String> {
        let several = self.starts.len() > 1;
        let positions: Vec<Position> = match starts {
            _ if self.starts.is_empty() => return None,
            all if several && all == self.starts => vec![Position::Every],
            some => some.iter().map(|at| self.position(*at)).collect(),
        };
        consumers::sentence(deviation, &positions)
    }

    /// About a deviation of the whole file.
    pub fn whole(&self, deviation: Deviation) -> Option<String> {
        self.among(deviation, &self.starts)
    }

    fn position(&self, at: usize) -> Position {
        let before = self.starts.partition_point(|start| *start < at);
        let after = self.starts.len() - self.starts.partition_point(|start| *start <= at);
        match (before, after) {
            (0, 0) => Position::Only,
            (0, _) => Position::First,
            (_, 0) => Position::Last,
            _ => Position::Middle,
        }
    }
}

/// Labels under which programs look for a certificate.
pub(super) fn is_certificate(label: &str) -> bool {
    ["CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"].contains(&label)
}
