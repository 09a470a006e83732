//! How much work one question may cost, so that hostile certificates are answered in time.

/// What ran out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exhausted {
    Signatures,
    NameComparisons,
    Steps,
}

impl Exhausted {
    /// What was counted, as a plural.
    pub fn unit(self) -> &'static str {
        match self {
            Exhausted::Signatures => "signature checks",
            Exhausted::NameComparisons => "comparisons with name constraints",
            Exhausted::Steps => "steps of path building",
        }
    }

    /// How many are allowed.
    ///
    /// Signatures: the slowest, P-521, takes half a millisecond. Comparisons: as many as other verifiers allow (2^20).
    /// Steps: a graph in which everybody signed everybody is given up after these.
    pub fn limit(self) -> u32 {
        match self {
            Exhausted::Signatures => 500,
            Exhausted::NameComparisons => 1 << 20,
            Exhausted::Steps => 20_000,
        }
    }
}

/// What is left.
#[derive(Debug, Clone)]
pub struct Budget {
    signatures: u32,
    comparisons: u32,
    steps: u32,
}

impl Default for Budget {
    fn default() -> Budget {
        Budget {
            signatures: Exhausted::Signatures.limit(),
            comparisons: Exhausted::NameComparisons.limit(),
            steps: Exhausted::Steps.limit(),
        }
    }
}

impl Budget {
    /// Takes `count` of one kind, or says that there are not so many left.
    pub fn spend(&mut self, what: Exhausted, count: usize) -> Result<(), Exhausted> {
        let left = match what {
            Exhausted::Signatures => &mut self.signatures,
            Exhausted::NameComparisons => &mut self.comparisons,
            Exhausted::Steps => &mut self.steps,
        };
        *left = u32::try_from(count).ok().and_then(|count| left.checked_sub(count)).ok_or(what)?;
        Ok(())
    }
}
