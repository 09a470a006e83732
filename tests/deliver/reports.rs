//! What senders are told: bounces, delay warnings, confirmations, and when nobody is told anything.

use std::time::Duration;

use sealpost::deliver::envelope::{Envelope, ReversePath};
use sealpost::deliver::numbers::Rid;
use sealpost::deliver::queue::{Job, Queue, Settled, Settlement, Terms, Trouble};
use sealpost::deliver::status_code::StatusCode;
use sealpost::model::configuration::BounceProfile;

use crate::spool::{Spool, body, bytes, claim, envelope, message, run, terms};

const HOUR: Duration = Duration::from_secs(3600);

fn trouble(status: StatusCode) -> Trouble {
    Trouble {
        status,
        sentence: "STARTTLS is not offered".into(),
        remote_mta: Some("mx.one.example".into()),
        reply: Some("454 TLS not available".into()),
    }
}

async fn settle(queue: &Queue, job: Job, settlement: Settlement, terms: &Terms) -> Settled {
    let each = job.recipients.iter().map(|waiting| (waiting.rid, settlement.clone())).collect();
    queue.settle(job, each, terms).await
}

async fn accept(queue: &Queue, envelope: Envelope) -> Job {
    let body = body(queue, &message(1, 2_000)).await.unwrap();
    queue.accept(envelope, body).await.unwrap();
    claim(queue).await.remove(0)
}

/// The one report that waits in the queue, and its text.
async fn report(queue: &Queue) -> (Job, String) {
    let mut jobs = claim(queue).await;
    assert_eq!(jobs.len(), 1);
    let job = jobs.remove(0);
    let text = String::from_utf8(bytes(queue, &job).await).unwrap();
    (job, text)
}

#[test]
fn a_failure_is_reported_to_the_sender_in_the_same_step() {
    run(async {
        let spool = Spool::new();
        let (queue, _) = spool.open();
        let job = accept(&queue, envelope(&["a@one.example", "b@one.example"])).await;
        let settled = settle(&queue, job, Settlement::Failed(trouble(StatusCode::new(5, 1, 1))), &terms()).await;
        assert!(settled.finished);
        assert_eq!((settled.failed.len(), &settled.reports[0].recipients), (2, &vec![Rid(0), Rid(1)]));
        let (job, text) = report(&queue).await;
        assert_eq!(job.message.mid, settled.reports[0].mid);
        assert_eq!(job.message.sender, ReversePath::Null);
        assert_eq!(job.recipients[0].recipient.address.to_string(), "sender@example.org");
        assert_eq!(text.matches("\r\nStatus: 5.1.1\r\n").count(), 2, "{text}");
        assert!(text.contains("\r\nSubject: message 1\r\n"), "{text}");
        assert_eq!(queue.stats().messages, 1);
    });
}

#[test]
fn a_report_that_fails_causes_no_other() {
    run(async {
        let spool = Spool::new();
        let (queue, _) = spool.open();
        let job = accept(&queue, Envelope { sender: ReversePath::Null, ..envelope(&["a@one.example"]) }).await;
        let settled = settle(&queue, job, Settlement::Failed(trouble(StatusCode::new(5, 1, 1))), &terms()).await;
        assert_eq!((settled.failed.len(), settled.reports.len(), settled.finished), (1, 0, true));
        assert_eq!(queue.stats(), Default::default());
    });
}

