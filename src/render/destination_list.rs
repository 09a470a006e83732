//! `destination list`: the appliance's table. Its TLS column names the setting exactly, where the appliance says `On` for several.

use unicode_width::UnicodeWidthStr;

use crate::app::destination_list::DestinationList;
use crate::app::views::destination::DestinationRow;

use super::answer::Answer;
use super::page::Page;

/// Both lines of each heading, and the least width of its column.
const COLUMNS: [(&str, &str, usize); 6] = [
    ("", "Domain", 6),
    ("Rate", "Limiting", 8),
    ("", "TLS", 11),
    ("Bounce", "Verification", 12),
    ("Bounce", "Profile", 7),
    ("IP Version", "Preference", 12),
];
const INHERITED: &str = "Default";

impl Answer for DestinationList {
    const SCHEMA: &'static str = "sealpost.destination-list/1";

    fn page(&self, page: &mut Page) {
        let rows: Vec<[String; 6]> = self.rows.iter().chain([&self.default]).map(cells).collect();
        let mut widths = COLUMNS.map(|(_, _, width)| width);
        for row in &rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = cell.width().max(*width);
            }
        }
        line(page, &COLUMNS.map(|(above, _, _)| above.to_owned()), &widths);
        line(page, &COLUMNS.map(|(_, name, _)| name.to_owned()), &widths);
        line(page, &widths.map(|width| "=".repeat(width)), &widths);
        rows.iter().for_each(|row| line(page, row, &widths));
    }
}

/// What comes from outside is escaped here, before it is measured.
fn cells(row: &DestinationRow) -> [String; 6] {
    let is_limited = row.concurrency.is_some() || row.messages_per_connection.is_some() || row.recipients.is_some();
    let verification = row.bounce_verification.map_or(INHERITED, |on| if on { "On" } else { "Off" });
    [
        Page::plain(&row.domain),
        (if is_limited { "On" } else { INHERITED }).to_owned(),
        row.tls.map_or(INHERITED, tls).to_owned(),
        verification.to_owned(),
        row.bounce_profile.as_deref().map_or_else(|| INHERITED.to_owned(), Page::plain),
        row.ip_preference.map_or(INHERITED, ip_preference).to_owned(),
    ]
}

fn line(page: &mut Page, cells: &[String; 6], widths: &[usize; 6]) {
    let mut text = String::new();
    for (cell, width) in cells.iter().zip(widths) {
        text.push_str(cell);
        text.push_str(&" ".repeat(width.saturating_sub(cell.width()) + 2));
    }
    page.painted_line(text.trim_end());
}

fn tls(word: &'static str) -> &'static str {
    match word {
        "no" => "Off",
        "preferred" => "Preferred",
        "required" => "Required",
        "preferred-verify" => "Pref-Verify",
        "required-verify" => "Req-Verify",
        "required-verify-hosted" => "Req-Hosted",
        other => other,
    }
}

fn ip_preference(word: &'static str) -> &'static str {
    match word {
        "prefer-v6" => "Prefer IPv6",
        "require-v6" => "Require IPv6",
        "prefer-v4" => "Prefer IPv4",
        "require-v4" => "Require IPv4",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::configuration::{DeliveryTls, Destination, Destinations};

    #[test]
    fn the_table_is_the_one_of_the_appliance() {
        let row = Destination { tls: Some(DeliveryTls::Required), ..Destination::default() };
        let list = DestinationList {
            entries: 2,
            rows: vec![DestinationRow::of("example.com", &row)],
            default: DestinationRow::of("(Default)", &Destinations::default().controls(None).in_full()),
        };
        let mut page = Page::new(false);
        list.page(&mut page);
        let wanted = "             Rate                   Bounce        Bounce     IP Version
Domain       Limiting  TLS          Verification  Profile    Preference
===========  ========  ===========  ============  =========  ============
example.com  Default   Required     Default       Default    Default
(Default)    On        Off          Off           (Default)  Prefer IPv6
";
        assert_eq!(std::str::from_utf8(page.data()).unwrap(), wanted);
    }
}
