//! `--mx`: where mail for a domain goes, and so which names senders look for. Names are looked up; nobody is connected to.

use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};
use crate::model::host_name::HostName;
use crate::model::moment::plural;
use crate::sys::dns::{Addresses, Answer, BlockingResolver, DnsError, Mx};
use crate::sys::library_error;

use super::LintOrder;

/// What DNS says of the domains.
#[derive(Debug, Default)]
pub(super) struct MailHosts {
    /// Each domain as an A-label name.
    pub domains: Vec<String>,
    /// Host names of the mail exchangers of all domains, each once, in the order in which senders try them.
    pub exchangers: Vec<String>,
    /// Why nobody knows where mail for the others goes, or that none can go there.
    pub unknown: Vec<Diagnostic>,
}

/// Asks DNS. A domain to which no mail can go, or of which nobody knows where it goes, is told in each report: there is nothing to hold
/// a certificate against.
pub(super) fn look_up(order: &LintOrder) -> Result<Reply<MailHosts>, Diagnostics> {
    let mut found = MailHosts::default();
    if order.mx.is_empty() {
        return Ok(found.into());
    }
    let resolver = BlockingResolver::new(&order.dns).map_err(|error| {
        Diagnostic::error("dns/unavailable", format!("DNS cannot be asked: {}", library_error::io(&error)))
    })?;
    let mut remarks = Vec::new();
    for domain in &order.mx {
        match exchangers(domain, &resolver) {
            Ok((hosts, remark)) => {
                found.domains.push(domain.to_string());
                remarks.push(remark);
                for host in hosts {
                    if !found.exchangers.contains(&host) {
                        found.exchangers.push(host);
                    }
                }
            }
            Err(error) => found.unknown.push(*error),
        }
    }
    Ok(Reply::new(found, remarks))
}

type Found = Result<(Vec<String>, Diagnostic), Box<Diagnostic>>;

fn exchangers(domain: &HostName, resolver: &BlockingResolver) -> Found {
    match resolver.mx(domain.as_str()) {
        Ok(answer) => of_records(domain, answer),
        // RFC 5321 section 5.1: without an MX record the domain is its own mail host, if it has an address.
        Err(DnsError::NoData { .. }) => match resolver.addresses(domain.as_str()) {
            Ok(addresses) => Ok(of_addresses(domain, &addresses)),
            Err(error) => Err(Box::new(without_host(domain, &error))),
        },
        Err(error) => Err(Box::new(unknown(domain, &error))),
    }
}

fn of_records(domain: &HostName, answer: Answer<Mx>) -> Found {
    let records: Vec<Mx> = answer.records.into_iter().filter(|record| !record.exchange.is_empty()).collect();
    if records.is_empty() {
        return Err(Box::new(null_mx(domain)));
    }
    let told: Vec<String> =
        records.iter().map(|record| format!("{} (preference {})", record.exchange, record.preference)).collect();
    let message = format!("mail for {domain} goes to {}", plural(records.len() as u64, "host"));
    let remark = Diagnostic::note("dns/mx", message).fact(told.join(", ")).fact(vouched(answer.vouched));
    Ok((records.into_iter().map(|record| record.exchange).collect(), remark))
}

fn of_addresses(domain: &HostName, addresses: &Addresses) -> (Vec<String>, Diagnostic) {
    let remark =
        Diagnostic::note("dns/mx", format!("{domain} has no MX record, so that mail for it goes to {domain} itself"))
            .fact(vouched(addresses.vouched));
    (vec![domain.to_string()], remark)
}

/// Senders that verify an MX host name from unsigned DNS trust whoever answered.
fn vouched(vouched: bool) -> &'static str {
    match vouched {
        true => "DNSSEC vouches for it",
        false => "DNSSEC does not vouch for it, as far as this DNS server tells",
    }
}

fn null_mx(domain: &HostName) -> Diagnostic {
    refused("dns/null-mx", format!("{domain} takes no mail: it has a null MX record (RFC 7505)"))
        .help("name the domain that stands behind the @ of its addresses, or leave out --mx")
}

fn without_host(domain: &HostName, error: &DnsError) -> Diagnostic {
    match error.is_absent() {
        true => refused(
            "dns/no-mail-host",
            format!("no mail can go to {domain}: it has neither an MX record nor an address"),
        )
        .help(format!("publish an MX record for {domain}, or name its mail hosts with --hostname")),
        false => unknown(domain, error),
    }
}

fn unknown(domain: &HostName, error: &DnsError) -> Diagnostic {
    if error.is_absent() {
        return refused("dns/no-such-name", format!("there is no domain {domain} in DNS"))
            .help("look for a slip in the name, or ask the server that knows it: --dns ADDRESS");
    }
    refused("dns/no-answer", format!("nobody told where mail for {domain} goes: {error}"))
        .help("ask another server with --dns ADDRESS, or name the mail hosts with --hostname")
}

fn refused(code: &'static str, message: String) -> Diagnostic {
    Diagnostic::error(code, message)
}
