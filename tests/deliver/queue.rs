//! The queue by itself: accept, claim, settle, over restarts.

use std::time::Duration;

use sealpost::deliver::numbers::Rid;
use sealpost::deliver::queue::{Deed, Job, Queue, Selection, Settlement, Trouble};
use sealpost::deliver::status_code::StatusCode;

use crate::spool::{Spool, bytes, claim, message, put, run, terms};

const MINUTE: Duration = Duration::from_secs(60);

fn refused(status: StatusCode) -> Trouble {
    Trouble { status, sentence: "the peer is busy".into(), remote_mta: None, reply: None }
}

fn delivered() -> Settlement {
    Settlement::Delivered { remote_mta: "mx.example.com".into(), reply: "250 ok".into(), dsn: false }
}

/// The same settlement for every recipient of the job.
async fn settle_all(queue: &Queue, job: Job, settlement: Settlement) {
    let each = job.recipients.iter().map(|waiting| (waiting.rid, settlement.clone())).collect();
    queue.settle(job, each, &terms()).await;
}

#[test]
fn what_is_accepted_is_claimed_by_domain_and_gone_when_delivered() {
    run(async {
        let spool = Spool::new();
        let (queue, recovery) = spool.open();
        assert_eq!((recovery.messages, recovery.swept), (0, 0));
        let text = message(1, 3_000);
        let mid = put(&queue, &["a@one.example", "b@two.example", "c@one.example"], &text).await;
        let jobs = claim(&queue).await;
        let shape: Vec<_> = jobs.iter().map(|job| (job.domain.to_string(), job.recipients.len())).collect();
        assert_eq!(shape, [("one.example".to_owned(), 2), ("two.example".to_owned(), 1)]);
        assert!(jobs.iter().all(|job| job.message.mid == mid));
        assert!(claim(&queue).await.is_empty(), "handed out twice");
        assert_eq!(bytes(&queue, &jobs[0]).await, text);
        for job in jobs {
            settle_all(&queue, job, delivered()).await;
        }
        assert_eq!(queue.stats(), Default::default());
        assert_eq!(queue.view().stats().unwrap(), Default::default());
        queue.close().await;
    });
}

#[test]
fn bodies_of_every_size_survive_a_restart_unchanged() {
    run(async {
        let spool = Spool::new();
        let sizes = [1, 60_000, 65_536, 65_537, 300_000, 3_000_000];
        let (queue, _) = spool.open();
        for (seed, size) in (0..).zip(sizes) {
            put(&queue, &["a@one.example"], &message(seed, size)).await;
        }
        queue.close().await;
        drop(queue);
        let (queue, recovery) = spool.open();
        assert_eq!((recovery.messages, recovery.swept), (6, 0));
        assert_eq!(recovery.bytes, sizes.iter().sum::<usize>() as u64);
        let jobs = claim(&queue).await;
        assert_eq!(jobs.len(), 6);
        for (seed, job) in (0..).zip(jobs) {
            assert!(bytes(&queue, &job).await == message(seed, sizes[seed as usize]), "message {seed}");
            settle_all(&queue, job, delivered()).await;
        }
        assert_eq!(queue.stats().messages, 0);
        queue.close().await;
        assert_eq!(std::fs::read_dir(spool.path().join("bodies")).unwrap().count(), 0);
    });
}

#[test]
fn a_message_whose_file_is_lost_or_cut_off_is_held_and_told() {
    run(async {
        let spool = Spool::new();
        let (queue, _) = spool.open();
        let mut mids = Vec::new();
        for seed in 0..3 {
            mids.push(put(&queue, &["a@one.example"], &message(seed, 100_000)).await);
        }
        queue.close().await;
        let file = |place: usize| spool.path().join(format!("bodies/{}.eml", mids[place]));
        std::fs::remove_file(file(0)).unwrap();
        std::fs::OpenOptions::new().write(true).open(file(1)).unwrap().set_len(50_000).unwrap();
        let (queue, recovery) = spool.open();
        let damaged: Vec<_> = recovery.damaged.iter().map(|(mid, _)| *mid).collect();
        assert_eq!(damaged, mids[..2]);
        let jobs = claim(&queue).await;
        assert_eq!(jobs.iter().map(|job| job.message.mid).collect::<Vec<_>>(), mids[2..]);
        let listed = queue.view().list(&Selection::all(), Default::default(), 10).unwrap();
        assert_eq!(listed.iter().map(|listed| listed.recipients[0].held).collect::<Vec<_>>(), [true, true, false]);
        // What is left of it can still be dropped.
        assert_eq!(queue.administer_all(Deed::Drop, Selection::message(mids[1])).await.unwrap().messages, 1);
    });
}

#[test]
fn a_deferred_recipient_comes_back_when_it_is_due_and_not_before() {
    run(async {
        let spool = Spool::new();
        let (queue, _) = spool.open();
        put(&queue, &["a@one.example", "b@one.example"], &message(1, 100)).await;
        let job = claim(&queue).await.remove(0);
        let settlements =
            vec![(Rid(0), delivered()), (Rid(1), Settlement::Deferred(refused(StatusCode::new(4, 4, 2))))];
        let settled = queue.settle(job, settlements, &terms()).await;
        assert_eq!(settled.waiting.len(), 1);
        assert!(claim(&queue).await.is_empty());
        spool.hands.pass(MINUTE / 2);
        assert!(claim(&queue).await.is_empty());
        spool.hands.pass(MINUTE / 2);
        let job = claim(&queue).await.remove(0);
        let waiting = &job.recipients[0];
        assert_eq!((waiting.rid, waiting.attempts), (Rid(1), 1));
        assert_eq!(waiting.trouble, Some(refused(StatusCode::new(4, 4, 2))));
    });
}

