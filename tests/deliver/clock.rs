//! Whoever sets the wall clock, no retry is lost (R7).

use std::time::Duration;

use sealpost::deliver::queue::{Job, Queue, Settled, Settlement, Trouble};
use sealpost::deliver::status_code::StatusCode;
use time::macros::datetime;

use crate::spool::{Spool, claim, message, put, run, terms};

const MINUTE: Duration = Duration::from_secs(60);
const YEAR: Duration = Duration::from_secs(365 * 86_400);

async fn defer(queue: &Queue, job: Job) -> Settled {
    let trouble = Trouble {
        status: StatusCode::new(4, 4, 1),
        sentence: "the peer does not answer".into(),
        remote_mta: None,
        reply: None,
    };
    let rid = job.recipients[0].rid;
    queue.settle(job, vec![(rid, Settlement::Deferred(trouble))], &terms()).await
}

/// A message whose first attempt failed.
async fn put_and_defer(queue: &Queue) {
    put(queue, &["a@one.example"], &message(1, 100)).await;
    let job = claim(queue).await.remove(0);
    defer(queue, job).await;
}

#[test]
fn a_wait_is_as_long_as_it_was_whatever_the_wall_clock_says() {
    run(async {
        for wall in [datetime!(1970-01-01 0:00 UTC), datetime!(2106-02-07 6:28 UTC)] {
            let spool = Spool::new();
            let (queue, _) = spool.open();
            put_and_defer(&queue).await;
            spool.hands.set_wall(wall);
            assert_eq!(claim(&queue).await.len(), 0, "{wall}: too early");
            spool.hands.pass(MINUTE);
            let job = claim(&queue).await.remove(0);
            let settled = defer(&queue, job).await;
            assert_eq!((settled.waiting.len(), settled.failed.len()), (1, 0), "{wall}: given up");
        }
    });
}

#[test]
fn a_machine_that_wakes_up_in_another_century_tries_again_and_gives_nothing_up() {
    run(async {
        for (wall, at_once) in [(datetime!(1970-01-01 0:00 UTC), false), (datetime!(2106-02-07 6:28 UTC), true)] {
            let spool = Spool::new();
            let (queue, _) = spool.open();
            put_and_defer(&queue).await;
            queue.close().await;
            spool.hands.set_wall(wall);
            let (queue, _) = spool.open();
            let mut jobs = claim(&queue).await;
            assert_eq!(jobs.len() == 1, at_once, "{wall}");
            if !at_once {
                spool.hands.pass(MINUTE);
                jobs = claim(&queue).await;
            }
            let settled = defer(&queue, jobs.remove(0)).await;
            assert_eq!((settled.waiting.len(), settled.failed.len()), (1, 0), "{wall}: given up");
        }
    });
}

#[test]
fn time_that_the_engine_did_not_run_counts() {
    run(async {
        let spool = Spool::new();
        let (queue, _) = spool.open();
        put_and_defer(&queue).await;
        queue.close().await;
        spool.hands.pass(MINUTE);
        let (queue, _) = spool.open();
        assert_eq!(claim(&queue).await.len(), 1);
        // A year of running ends it, as ever.
        spool.hands.pass(YEAR);
        let job = claim(&queue).await.remove(0);
        let settled = defer(&queue, job).await;
        assert_eq!((settled.waiting.len(), settled.failed.len(), settled.reports.len()), (0, 1, 1));
    });
}
