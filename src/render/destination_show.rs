//! `destination show`.

use crate::app::destination_show::{DestinationSetting, DestinationShown, SettingFrom};

use super::answer::Answer;
use super::page::{Page, Style};

impl Answer for DestinationShown {
    const SCHEMA: &'static str = "sealpost.destination-show/1";

    fn page(&self, page: &mut Page) {
        let title = match &self.domain {
            Some(domain) if *domain == self.row => domain.clone(),
            Some(domain) => format!("{domain} (row {})", self.row),
            None => self.row.clone(),
        };
        page.painted_line(&page.paint(Style::Strong, &title));
        let name = self.settings.iter().map(|setting| setting.name.len()).max().unwrap_or_default();
        let value = self.settings.iter().map(|setting| shown(setting).len()).max().unwrap_or_default();
        for setting in &self.settings {
            let from = match setting.from {
                SettingFrom::Row => "",
                SettingFrom::Default if self.domain.is_none() => "",
                SettingFrom::Default => "from the default row",
                SettingFrom::Factory => "unless set",
            };
            let line = format!("  {:name$}  {:value$}  ", setting.name, Page::plain(shown(setting)));
            page.painted_line(format!("{line}{}", page.paint(Style::Faint, from)).trim_end());
        }
    }
}

fn shown(setting: &DestinationSetting) -> &str {
    if setting.value.is_empty() { "-" } else { &setting.value }
}
