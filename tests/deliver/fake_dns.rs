//! A DNS server on loopback that says what a test wants it to say, over UDP and TCP.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use hickory_proto::op::{Message, MessageType, OpCode, Query, ResponseCode};
use hickory_proto::rr::rdata::{A, AAAA, CNAME, MX, PTR, SOA};
use hickory_proto::rr::{Name, RData, Record, RecordType};

/// Its threads wait on sockets for as long as the test process lives.
pub struct FakeDns {
    pub address: SocketAddr,
    /// Questions that came over UDP and TCP.
    pub udp: Arc<AtomicUsize>,
    pub tcp: Arc<AtomicUsize>,
}

/// What is sent back for a question: datagrams one after the other, or the messages on a connection.
pub type Handler = dyn Fn(&Message, Transport) -> Vec<Vec<u8>> + Send + Sync;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    Udp,
    Tcp,
}

impl FakeDns {
    pub fn start(handler: impl Fn(&Message, Transport) -> Vec<Vec<u8>> + Send + Sync + 'static) -> FakeDns {
        let (socket, listener) = same_port();
        let address = socket.local_addr().unwrap();
        let handler: Arc<Handler> = Arc::new(handler);
        let (udp, tcp) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (on_udp, udp_count) = (handler.clone(), udp.clone());
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok((length, from)) = socket.recv_from(&mut buffer) {
                let Ok(message) = Message::from_vec(&buffer[..length]) else { continue };
                udp_count.fetch_add(1, Ordering::SeqCst);
                for answer in on_udp(&message, Transport::Udp) {
                    let _ = socket.send_to(&answer, from);
                }
            }
        });
        let tcp_count = tcp.clone();
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let mut length = [0; 2];
                if stream.read_exact(&mut length).is_err() {
                    continue;
                }
                let mut bytes = vec![0; u16::from_be_bytes(length).into()];
                if stream.read_exact(&mut bytes).is_err() {
                    continue;
                }
                let Ok(message) = Message::from_vec(&bytes) else { continue };
                tcp_count.fetch_add(1, Ordering::SeqCst);
                for answer in handler(&message, Transport::Tcp) {
                    let _ = stream.write_all(&(answer.len() as u16).to_be_bytes());
                    let _ = stream.write_all(&answer);
                }
            }
        });
        FakeDns { address, udp, tcp }
    }

    /// Serves a zone; see `Zone::answer`.
    pub fn zone(text: &str) -> (FakeDns, Zone) {
        let zone = Zone { lines: Arc::new(Mutex::new(text.to_owned())) };
        let serving = zone.clone();
        let answer = move |message: &Message, transport| {
            let answer = serving.answer(message)?;
            if transport == Transport::Tcp || answer.len() <= 1232 {
                return Some(answer);
            }
            let mut short = reply(message);
            short.metadata.truncation = true;
            short.to_vec().ok()
        };
        (FakeDns::start(move |message, transport| answer(message, transport).into_iter().collect()), zone)
    }

    pub fn questions(&self) -> usize {
        self.udp.load(Ordering::SeqCst) + self.tcp.load(Ordering::SeqCst)
    }
}

fn same_port() -> (UdpSocket, TcpListener) {
    for _ in 0..100 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        if let Ok(socket) = UdpSocket::bind(listener.local_addr().unwrap()) {
            return (socket, listener);
        }
    }
    panic!("no port that is free for both");
}

/// Lines of name, type and data, such as `example.com MX 10 mx.example.com`. A name with the type `FAIL` gets SERVFAIL, with
/// `SILENT` no answer, with `AD` an answer that DNSSEC vouches for. Aliases are answered with what they lead to.
#[derive(Clone)]
pub struct Zone {
    lines: Arc<Mutex<String>>,
}

impl Zone {
    pub fn set(&self, text: &str) {
        *self.lines.lock().unwrap() = text.to_owned();
    }

    fn answer(&self, message: &Message) -> Option<Vec<u8>> {
        let lines = self.lines.lock().unwrap().clone();
        let query = &message.queries[0];
        let rows: Vec<Vec<&str>> = lines.lines().map(|line| line.split_whitespace().collect()).collect();
        let of = |name: &Name| {
            let name = name.to_ascii().trim_end_matches('.').to_ascii_lowercase();
            rows.iter().filter(move |row| row.first() == Some(&name.as_str()))
        };
        let mut answer = reply(message);
        let mut name = query.name.clone();
        loop {
            if of(&name).any(|row| row[1] == "SILENT") {
                return None;
            }
            if of(&name).any(|row| row[1] == "FAIL") {
                answer.metadata.response_code = ResponseCode::ServFail;
            }
            if of(&name).next().is_none() {
                answer.metadata.response_code = ResponseCode::NXDomain;
            }
            answer.metadata.authentic_data = of(&name).any(|row| row[1] == "AD");
            let records: Vec<Record> =
                of(&name).filter_map(|row| data(row)).map(|data| Record::from_rdata(name.clone(), 300, data)).collect();
            let alias = records.iter().find_map(|record| match &record.data {
                RData::CNAME(target) => Some(target.0.clone()),
                _ => None,
            });
            let wanted =
                records.into_iter().filter(|r| [query.query_type, RecordType::CNAME].contains(&r.record_type()));
            answer.answers.extend(wanted);
            match alias {
                Some(target) if answer.answers.len() < 20 => name = target,
                _ => break,
            }
        }
        Some(answer.to_vec().unwrap())
    }
}

fn data(row: &[&str]) -> Option<RData> {
    let name = |text: &str| {
        let mut name = Name::from_ascii(text).unwrap();
        name.set_fqdn(true);
        name
    };
    Some(match row[1] {
        "A" => RData::A(A(row[2].parse().unwrap())),
        "AAAA" => RData::AAAA(AAAA(row[2].parse().unwrap())),
        "MX" => RData::MX(MX::new(row[2].parse().unwrap(), name(row[3]))),
        "PTR" => RData::PTR(PTR(name(row[2]))),
        "CNAME" => RData::CNAME(CNAME(name(row[2]))),
        _ => return None,
    })
}

/// An empty answer to a question.
pub fn reply(message: &Message) -> Message {
    let mut answer = Message::new(message.metadata.id, MessageType::Response, OpCode::Query);
    answer.metadata.recursion_desired = true;
    answer.metadata.recursion_available = true;
    answer.add_query(message.queries.first().cloned().unwrap_or_else(Query::new));
    answer
}

pub fn a(name: &str, address: [u8; 4], seconds: u32) -> Record {
    Record::from_rdata(Name::from_ascii(name).unwrap(), seconds, RData::A(A(address.into())))
}

/// The SOA record of an absence that lasts `seconds`.
pub fn soa(seconds: u32) -> Record {
    let name = Name::from_ascii("example.").unwrap();
    let soa = SOA::new(name.clone(), name.clone(), 1, 1, 1, 1, seconds);
    Record::from_rdata(name, 3600, RData::SOA(soa))
}
