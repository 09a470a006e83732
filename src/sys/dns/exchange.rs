//! One question to one server: over UDP, and over TCP when the answer does not fit (RFC 1035 section 4.2, RFC 7766).

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use hickory_proto::op::{Edns, Message, MessageType, OpCode, Query, ResponseCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};

/// Octets of an answer over UDP that pass unfragmented nearly everywhere (DNS flag day 2020).
const PAYLOAD: u16 = 1232;

/// Asks `server`, without any patience of its own: the caller sets a limit of time.
///
/// The kernel chooses a random source port for each question and the identifier is random too (RFC 5452 section 9); what does not
/// fit the question is left unread, as are answers from elsewhere.
pub async fn ask(server: SocketAddr, query: &Query) -> io::Result<Message> {
    let answer = over_udp(server, query, true).await?;
    // A server that does not know EDNS says so by FORMERR or NOTIMP (RFC 6891 section 7).
    let edns_unknown = matches!(answer.metadata.response_code, ResponseCode::FormErr | ResponseCode::NotImp);
    let answer = if edns_unknown { over_udp(server, query, false).await? } else { answer };
    if answer.metadata.truncation { over_tcp(server, query).await } else { Ok(answer) }
}

async fn over_udp(server: SocketAddr, query: &Query, edns: bool) -> io::Result<Message> {
    let any: SocketAddr = match server {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let socket = UdpSocket::bind(any).await?;
    // A connected socket takes datagrams from this server only, and hears when nobody listens there.
    socket.connect(server).await?;
    let message = question(query, edns)?;
    socket.send(&message.to_vec().map_err(|_| unwritable())?).await?;
    let mut buffer = [0; 4096];
    loop {
        let length = socket.recv(&mut buffer).await?;
        if let Some(answer) = buffer.get(..length).and_then(|bytes| answer(&message, bytes)) {
            return Ok(answer);
        }
    }
}

async fn over_tcp(server: SocketAddr, query: &Query) -> io::Result<Message> {
    let mut stream = TcpStream::connect(server).await?;
    let message = question(query, true)?;
    let bytes = message.to_vec().map_err(|_| unwritable())?;
    let length = u16::try_from(bytes.len()).map_err(|_| unwritable())?;
    stream.write_all(&[&length.to_be_bytes(), bytes.as_slice()].concat()).await?;
    let mut buffer = vec![0; usize::from(stream.read_u16().await?)];
    stream.read_exact(&mut buffer).await?;
    answer(&message, &buffer)
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "the answer is to another question"))
}

/// What a question for a name that was checked cannot be.
fn unwritable() -> io::Error {
    io::Error::other("the question does not fit into a message of DNS")
}

/// Recursion is desired, and the AD bit asks to hear of DNSSEC (RFC 6840 section 5.7).
fn question(query: &Query, edns: bool) -> io::Result<Message> {
    let mut id = [0; 2];
    aws_lc_rs::rand::fill(&mut id).map_err(|_| io::Error::other("no random numbers"))?;
    let mut message = Message::new(u16::from_be_bytes(id), MessageType::Query, OpCode::Query);
    message.metadata.recursion_desired = true;
    message.metadata.authentic_data = true;
    message.add_query(query.clone());
    if edns {
        let mut options = Edns::new();
        options.set_max_payload(PAYLOAD);
        message.set_edns(options);
    }
    Ok(message)
}

/// The message in `bytes` if it answers `question`.
fn answer(question: &Message, bytes: &[u8]) -> Option<Message> {
    let answer = Message::from_vec(bytes).ok()?;
    let fits = answer.metadata.id == question.metadata.id
        && answer.metadata.message_type == MessageType::Response
        && answer.metadata.op_code == OpCode::Query
        // Names are equal in any case.
        && answer.queries == question.queries;
    // A server that cannot read a question may leave it out of its refusal.
    let refused = answer.queries.is_empty() && answer.metadata.response_code == ResponseCode::FormErr;
    (fits || (answer.metadata.id == question.metadata.id && refused)).then_some(answer)
}
