//! A message for some recipients at one destination, ready to be sent as often as it takes.

use std::fs::File;
use std::io::{self, Seek};
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncReadExt};

use super::dialogue::{Shipment, Survey};
use super::envelope::{BodyType, EnvelopeId, Recipient, Ret, ReversePath};
use super::numbers::{Mid, Rid};
use super::queue::Stored;

/// Octets that are looked at at once.
const PIECE: usize = 64 << 10;

/// What is sent, and to whom.
#[derive(Debug)]
pub struct Parcel {
    pub mid: Mid,
    /// As the peer gets it: with its tag, where bounces are verified.
    pub sender: ReversePath,
    /// At most 100.
    pub recipients: Vec<(Rid, Recipient)>,
    pub ret: Option<Ret>,
    pub envid: Option<EnvelopeId>,
    pub body: BodyType,
    pub message: Stored,
    survey: Survey,
}

/// The envelope of a parcel.
#[derive(Debug, Clone)]
pub struct Label {
    pub mid: Mid,
    pub sender: ReversePath,
    pub recipients: Vec<(Rid, Recipient)>,
    pub ret: Option<Ret>,
    pub envid: Option<EnvelopeId>,
    pub body: BodyType,
}

impl Parcel {
    /// Reads the message once, to know what a peer must be able to take.
    pub async fn new(label: Label, message: Stored) -> io::Result<Parcel> {
        let Label { mid, sender, recipients, ret, envid, body } = label;
        let mut parcel = Parcel { mid, sender, recipients, ret, envid, body, message, survey: Survey::default() };
        parcel.survey = parcel.surveyed().await?;
        Ok(parcel)
    }

    /// Octets.
    pub fn size(&self) -> u64 {
        match &self.message {
            Stored::Memory(bytes) => bytes.len() as u64,
            Stored::File { size, .. } => *size,
        }
    }

    /// The transaction for some of the recipients, by their places.
    pub fn shipment(&self, places: &[usize]) -> Shipment<'_> {
        Shipment {
            sender: &self.sender,
            recipients: places.iter().filter_map(|place| self.recipients.get(*place)).map(|(_, to)| to).collect(),
            ret: self.ret,
            envid: self.envid.as_ref(),
            size: self.size(),
            survey: self.survey,
            declared_eight_bit: self.body == BodyType::EightBitMime,
        }
    }

    /// The message from its beginning.
    pub fn reader(&self) -> io::Result<Reader> {
        Ok(match &self.message {
            Stored::Memory(bytes) => Reader::Memory(io::Cursor::new(bytes.clone())),
            Stored::File { file, .. } => Reader::File(tokio::fs::File::from_std(again(file)?)),
        })
    }

    async fn surveyed(&self) -> io::Result<Survey> {
        if let Stored::Memory(bytes) = &self.message {
            return Ok(Survey::of(bytes));
        }
        let mut survey = Survey::default();
        let mut reader = self.reader()?;
        let mut piece = Vec::with_capacity(PIECE);
        while reader.as_read().read_buf(&mut piece).await? > 0 {
            survey.push(&piece);
            piece.clear();
        }
        Ok(survey)
    }
}

/// The same file at its beginning. Nobody else moves in it: a job has its own.
fn again(file: &File) -> io::Result<File> {
    let mut file = file.try_clone()?;
    file.rewind()?;
    Ok(file)
}

/// A message on its way.
#[derive(Debug)]
pub enum Reader {
    Memory(io::Cursor<Arc<[u8]>>),
    File(tokio::fs::File),
}

impl Reader {
    pub fn as_read(&mut self) -> &mut (dyn AsyncRead + Send + Unpin) {
        match self {
            Reader::Memory(bytes) => bytes,
            Reader::File(file) => file,
        }
    }
}
