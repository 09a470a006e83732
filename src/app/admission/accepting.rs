//! `--accept RULE --reason TEXT [--until DATE]`: what somebody lets pass, read and checked.

use time::Date;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use crate::inspect::rules;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::moment::{self, Moment};
use crate::operate::{Acceptance, NEVER_ACCEPTED};

use super::DEMO;
use super::agreement::ELSEWHERE;
use crate::app::rulesets::unknown_rule;

const DAY: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");

/// As given; one reason and one day stand for all rules, else there is one of each for every rule, in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Accepting {
    pub rules: Vec<String>,
    pub reasons: Vec<String>,
    pub until: Vec<String>,
}

impl Accepting {
    /// The error holds everything that is wrong.
    pub fn read(&self, now: Moment) -> Result<Vec<Acceptance>, Diagnostics> {
        let mut wrong = Vec::new();
        wrong.extend(self.rules.iter().filter_map(|rule| unacceptable(rule)));
        wrong.extend(self.until.iter().filter_map(|day| unusable_day(day, now)));
        wrong.extend(self.miscounted(
            "--reason",
            self.reasons.len(),
            self.reasons.iter().all(|text| text.trim().is_empty()),
        ));
        wrong.extend(self.miscounted("--until", self.until.len(), false));
        if let Some(errors) = Diagnostics::if_errors(wrong) {
            return Err(errors.with_fact("nothing was committed"));
        }
        let nth = |list: &[String], index: usize| list.get(index.min(list.len().saturating_sub(1))).cloned();
        let read = |(index, rule): (usize, &String)| {
            let reason = nth(&self.reasons, index).unwrap_or_default().trim().to_owned();
            Acceptance::new(rule.clone(), reason, nth(&self.until, index))
        };
        Ok(self.rules.iter().enumerate().map(read).collect())
    }

    fn miscounted(&self, option: &str, count: usize, is_blank: bool) -> Option<Diagnostic> {
        let rules = self.rules.len();
        let is_needed = option == "--reason" && rules > 0;
        let told = match count {
            0 if is_needed => {
                Diagnostic::error("accept/no-reason", "--accept needs a reason, which is kept with the revision")
            }
            _ if is_needed && is_blank => {
                Diagnostic::error("accept/no-reason", "the reason given with --reason is empty")
            }
            0 | 1 if rules > 0 || count == 0 => return None,
            count if count == rules => return None,
            _ => Diagnostic::error(
                "accept/count",
                format!("{option} stands {count} times beside --accept {rules} times"),
            )
            .fact("one stands for all, else each --accept has its own"),
        };
        Some(told.help("sealpost change commit --accept RULE --reason \"WHY\" --until 2027-01-31"))
    }
}

fn unacceptable(rule: &str) -> Option<Diagnostic> {
    if NEVER_ACCEPTED.contains(&rule) {
        let message = format!("{rule} can never be let pass: no engine could present such a profile");
        return Some(
            Diagnostic::error("accept/never", message)
                .help("sealpost role bind ROLE PROFILE, with one that has its key"),
        );
    }
    let is_known = [DEMO, ELSEWHERE].contains(&rule) || rules::find(rule).is_some();
    (!is_known).then(|| unknown_rule(rule))
}

fn unusable_day(day: &str, now: Moment) -> Option<Diagnostic> {
    let told = match Date::parse(day, DAY) {
        Ok(_) if day < moment::date(now).as_str() => {
            Diagnostic::error("accept/past", format!("{day} has passed, so that nothing would be let pass"))
                .fact(format!("today: {}", moment::date(now)))
        }
        Ok(_) => return None,
        Err(_) => Diagnostic::error("accept/day", format!("`{day}` is no day like 2027-01-31")),
    };
    Some(told.help("--until names the last day on which the finding is let pass"))
}

/// What was asked for and met nothing.
pub fn unneeded(asked: &[Acceptance], kept: &[Acceptance]) -> Vec<Diagnostic> {
    let is_kept = |rule: &str| kept.iter().any(|acceptance| acceptance.rule == rule);
    let unneeded = asked.iter().filter(|acceptance| !is_kept(&acceptance.rule));
    unneeded
        .map(|acceptance| {
            let rule = &acceptance.rule;
            Diagnostic::warning(
                "accept/unneeded",
                format!("no role that the change touches has a finding {rule}, so that nothing is let pass"),
            )
        })
        .collect()
}
