//! What a certificate or a request shall say: the flags that `cert new` and `cert request` share.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::app::identity::Wish;
use crate::model::private_key::KeyType;
use crate::model::subject::SubjectFields;

#[derive(Debug, Args)]
#[command(next_help_heading = "What it shall say")]
pub struct IdentityArgs {
    /// Take the names from the host name that this role uses: listener:NAME, outbound, https:INTERFACE …
    #[arg(long = "for", value_name = "ROLE")]
    pub role: Option<String>,

    /// Common name: the host name of the gateway; it is always among the names, too
    #[arg(long, value_name = "NAME")]
    cn: Option<String>,

    /// A further name, repeatable: DNS:, IP: or email: in front, or told from the value; wildcards as *.example.com
    #[arg(long = "san", value_name = "NAME")]
    names: Vec<String>,

    /// Organization, up to 64 characters
    #[arg(long, value_name = "TEXT")]
    org: Option<String>,

    /// Organizational unit, up to 64 characters
    #[arg(long, value_name = "TEXT")]
    unit: Option<String>,

    /// Locality or city, up to 128 characters
    #[arg(long, value_name = "TEXT")]
    locality: Option<String>,

    /// State or province, up to 128 characters
    #[arg(long, value_name = "TEXT")]
    state: Option<String>,

    /// Country, two letters
    #[arg(long, value_name = "CODE")]
    country: Option<String>,

    /// For servers (serverAuth); always so, and accepted for those who like to say it
    #[arg(long)]
    server: bool,

    /// For clients, too (clientAuth), such as outgoing mail; public authorities no longer sign this
    #[arg(long)]
    client: bool,
}

impl IdentityArgs {
    pub fn wish(&self) -> Wish {
        Wish {
            subject: SubjectFields {
                common_name: self.cn.clone(),
                organization: self.org.clone(),
                unit: self.unit.clone(),
                locality: self.locality.clone(),
                state: self.state.clone(),
                country: self.country.clone(),
            },
            names: self.names.clone(),
            client: self.client,
        }
    }
}

/// For `--key-type`.
pub fn key_type_parser() -> impl TypedValueParser<Value = KeyType> {
    PossibleValuesParser::new(KeyType::ALL.map(KeyType::as_str)).map(|name| name.parse::<KeyType>().unwrap_or_default())
}