#[test]
fn what_is_deferred_to_the_end_bounces_with_the_permanent_twin_of_its_last_code() {
    run(async {
        let spool = Spool::new();
        let (queue, _) = spool.open();
        let mut job = accept(&queue, envelope(&["a@one.example"])).await;
        let mut attempts = 0;
        let failed = loop {
            attempts += 1;
            let deferred = Settlement::Deferred(trouble(StatusCode::new(4, 7, 4)));
            let settled = settle(&queue, job, deferred, &terms()).await;
            let Some((_, wait)) = settled.waiting.first() else { break settled.failed };
            spool.hands.pass(*wait + Duration::from_millis(1));
            job = claim(&queue).await.remove(0);
        };
        assert_eq!(failed, [(Rid(0), trouble(StatusCode::new(5, 7, 4)))]);
        assert!((72..85).contains(&attempts), "{attempts}");
        let passed = sealpost::sys::clock::Clock::steady(&*spool.hands);
        assert!(passed >= 72 * HOUR && passed < 73 * HOUR, "{passed:?}");
        let (_, text) = report(&queue).await;
        assert!(text.contains("\r\nStatus: 5.7.4\r\n") && text.contains("smtp; 454 TLS not available"), "{text}");
    });
}

#[test]
fn the_sender_is_warned_of_a_delay_once() {
    run(async {
        let spool = Spool::new();
        let (queue, _) = spool.open();
        let profile = BounceProfile { delay_warning: Some(4 * HOUR), ..BounceProfile::default() };
        let terms = Terms { profile, ..terms() };
        let mut job = accept(&queue, envelope(&["a@one.example"])).await;
        let mut warned = Vec::new();
        for hour in 0..7 {
            let deferred = Settlement::Deferred(trouble(StatusCode::new(4, 4, 1)));
            let settled = settle(&queue, job, deferred, &terms).await;
            warned.push(settled.reports.len());
            spool.hands.pass(HOUR + Duration::from_millis(1));
            let mut jobs = claim(&queue).await;
            if settled.reports.len() == 1 {
                let report = jobs.iter().position(|job| job.message.sender == ReversePath::Null).unwrap();
                let report = jobs.remove(report);
                let text = String::from_utf8(bytes(&queue, &report).await).unwrap();
                assert!(text.contains("\r\nAction: delayed\r\n") && text.contains("waiting for 4 hours"), "{text}");
                queue.settle(report, vec![(Rid(0), delivered(true))], &terms).await;
            }
            assert_eq!(jobs.len(), 1, "hour {hour}");
            job = jobs.remove(0);
        }
        assert_eq!(warned, [0, 0, 0, 0, 1, 0, 0]);
    });
}

fn delivered(dsn: bool) -> Settlement {
    Settlement::Delivered { remote_mta: "mx.one.example".into(), reply: "250 2.0.0 ok".into(), dsn }
}

#[test]
fn a_success_is_confirmed_only_on_wish_and_only_when_the_peer_does_not() {
    run(async {
        for (notify, dsn, reports) in [
            ("SUCCESS", false, 1),
            ("SUCCESS", true, 0),
            ("", false, 0),
            ("FAILURE,DELAY", false, 0),
            ("NEVER", false, 0),
        ] {
            let spool = Spool::new();
            let (queue, _) = spool.open();
            let mut envelope = envelope(&["a@one.example"]);
            if !notify.is_empty() {
                envelope.recipients[0].notify = notify.parse().unwrap();
            }
            let job = accept(&queue, envelope).await;
            let settled = settle(&queue, job, delivered(dsn), &terms()).await;
            assert_eq!(settled.reports.len(), reports, "{notify} {dsn}");
            if reports == 1 {
                let (_, text) = report(&queue).await;
                assert!(text.contains("\r\nAction: relayed\r\nStatus: 2.0.0\r\n"), "{text}");
            }
        }
    });
}

#[test]
fn a_sender_that_wants_no_reports_gets_none() {
    run(async {
        for notify in ["NEVER", "SUCCESS", "DELAY"] {
            let spool = Spool::new();
            let (queue, _) = spool.open();
            let mut envelope = envelope(&["a@one.example"]);
            envelope.recipients[0].notify = notify.parse().unwrap();
            let job = accept(&queue, envelope).await;
            let settled = settle(&queue, job, Settlement::Failed(trouble(StatusCode::new(5, 1, 1))), &terms()).await;
            assert_eq!((settled.failed.len(), settled.reports.len()), (1, 0), "{notify}");
        }
    });
}
