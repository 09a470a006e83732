//! The page that Prometheus asks for: `/metrics`, and nothing else.

use crate::sys::library_error;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::CONTENT_TYPE;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::deliver::engine::Shared;
use crate::deliver::log_line::{Event, Level};
use crate::sys::listening;

/// A scrape is over in milliseconds; whoever takes longer is cut off, because the next one waits.
const PATIENCE: Duration = Duration::from_secs(5);
const OUT_OF_BREATH: Duration = Duration::from_millis(100);
const TEXT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Answers on the address of the configuration, wherever that moves to.
#[derive(Debug, Default)]
pub struct MetricsServer {
    running: Option<(SocketAddr, JoinHandle<()>)>,
}

impl MetricsServer {
    /// Serves on `wanted` from now on. An address that cannot be had is logged: mail goes on without numbers.
    pub fn follow(&mut self, wanted: Option<SocketAddr>, shared: &Arc<Shared>) {
        if self.running.as_ref().map(|(address, _)| *address) == wanted {
            return;
        }
        self.stop();
        let Some(address) = wanted else { return };
        match listening::bind(address).and_then(TcpListener::from_std) {
            Ok(listener) => self.running = Some((address, tokio::spawn(serve(listener, Arc::clone(shared))))),
            Err(error) => {
                let text = format!("no metrics: cannot listen on {address}: {}", library_error::io(&error));
                shared.log.say(Event::engine(Level::Critical, text));
            }
        }
    }

    fn stop(&mut self) {
        if let Some((_, task)) = self.running.take() {
            task.abort();
        }
    }
}

impl Drop for MetricsServer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// One after the other: nobody needs two scrapes at the same time.
async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => drop(timeout(PATIENCE, answer(stream, &shared)).await),
            Err(_) => sleep(OUT_OF_BREATH).await,
        }
    }
}

async fn answer(stream: TcpStream, shared: &Shared) {
    let service =
        service_fn(|request: Request<Incoming>| async move { Ok::<_, Infallible>(respond(&request, shared)) });
    // Who asked may have gone away.
    let _ = http1::Builder::new().keep_alive(false).serve_connection(TokioIo::new(stream), service).await;
}

fn respond(request: &Request<Incoming>, shared: &Shared) -> Response<Full<Bytes>> {
    let (status, text) = match (request.method(), request.uri().path()) {
        (&Method::GET, "/metrics") => (StatusCode::OK, super::text(shared)),
        (_, "/metrics") => (StatusCode::METHOD_NOT_ALLOWED, "Only GET is understood here.\n".to_owned()),
        _ => (StatusCode::NOT_FOUND, "The numbers are at /metrics.\n".to_owned()),
    };
    let kind = if status == StatusCode::OK { TEXT } else { "text/plain; charset=utf-8" };
    let mut response = Response::new(Full::new(Bytes::from(text)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static(kind));
    response
}
