//! The path that is written, and what stands above a gap in it.

use crate::inspect::best_path::BestPath;
use crate::inspect::bundle::Bundle;
use crate::inspect::gap;
use crate::inspect::question::Question;
use crate::model::certificate::Certificate;

/// The path that the mended file shall hold.
#[derive(Debug)]
pub(super) struct Best<'a> {
    pub path: &'a BestPath,
    /// Where it is not complete: what stands in the file above the gap.
    pub above_gap: Vec<Certificate>,
}

/// `None` without a leaf.
pub(super) fn best<'a>(bundle: &'a Bundle<'_>, question: &Question) -> Option<Best<'a>> {
    let path = bundle.best.as_ref()?;
    let above_gap = if path.is_complete { Vec::new() } else { gap::kept_above(bundle, question) };
    Some(Best { path, above_gap })
}
