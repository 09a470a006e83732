//! Tables as the appliance's listings: a heading, a rule, columns as wide as their widest value. Nothing is ever cut.

use comfy_table::{LineStyle, Table, TableStyle};

use super::page::Page;

/// Prints `rows` below `heading`; values are escaped here.
pub fn print(page: &mut Page, heading: &[&str], rows: impl Iterator<Item = Vec<String>>) {
    let mut table = Table::new();
    table.load_style(TableStyle::new().header_separator(LineStyle::none().fill('-').junction('-')));
    table.set_header(heading.iter().copied());
    for row in rows {
        table.add_row(row.iter().map(|value| Page::plain(value)));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    for line in table.lines() {
        page.painted_line(line.trim_end());
    }
}
