//! Times and sizes as people write them: `90s`, `5m`, `1h30m`, `3d`; `512K`, `50M`, `1G`.

/// Units of time with their seconds, the longest first.
const TIMES: [(char, u64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];
/// Units of size with their octets, the largest first.
const SIZES: [(char, u64); 3] = [('G', 1 << 30), ('M', 1 << 20), ('K', 1 << 10)];

/// Seconds of `90s`, `5m`, `1h30m`, `1h 30m`: numbers, each with its unit, the longest unit first.
pub fn parse_duration(text: &str) -> Option<u64> {
    let mut total: u64 = 0;
    let mut rest = text.trim();
    let mut units = TIMES.iter();
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, after) = rest.split_at_checked(digits)?;
        let unit = after.chars().next()?;
        // Each unit once and in order: `30m1h` is more likely a slip than a time.
        let (_, seconds) = units.find(|(letter, _)| letter.eq_ignore_ascii_case(&unit))?;
        total = total.checked_add(number.parse::<u64>().ok()?.checked_mul(*seconds)?)?;
        rest = after.get(1..)?.trim_start();
    }
    (!text.trim().is_empty()).then_some(total)
}

/// The shortest text that `parse_duration` reads as this many seconds.
pub fn duration(seconds: u64) -> String {
    if seconds == 0 {
        return "0s".to_owned();
    }
    let mut rest = seconds;
    let mut text = String::new();
    // Up to three days, hours are what people count delivery in.
    let units = if seconds <= 72 * 3_600 && seconds != 86_400 { &TIMES[1..] } else { &TIMES[..] };
    for (letter, unit) in units {
        if rest >= *unit {
            text.push_str(&format!("{}{letter}", rest / unit));
            rest %= unit;
        }
    }
    text
}

/// Octets of `50M`, `512K`, `1G`, `1000`; the units are powers of 1024, `MB` and `MiB` are read alike.
pub fn parse_size(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(digits)?;
    let number: u64 = number.parse().ok()?;
    let unit = unit.trim().to_ascii_uppercase();
    if unit.is_empty() {
        return Some(number);
    }
    let (_, octets) = SIZES
        .iter()
        .find(|(letter, _)| unit.strip_prefix(*letter).is_some_and(|rest| matches!(rest, "" | "B" | "IB")))?;
    number.checked_mul(*octets)
}

/// The shortest text that `parse_size` reads as this many octets.
pub fn size(octets: u64) -> String {
    let unit = SIZES.iter().find(|(_, unit)| octets >= *unit && octets.is_multiple_of(*unit));
    unit.map_or_else(|| octets.to_string(), |(letter, unit)| format!("{}{letter}", octets / unit))
}

/// `1,000,000`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_and_written_alike() {
        for (text, seconds) in [
            ("0s", 0),
            ("60s", 60),
            ("5m", 300),
            ("1h30m", 5_400),
            ("1H 30M", 5_400),
            ("72h", 259_200),
            ("3d", 259_200),
            ("30d", 2_592_000),
        ] {
            assert_eq!(parse_duration(text), Some(seconds), "{text}");
            assert_eq!(parse_duration(&duration(seconds)), Some(seconds), "{text}");
        }
        assert_eq!([60, 300, 3_600, 86_400, 259_200, 345_600].map(duration), ["1m", "5m", "1h", "1d", "72h", "4d"]);
        for text in ["", "60", "h", "1x", "30m1h", "1h1h", "-1s", "1.5h", "99999999999999999999d", "1µs"] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }

    #[test]
    fn sizes_are_read_and_written_alike() {
        for (text, octets) in
            [("1000", 1_000), ("512K", 524_288), ("50M", 52_428_800), ("50 MiB", 52_428_800), ("1gb", 1 << 30)]
        {
            assert_eq!(parse_size(text), Some(octets), "{text}");
            assert_eq!(parse_size(&size(octets)), Some(octets), "{text}");
        }
        for text in ["", "M", "1T", "50MX", "-1", "99999999999999999999", "99999999999999G"] {
            assert_eq!(parse_size(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!(
            [0, 999, 1_000, 65_535, 1_000_000_000].map(grouped),
            ["0", "999", "1,000", "65,535", "1,000,000,000"]
        );
    }
}
