//! Bounce verification over SMTP: what leaves is tagged where the destination asks for it, and bounces that come in are checked.

use std::sync::Arc;

use sealpost::deliver::bounce_verification::BounceVerifier;
use sealpost::deliver::dispatch;
use sealpost::deliver::engine::{InUse, Shared};
use sealpost::deliver::live::Live;
use sealpost::deliver::mail_log::MailLog;
use sealpost::deliver::sink::farm::Authority;
use sealpost::model::moment::Moment;
use sealpost::sys::clock;
use time::Duration;

use crate::fake_dns::FakeDns;
use crate::gate::{Gate, Wish};
use crate::spool::{Spool, body, envelope, message};
use crate::support::smtp::Client;
use crate::world::{Farm, gateway, run};

const REJECTING: &str = "[destination]\nbounce-verification = true\n\
                         [bounce-verification]\nkeys = [\"first secret\", \"older secret\"]\nreject = true\n";
const MARKING: &str =
    "[destination]\nbounce-verification = true\n[bounce-verification]\nkeys = [\"first secret\", \"older secret\"]\n";

fn wish(rest: &str) -> Wish<'_> {
    Wish { rest, ..Wish::default() }
}

/// `user@example.com` as it leaves from a gateway with this configuration.
fn tagged(rest: &str, at: Moment) -> String {
    let verifier = BounceVerifier::new(&wish(rest).configuration()).unwrap();
    verifier.tag(&"user@example.com".parse().unwrap(), at).to_string()
}

#[track_caller]
fn bounce(gate: &Gate, to: &str, expected: &str) -> Client {
    let mut client = gate.client();
    client.ask("MAIL FROM:<>", "250 ");
    client.ask(&format!("RCPT TO:<{to}>"), expected);
    client
}

/// Who the last message in the queue is for.
fn queued(gate: &Gate) -> String {
    gate.queued().last().unwrap().recipients[0].waiting.recipient.address.to_string()
}

#[test]
fn bounces_of_our_own_mail_come_in_without_their_tag() {
    let gate = Gate::with(wish(REJECTING));
    let older = "[bounce-verification]\nkeys = [\"older secret\"]\n";
    for genuine in [tagged(REJECTING, clock::now()), tagged(older, clock::now() - Duration::days(6))] {
        assert!(genuine.starts_with("prvs=") && genuine.ends_with("=user@example.com"), "{genuine}");
        let mut client = bounce(&gate, &genuine, "250 2.1.5 ");
        client.ask("DATA", "354 ");
        client.send("Subject: undelivered\r\n\r\nsorry\r\n.\r\n");
        client.expect("250 ", "the bounce");
        assert_eq!(queued(&gate), "user@example.com");
    }
    assert_eq!(gate.queued().len(), 2);
}

#[test]
fn bounces_that_answer_nothing_of_ours_are_refused_and_everything_else_is_not() {
    let gate = Gate::with(wish(REJECTING));
    let expired = tagged(REJECTING, clock::now() - Duration::days(30));
    let forged = tagged("[bounce-verification]\nkeys = [\"somebody else's\"]\n", clock::now());
    let stolen = tagged(REJECTING, clock::now()).replace("=user@", "=boss@");
    for bad in [expired.as_str(), &forged, &stolen, "user@example.com"] {
        bounce(&gate, bad, "550 5.7.1 This bounce answers no message");
    }
    gate.log_has("Rejected reply=\"550 5.7.1 This bounce answers no message");
    // With a sender it is no bounce; the tag is taken off all the same, because somebody answers by hand.
    let mut client = gate.client();
    assert!(client.message("user@example.com", "Subject: hi\r\n\r\nhi").starts_with("250 "));
    client.ask("MAIL FROM:<me@client.example>", "250 ");
    client.ask(&format!("RCPT TO:<{expired}>"), "250 ");
    client.ask("DATA", "354 ");
    client.send("Subject: hi\r\n\r\nhi\r\n.\r\n");
    client.expect("250 ", "an answer by hand");
    assert_eq!(queued(&gate), "user@example.com");
}

