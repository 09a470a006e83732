//! The parameters behind the paths of MAIL and RCPT (RFC 5321 section 4.1.2): `KEYWORD=value`.

use super::reply::Reply;

/// Splits parameters into keywords in capitals and values. Each keyword may stand once.
pub fn split(text: &str) -> Result<Vec<(String, Option<&str>)>, Reply> {
    let mut found: Vec<(String, Option<&str>)> = Vec::new();
    if !text.is_empty() && !text.starts_with(' ') {
        return Err(Reply::new(501, 5, 4, "Something stands right behind the path"));
    }
    for word in text.split_ascii_whitespace() {
        let (keyword, value) = word.split_once('=').map_or((word, None), |(keyword, value)| (keyword, Some(value)));
        let keyword = keyword.to_ascii_uppercase();
        if found.iter().any(|(known, _)| *known == keyword) {
            return Err(Reply::new(501, 5, 4, "A parameter stands twice"));
        }
        found.push((keyword, value));
    }
    Ok(found)
}

/// RFC 5321 section 4.1.1.11.
pub fn unknown() -> Reply {
    Reply::new(555, 5, 4, "A parameter is not known here")
}

pub fn bad_value(keyword: &str) -> Reply {
    // Keywords are ours: only known ones come here.
    Reply::new(501, 5, 4, format!("The value of {keyword} cannot be used"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_split_and_none_may_stand_twice() {
        let split = |text| split(text).map_err(|reply| reply.code);
        assert_eq!(split(""), Ok(vec![]));
        assert_eq!(split(" size=1  BODY=8BITMIME SMTPUTF8").unwrap().len(), 3);
        assert_eq!(split(" envid=a=b").unwrap(), [("ENVID".to_owned(), Some("a=b"))]);
        assert_eq!(split("SIZE=1"), Err(501));
        assert_eq!(split(" SIZE=1 size=2"), Err(501));
    }
}
