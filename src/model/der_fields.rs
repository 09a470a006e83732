//! Reading DER field by field, so that an error can say which field stopped the reading.

use std::fmt;

use der::asn1::{AnyRef, ObjectIdentifier};
use der::{Decode, Reader, SliceReader, Tag, Tagged};

/// The field that is missing or not as it should be, as people call it. Displays as `the subject cannot be read`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unreadable(pub &'static str);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cannot be read", self.0)
    }
}

/// The elements of a constructed one that have not been read yet.
#[derive(Debug, Clone)]
pub(super) struct Fields<'a>(SliceReader<'a>);

impl<'a> Fields<'a> {
    /// What stands in the SEQUENCE that fills `der`.
    pub fn of_all(der: &'a [u8], field: &'static str) -> Result<Fields<'a>, Unreadable> {
        let mut whole = Fields(SliceReader::new(der).map_err(|_| Unreadable(field))?);
        let fields = whole.sequence(field)?;
        whole.finish(field)?;
        Ok(fields)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_finished()
    }

    /// That nothing follows; `field` was the last.
    pub fn finish(&self, field: &'static str) -> Result<(), Unreadable> {
        if self.is_empty() { Ok(()) } else { Err(Unreadable(field)) }
    }

    /// The next element with its tag and length.
    pub fn element(&mut self, tag: Tag, field: &'static str) -> Result<&'a [u8], Unreadable> {
        let bytes = self.0.tlv_bytes().map_err(|_| Unreadable(field))?;
        let element = AnyRef::from_der(bytes).map_err(|_| Unreadable(field))?;
        if element.tag() == tag { Ok(bytes) } else { Err(Unreadable(field)) }
    }

    /// Passes over the next element, whatever it is.
    pub fn skip(&mut self, field: &'static str) -> Result<(), Unreadable> {
        self.0.tlv_bytes().map(drop).map_err(|_| Unreadable(field))
    }

    pub fn sequence(&mut self, field: &'static str) -> Result<Fields<'a>, Unreadable> {
        self.inside(Tag::Sequence, field)
    }

    pub fn set(&mut self, field: &'static str) -> Result<Fields<'a>, Unreadable> {
        self.inside(Tag::Set, field)
    }

    pub fn oid(&mut self, field: &'static str) -> Result<ObjectIdentifier, Unreadable> {
        let bytes = self.element(Tag::ObjectIdentifier, field)?;
        ObjectIdentifier::from_der(bytes).map_err(|_| Unreadable(field))
    }

    /// What stands inside the constructed tag `[number]`, if it comes next.
    pub fn context(&mut self, number: u32, field: &'static str) -> Result<Option<Fields<'a>>, Unreadable> {
        let tag = Tag::ContextSpecific { constructed: true, number: der::TagNumber(number) };
        match !self.is_empty() && Tag::peek(&self.0).map_err(|_| Unreadable(field))? == tag {
            true => self.inside(tag, field).map(Some),
            false => Ok(None),
        }
    }

    fn inside(&mut self, tag: Tag, field: &'static str) -> Result<Fields<'a>, Unreadable> {
        let element = AnyRef::from_der(self.element(tag, field)?).map_err(|_| Unreadable(field))?;
        SliceReader::new(element.value()).map(Fields).map_err(|_| Unreadable(field))
    }
}