#[test]
fn a_job_that_is_dropped_is_due_again() {
    run(async {
        let spool = Spool::new();
        let (queue, _) = spool.open();
        let mid = put(&queue, &["a@one.example"], &message(1, 100)).await;
        let jobs = claim(&queue).await;
        drop(jobs);
        let again = claim(&queue).await;
        assert_eq!(again[0].message.mid, mid);
        assert_eq!(queue.claim_of(&again[0].domain, 5).await.len(), 0);
    });
}

#[test]
fn held_mail_waits_for_its_release_and_dropped_mail_is_gone() {
    run(async {
        let spool = Spool::new();
        let (queue, _) = spool.open();
        let one = put(&queue, &["a@one.example"], &message(1, 100)).await;
        let two = put(&queue, &["a@two.example"], &message(2, 70_000)).await;
        assert_eq!(queue.administer_all(Deed::Hold, Selection::message(one)).await.unwrap().changed, 1);
        assert_eq!(
            queue.administer_all(Deed::Drop, Selection::domain("two.example".parse().unwrap())).await.unwrap().changed,
            1
        );
        assert!(claim(&queue).await.is_empty());
        assert_eq!(queue.view().list(&Selection::message(two), Default::default(), 10).unwrap(), []);
        let listed = queue.view().list(&Selection::all(), Default::default(), 10).unwrap();
        assert!(listed[0].message.mid == one && listed[0].recipients[0].held);
        assert_eq!(queue.administer_all(Deed::Release, Selection::all()).await.unwrap().changed, 1);
        assert_eq!(claim(&queue).await.len(), 1);
        queue.close().await;
        assert_eq!(std::fs::read_dir(spool.path().join("bodies")).unwrap().count(), 0);
    });
}

#[test]
fn a_flush_makes_waiting_mail_due() {
    run(async {
        let spool = Spool::new();
        let (queue, _) = spool.open();
        put(&queue, &["a@one.example"], &message(1, 100)).await;
        let job = claim(&queue).await.remove(0);
        settle_all(&queue, job, Settlement::Deferred(refused(StatusCode::new(4, 4, 2)))).await;
        assert!(claim(&queue).await.is_empty());
        assert_eq!(queue.administer_all(Deed::Flush, Selection::all()).await.unwrap().changed, 1);
        assert_eq!(claim(&queue).await.len(), 1);
    });
}

#[test]
fn what_comes_due_while_something_else_is_written_is_not_passed_over() {
    run(async {
        let spool = Spool::new();
        let (queue, _) = spool.open();
        let one = put(&queue, &["a@one.example"], &message(1, 100)).await;
        let job = claim(&queue).await.remove(0);
        settle_all(&queue, job, Settlement::Deferred(refused(StatusCode::new(4, 4, 2)))).await;
        // So that the thread sleeps when the time passes, and finds both at once when it wakes up.
        tokio::time::sleep(Duration::from_millis(50)).await;
        spool.hands.pass(MINUTE);
        let two = put(&queue, &["a@two.example"], &message(2, 100)).await;
        let mut mids: Vec<_> = claim(&queue).await.iter().map(|job| job.message.mid).collect();
        mids.sort();
        assert_eq!(mids, [one, two]);
    });
}

#[test]
fn a_claim_takes_as_much_as_it_may() {
    run(async {
        let spool = Spool::new();
        let (queue, _) = spool.open();
        for seed in 0..20 {
            put(&queue, &["a@one.example"], &message(seed, 100)).await;
        }
        assert_eq!(queue.claim(5, |_| 9).await.len(), 5);
        put(&queue, &["a@two.example"], &message(20, 100)).await;
        let jobs = queue.claim(30, |domain| if domain.to_string() == "one.example" { 7 } else { 3 }).await;
        assert_eq!(jobs.len(), 8);
    });
}

#[test]
fn a_domain_with_much_mail_leaves_room_for_the_others() {
    run(async {
        let spool = Spool::new();
        let (queue, _) = spool.open();
        let crowd: Vec<String> = (0..1_000).map(|number| format!("u{number}@big.example")).collect();
        let crowd: Vec<&str> = crowd.iter().map(String::as_str).collect();
        for seed in 0..6 {
            put(&queue, &crowd, &message(seed, 100)).await;
        }
        put(&queue, &["a@small.example"], &message(9, 100)).await;
        let domains = |jobs: &[Job]| jobs.iter().map(|job| job.domain.to_string()).collect::<Vec<_>>();
        let jobs = queue.claim(2, |_| 5).await;
        assert_eq!(domains(&jobs), ["big.example", "small.example"]);
        let none = queue.claim(10, |domain| if domain.to_string() == "big.example" { 0 } else { 5 }).await;
        assert_eq!(none.len(), 0);
        drop(jobs);
        let all = claim(&queue).await;
        assert_eq!(all.iter().map(|job| job.recipients.len()).sum::<usize>(), 6_001);
    });
}
