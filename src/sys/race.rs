//! Waiting for whichever of two things happens first.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

/// What happened first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Race<A, B> {
    First(A),
    Second(B),
}

/// Waits for one of both, the first when both are there, and drops the other: it must bear that.
pub async fn race<A, B>(first: impl Future<Output = A>, second: impl Future<Output = B>) -> Race<A, B> {
    let (mut first, mut second) = (pin!(first), pin!(second));
    poll_fn(|context| match first.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Race::First(done)),
        Poll::Pending => second.as_mut().poll(context).map(Race::Second),
    })
    .await
}
