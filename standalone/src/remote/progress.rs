//! How far something is, on one line of the terminal.

use std::io::{self, IsTerminal as _, Write as _};

use serde_json::Value;

use crate::remote::record::{field, number};

/// Of what width the bar is.
const WIDTH: i64 = 30;

/// A line on standard error that is written over, if that is a terminal; it is gone when this is dropped.
pub(super) struct Progress {
    is_shown: bool,
}

impl Progress {
    pub(super) fn new() -> Self {
        Self { is_shown: io::stderr().is_terminal() }
    }

    pub(super) fn show(&self, text: &str) {
        if self.is_shown {
            // Nobody is helped by an error of the line that says how far it is.
            let _unseen = write!(io::stderr().lock(), "\r\u{1b}[K{text}");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.show("");
    }
}

/// How far a request is, as its monitor says (D58).
pub(super) fn of_request(record: &Value) -> String {
    let (id, status, total) = (field(record, "Id"), field(record, "Status"), number(record, "Total"));
    if total == 0 {
        return format!("Request {id} is {status}.");
    }
    let (done, failed) = (number(record, "Done"), number(record, "FailedCount"));
    let ended = (done + failed).clamp(0, total);
    let full = usize::try_from(ended * WIDTH / total).unwrap_or_default();
    let rest = usize::try_from(WIDTH).unwrap_or_default() - full;
    let mut text =
        format!("[{}{}] {:>3} %  {ended} of {total}", "#".repeat(full), ".".repeat(rest), ended * 100 / total);
    if failed > 0 {
        text.push_str(&format!(", {failed} failed"));
    }
    if number(record, "Rate") > 0 {
        text.push_str(&format!(", {} a second", field(record, "Rate")));
    }
    let end = field(record, "EstimatedEnd");
    if !end.is_empty() {
        text.push_str(&format!(", until {end}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_bar_says_what_the_monitor_says() {
        let record = json!({ "Id": 4, "Status": "Running", "Total": 200, "Done": 90, "FailedCount": 10, "WaitingCount": 100,
            "Rate": 25, "EstimatedEnd": "2026-03-01 12:00:04" });
        assert_eq!(
            of_request(&record),
            "[###############...............]  50 %  100 of 200, 10 failed, 25 a second, until 2026-03-01 12:00:04"
        );
        assert_eq!(of_request(&json!({ "Id": 4, "Status": "Queued" })), "Request 4 is Queued.");
    }
}
