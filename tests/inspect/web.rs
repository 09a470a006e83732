//! A web server on loopback that answers as a test wants it to, however wrong.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// Its threads wait for as long as the test process lives.
pub struct Web {
    pub address: SocketAddr,
    pages: Pages,
    asked: Arc<AtomicUsize>,
}

type Page = Arc<dyn Fn(&mut dyn Write) + Send + Sync>;
type Pages = Arc<Mutex<HashMap<String, Page>>>;

impl Web {
    pub fn start() -> Web {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let web = Web { address: listener.local_addr().unwrap(), pages: Pages::default(), asked: Arc::default() };
        let (pages, asked) = (Arc::clone(&web.pages), Arc::clone(&web.asked));
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let (pages, asked) = (Arc::clone(&pages), Arc::clone(&asked));
                std::thread::spawn(move || answer(&mut stream, &pages, &asked));
            }
        });
        web
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// How many requests came.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// A file, with the status and the headers that belong to it.
    pub fn serve(&self, path: &str, body: impl Into<Vec<u8>>) {
        let body = body.into();
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
        self.say(path, [head.into_bytes(), body].concat());
    }

    /// These bytes, whatever they mean.
    pub fn say(&self, path: &str, bytes: impl Into<Vec<u8>>) {
        let bytes = bytes.into();
        self.act(path, move |stream| drop(stream.write_all(&bytes)));
    }

    pub fn act(&self, path: &str, page: impl Fn(&mut dyn Write) + Send + Sync + 'static) {
        self.pages.lock().unwrap().insert(path.to_owned(), Arc::new(page));
    }
}

fn answer(stream: &mut TcpStream, pages: &Pages, asked: &AtomicUsize) {
    let path = path(stream);
    asked.fetch_add(1, Ordering::SeqCst);
    let page = pages.lock().unwrap().get(&path).cloned();
    match page {
        Some(page) => page(stream),
        None => drop(stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")),
    }
}

/// Of the request line; everything up to the empty line is read.
pub fn path(stream: &mut impl Read) -> String {
    let mut head = Vec::new();
    let mut octet = [0];
    while !head.ends_with(b"\r\n\r\n") && matches!(stream.read(&mut octet), Ok(1)) {
        head.push(octet[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    head.split(' ').nth(1).unwrap_or_default().to_owned()
}
