//! How a profile stands, in one word, from what lists read anyway.

use super::moment::Moment;
use super::profile::{ChainEnd, ProfileSummary};

/// The most pressing thing about a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ProfileStatus {
    Active,
    /// `cert/expires-soon` says the same.
    Expiring,
    Expired,
    NotYetValid,
    /// No authority has answered yet.
    RequestPending,
    /// An issuer between the certificate and a root is missing.
    ChainIncomplete,
    /// The built-in profile, which proves nothing to anybody.
    Demo,
}

impl ProfileStatus {
    pub fn of(profile: &ProfileSummary, now: Moment) -> ProfileStatus {
        let Some(certificate) = &profile.certificate else { return ProfileStatus::RequestPending };
        if certificate.not_after() < now {
            return ProfileStatus::Expired;
        }
        if certificate.not_before() > now {
            return ProfileStatus::NotYetValid;
        }
        if profile.record.demo {
            return ProfileStatus::Demo;
        }
        // Above an intermediate, what is missing may be a private root that its peers have.
        if profile.record.chain_end == Some(ChainEnd::Open) && profile.intermediates.is_empty() {
            return ProfileStatus::ChainIncomplete;
        }
        match certificate.expires_soon_at(now) {
            true => ProfileStatus::Expiring,
            false => ProfileStatus::Active,
        }
    }

    /// As the listing prints it.
    pub fn as_str(self) -> &'static str {
        match self {
            ProfileStatus::Active => "Active",
            ProfileStatus::Expiring => "Expiring",
            ProfileStatus::Expired => "Expired",
            ProfileStatus::NotYetValid => "NotYetValid",
            ProfileStatus::RequestPending => "Request pending",
            ProfileStatus::ChainIncomplete => "Chain incomplete",
            ProfileStatus::Demo => "Demo",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::certificate::Certificate;
    use crate::model::profile::ProfileRecord;
    use time::Duration;
    use time::macros::datetime;

    const BEGIN: Moment = datetime!(2026-01-01 0:00 UTC);

    fn status(days: i64, at: Duration, change: impl FnOnce(&mut ProfileRecord)) -> ProfileStatus {
        let mut parameters = rcgen::CertificateParams::new(vec!["mx1.example.com".to_owned()]).unwrap();
        (parameters.not_before, parameters.not_after) = (BEGIN, BEGIN + Duration::days(days));
        let made = parameters.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap();
        let mut record = ProfileRecord::new(BEGIN);
        change(&mut record);
        let summary = ProfileSummary {
            name: "mx".parse().unwrap(),
            record,
            certificate: Some(Certificate::from_der(made.der()).unwrap()),
            request: None,
            intermediates: Vec::new(),
            root: None,
        };
        ProfileStatus::of(&summary, BEGIN + at)
    }

    #[test]
    fn a_long_life_expires_two_weeks_ahead_and_a_short_one_in_its_last_third() {
        for (days, at, wanted) in [
            (397, -1, ProfileStatus::NotYetValid),
            (397, 0, ProfileStatus::Active),
            (397, 383, ProfileStatus::Active),
            (397, 384, ProfileStatus::Expiring),
            (397, 397, ProfileStatus::Expiring),
            (397, 398, ProfileStatus::Expired),
            (6, 4, ProfileStatus::Active),
            (6, 5, ProfileStatus::Expiring),
        ] {
            assert_eq!(status(days, Duration::days(at), |_| ()), wanted, "{days} days, day {at}");
        }
    }

    #[test]
    fn what_the_record_says_comes_before_expiring_and_after_expired() {
        let open = |record: &mut ProfileRecord| record.chain_end = Some(ChainEnd::Open);
        assert_eq!(status(397, Duration::days(390), open), ProfileStatus::ChainIncomplete);
        assert_eq!(status(397, Duration::days(399), open), ProfileStatus::Expired);
        assert_eq!(status(397, Duration::days(1), |record| record.demo = true), ProfileStatus::Demo);
    }
}
