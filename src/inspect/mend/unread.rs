//! What was not read of a file, and whether it can be done without.

use crate::inspect::bundle::{Bundle, Member};
use crate::inspect::bytes::scanner;
use crate::inspect::bytes::text::Text;
use crate::inspect::bytes::{Damage, Kind};
use crate::inspect::gap;
use crate::inspect::question::Question;

use super::Refusal;
use super::path::Best;

/// Everything that was lost, when the path is complete without it; refuses otherwise.
///
/// A lost key is never given up, nor a block before the leaf, unless a key tells that the leaf is the right one: the lost block
/// may have been the leaf.
pub(super) fn losses<'a>(
    bytes: &[u8],
    bundle: &'a Bundle<'_>,
    question: &Question,
    leaf: &Member,
    best: &Best<'_>,
) -> Result<Vec<&'a Damage>, Refusal> {
    let lost: Vec<&Damage> = bundle.items.damages.iter().filter(|damage| gap::is_loss(damage, bundle)).collect();
    if lost.is_empty() {
        return Ok(lost);
    }
    let text = Text::new(bytes);
    let scan = scanner::scan(&text);
    let own = leaf.found.certificate.public_key();
    let confirmed = question.key.as_ref().is_some_and(|(key, _)| key == own)
        || bundle.sorted.keys.iter().any(|found| found.key.public() == own);
    for damage in &lost {
        let (place, message) = (Box::new(damage.place.clone()), damage.message.clone());
        let number = damage.place.block.and_then(|number| number.checked_sub(1));
        let block = number.and_then(|index| scan.blocks.get(index));
        if block.is_some_and(|block| block.label.contains("PRIVATE")) {
            return Err(Refusal::UnreadKey { place, message });
        }
        let may_be_leaf = damage.place.offset <= leaf.found.place.offset && !confirmed;
        if !best.path.is_complete || may_be_leaf {
            return Err(Refusal::Unread { place, message });
        }
    }
    Ok(lost)
}

/// Private keys of any kind, locked ones too.
pub(super) fn is_key(kind: &Kind) -> bool {
    matches!(kind, Kind::Key(_) | Kind::UnusableKey(_) | Kind::Locked(_))
}