#[test]
fn where_bounces_are_not_refused_they_are_marked() {
    let gate = Gate::with(wish(MARKING));
    let mut client = bounce(&gate, "user@example.com", "250 ");
    client.ask("DATA", "354 ");
    client.send("Subject: undelivered\r\n\r\nsorry\r\n.\r\n");
    client.expect("250 ", "the bounce");
    let text = gate.message();
    assert!(text.contains("\r\nX-Bounce-Verification: failed\r\nSubject: undelivered\r\n"), "{text}");
}

#[test]
fn who_may_relay_is_not_checked_and_nobody_is_where_nothing_is_tagged() {
    let relaying = format!(
        "{REJECTING}[listener.In.policy.RELAYED]\naction = \"RELAY\"\n[[listener.In.group]]\nname = \"ALL\"\npolicy = \"RELAYED\"\nsenders = [\"ALL\"]\n"
    );
    bounce(&Gate::with(wish(&relaying)), "user@example.com", "250 ");
    // The keys are there, and no destination asks for tags: a bounce without one is an honest bounce.
    let untagged = REJECTING.replace("bounce-verification = true", "bounce-verification = false");
    bounce(&Gate::with(wish(&untagged)), "user@example.com", "250 ");
    let elsewhere = format!("{untagged}[destination.\"example.net\"]\nbounce-verification = true\n");
    bounce(&Gate::with(wish(&elsewhere)), "user@example.com", "550 5.7.1 ");
}

/// The switch is the destination's: to one host the sender leaves with a tag, to the other as it is.
#[test]
fn what_leaves_is_tagged_where_the_destination_asks_for_it() {
    run(async {
        let authority = Authority::new(clock::now()).unwrap();
        let (one, two) = (Farm::good(&authority, &["one.example"]), Farm::good(&authority, &["two.example"]));
        let (one, two) = (one.start().await, two.start().await);
        let toml = format!(
            "[listener.In]\ninterface = \"Data\"\nport = 2525\ndomains = [\"us.example\"]\n\
             [route.\"one.example\"]\nhosts = [\"{}\"]\n[route.\"two.example\"]\nhosts = [\"{}\"]\n\
             [destination.\"one.example\"]\nbounce-verification = true\n\
             [bounce-verification]\nkeys = [\"first secret\"]\n",
            one.address, two.address
        );
        let (dns, _) = FakeDns::zone("");
        let spool = Spool::new();
        let (queue, _) = spool.open();
        let live = Live::load(gateway(&toml, dns.address, &[])).unwrap();
        let verifier = BounceVerifier::new(live.configuration()).unwrap();
        let (shared, stop) = Shared::new(InUse::new(live), queue, MailLog::nowhere());
        let running = tokio::spawn(dispatch::run(Arc::clone(&shared)));
        for sender in ["me@us.example", "guest@elsewhere.example"] {
            let body = body(&shared.queue, &message(1, 500)).await.unwrap();
            let mut envelope = envelope(&["a@one.example", "b@two.example"]);
            envelope.sender = sender.parse().unwrap();
            shared.queue.accept(envelope, body).await.unwrap();
        }
        let (mut tagged, mut plain) = (Vec::new(), Vec::new());
        for _ in 0..3_000 {
            tagged.extend(one.messages().into_iter().map(|message| message.sender));
            plain.extend(two.messages().into_iter().map(|message| message.sender));
            if tagged.len() + plain.len() >= 4 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        tagged.sort();
        plain.sort();
        assert_eq!(plain, ["guest@elsewhere.example", "me@us.example"]);
        // Bounces for strangers come back to their own servers, which know no tags.
        assert_eq!(tagged[0], "guest@elsewhere.example");
        assert!(tagged[1].starts_with("prvs=") && tagged[1].ends_with("=me@us.example"), "{tagged:?}");
        let checked = verifier.check(&tagged[1].parse().unwrap(), clock::now());
        assert_eq!(checked, sealpost::deliver::bounce_verification::Verdict::Genuine("me@us.example".parse().unwrap()));
        stop.send_replace(true);
        running.await.unwrap();
        shared.queue.close().await;
    });
}
