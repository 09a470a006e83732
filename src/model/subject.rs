//! The subject that an operator asks for: six attributes with the limits of RFC 5280 appendix A.1.

use x509_parser::prelude::FromDer;
use x509_parser::x509::X509Name;

use super::country;
use super::distinguished_name::DistinguishedName;

/// An attribute of the subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Attribute {
    CommonName,
    Organization,
    OrganizationalUnit,
    Locality,
    State,
    Country,
}

impl Attribute {
    /// In words, as the dialogue asks for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Attribute::CommonName => "common name",
            Attribute::Organization => "organization",
            Attribute::OrganizationalUnit => "organizational unit",
            Attribute::Locality => "locality",
            Attribute::State => "state or province",
            Attribute::Country => "country",
        }
    }

    /// As RFC 4514 writes it.
    pub fn keyword(self) -> &'static str {
        match self {
            Attribute::CommonName => "CN",
            Attribute::Organization => "O",
            Attribute::OrganizationalUnit => "OU",
            Attribute::Locality => "L",
            Attribute::State => "ST",
            Attribute::Country => "C",
        }
    }

    /// Most characters that a value may have (RFC 5280 appendix A.1, `ub-…`).
    pub fn limit(self) -> usize {
        match self {
            Attribute::CommonName | Attribute::Organization | Attribute::OrganizationalUnit => 64,
            Attribute::Locality | Attribute::State => 128,
            Attribute::Country => 2,
        }
    }
}

/// Why a value cannot stand in a subject.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubjectError {
    #[error("the {} is empty", .0.as_str())]
    Empty(Attribute),
    #[error("the {} has {length} characters, and the limit is {}", .attribute.as_str(), .attribute.limit())]
    TooLong { attribute: Attribute, length: usize, value: String },
    #[error("the {} contains the control character {character:?}", .attribute.as_str())]
    Control { attribute: Attribute, character: char },
    /// With the code that was probably meant.
    #[error("`{given}` is no two-letter country code (ISO 3166-1)")]
    Country { given: String, suggestion: Option<&'static str> },
}

/// The attributes as the operator gave them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SubjectFields {
    pub common_name: Option<String>,
    pub organization: Option<String>,
    pub unit: Option<String>,
    pub locality: Option<String>,
    pub state: Option<String>,
    pub country: Option<String>,
}

impl SubjectFields {
    /// What a certificate or request says; the last value of each attribute, as for the common name.
    pub fn of(name: &DistinguishedName) -> SubjectFields {
        let mut fields = SubjectFields::default();
        let Ok((_, parsed)) = X509Name::from_der(name.der()) else { return fields };
        for attribute in parsed.iter_attributes() {
            let field = match attribute.attr_type().to_id_string().as_str() {
                "2.5.4.3" => &mut fields.common_name,
                "2.5.4.6" => &mut fields.country,
                "2.5.4.7" => &mut fields.locality,
                "2.5.4.8" => &mut fields.state,
                "2.5.4.10" => &mut fields.organization,
                "2.5.4.11" => &mut fields.unit,
                _ => continue,
            };
            *field = attribute.as_str().ok().map(str::to_owned);
        }
        fields
    }
}

/// A subject whose values fit. Spaces around a value are gone, the country is in capitals.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject(Vec<(Attribute, String)>);

impl Subject {
    /// Checks every value; all that is wrong comes back at once.
    pub fn new(fields: &SubjectFields) -> Result<Subject, Vec<SubjectError>> {
        // From the country down to the name: the order of X.520 and of every other tool.
        let given = [
            (Attribute::Country, &fields.country),
            (Attribute::State, &fields.state),
            (Attribute::Locality, &fields.locality),
            (Attribute::Organization, &fields.organization),
            (Attribute::OrganizationalUnit, &fields.unit),
            (Attribute::CommonName, &fields.common_name),
        ];
        let mut attributes = Vec::new();
        let mut errors = Vec::new();
        for (attribute, value) in given {
            match value.as_deref().map(|value| check(attribute, value)) {
                Some(Ok(value)) => attributes.push((attribute, value)),
                Some(Err(error)) => errors.push(error),
                None => {}
            }
        }
        if errors.is_empty() { Ok(Subject(attributes)) } else { Err(errors) }
    }

    /// In the order in which they are encoded, the common name last.
    pub fn attributes(&self) -> impl Iterator<Item = (Attribute, &str)> {
        self.0.iter().map(|(attribute, value)| (*attribute, value.as_str()))
    }

    pub fn common_name(&self) -> Option<&str> {
        self.attributes().find(|(attribute, _)| *attribute == Attribute::CommonName).map(|(_, value)| value)
    }
}

fn check(attribute: Attribute, given: &str) -> Result<String, SubjectError> {
    if let Some(character) = given.chars().find(|c| c.is_control()) {
        return Err(SubjectError::Control { attribute, character });
    }
    let value = given.trim();
    if value.is_empty() {
        return Err(SubjectError::Empty(attribute));
    }
    if attribute == Attribute::Country {
        return country::code(value)
            .map_err(|suggestion| SubjectError::Country { given: value.to_owned(), suggestion });
    }
    match value.chars().count() {
        length if length > attribute.limit() => {
            Err(SubjectError::TooLong { attribute, length, value: value.to_owned() })
        }
        _ => Ok(value.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields() -> SubjectFields {
        SubjectFields { common_name: Some("mx1.example.com".into()), ..SubjectFields::default() }
    }

    #[test]
    fn values_at_the_limit_fit_and_one_more_character_does_not() {
        for (limit, set) in [
            (64, (|f, v| f.common_name = v) as fn(&mut SubjectFields, Option<String>)),
            (64, |f, v| f.organization = v),
            (64, |f, v| f.unit = v),
            (128, |f, v| f.locality = v),
            (128, |f, v| f.state = v),
        ] {
            let mut fields = fields();
            // Characters are counted, not octets.
            set(&mut fields, Some("ü".repeat(limit)));
            assert!(Subject::new(&fields).is_ok());
            set(&mut fields, Some("ü".repeat(limit + 1)));
            let errors = Subject::new(&fields).unwrap_err();
            assert!(
                matches!(&errors[..], [SubjectError::TooLong { length, .. }] if *length == limit + 1),
                "{errors:?}"
            );
        }
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        let errors = Subject::new(&SubjectFields {
            common_name: Some("a".repeat(65)),
            organization: Some("  ".into()),
            locality: Some("Zü\x1brich".into()),
            country: Some("DEU".into()),
            ..SubjectFields::default()
        })
        .unwrap_err();
        assert_eq!(errors.len(), 4, "{errors:?}");
        assert!(errors.contains(&SubjectError::Country { given: "DEU".into(), suggestion: Some("DE") }));
        assert!(errors.contains(&SubjectError::Control { attribute: Attribute::Locality, character: '\x1b' }));
    }

    #[test]
    fn the_common_name_comes_last_and_the_country_is_in_capitals() {
        let mut fields = fields();
        fields.country = Some("de".into());
        fields.organization = Some(" Example GmbH ".into());
        let subject = Subject::new(&fields).unwrap();
        let text: Vec<String> = subject.attributes().map(|(a, v)| format!("{}={v}", a.keyword())).collect();
        assert_eq!(text, ["C=DE", "O=Example GmbH", "CN=mx1.example.com"]);
        assert_eq!(subject.common_name(), Some("mx1.example.com"));
    }
}
