//! The Demo profile of a new home: it encrypts from the first minute, and no verifier will ever believe it.

use crate::model::certificate::SubjectAltName;
use crate::model::host_name::HostName;
use crate::model::identity::{Identity, Purposes};
use crate::model::moment::Moment;
use crate::model::private_key::{KeyType, PrivateKey};
use crate::model::profile::{ChainEnd, Profile};
use crate::model::profile_name::{DEMO, ProfileName};
use crate::model::subject::{Attribute, Subject, SubjectFields};

use super::making::{Validity, self_signed};

/// Ten years: nobody should be woken up by it.
const DAYS: u32 = 3650;

/// What kept it from being made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the Demo certificate could not be made: {0}")]
pub struct DemoError(pub String);

/// Makes a key on the spot and a self-signed certificate for `hostname`.
pub fn demo(hostname: &HostName, now: Moment) -> Result<Profile, DemoError> {
    let key = PrivateKey::generate(KeyType::EcdsaP256).map_err(|error| DemoError(error.to_string()))?;
    let certificate = self_signed(&identity(hostname)?, &key, Validity::days(DAYS, now))
        .map_err(|error| DemoError(error.to_string()))?;
    let mut profile = Profile::new(ProfileName::demo(), key, now);
    profile.certificate = Some(certificate);
    profile.record.demo = true;
    profile.record.chain_end = Some(ChainEnd::SelfSigned);
    Ok(profile)
}

fn identity(hostname: &HostName) -> Result<Identity, DemoError> {
    // A name that is too long for a common name stands in the SAN alone.
    let fits = hostname.as_str().len() <= Attribute::CommonName.limit();
    let fields = SubjectFields {
        common_name: fits.then(|| hostname.to_string()),
        organization: Some(DEMO.to_owned()),
        ..SubjectFields::default()
    };
    let subject = Subject::new(&fields)
        .map_err(|errors| DemoError(errors.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")))?;
    let names = vec![SubjectAltName::Dns(hostname.to_string())];
    Ok(Identity { subject, names, purposes: Purposes { server: true, client: true } })
}
