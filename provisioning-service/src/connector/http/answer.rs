//! What an answer of a server means.

use chrono::{DateTime, Duration, Utc};
use reqwest::{Method, StatusCode};

use crate::{connector::words, domain::outcome::ConnectorError};

/// What a server said.
#[derive(Clone, Copy, Debug)]
pub(in crate::connector) struct Said<'a> {
    /// How it calls the outcome.
    pub(in crate::connector) status: StatusCode,
    /// When it wants to be called again.
    pub(in crate::connector) retry_after: Option<&'a str>,
    /// The revision that it has, if that is newer than the one that was sent.
    pub(in crate::connector) newer: Option<i64>,
    /// Its own words.
    pub(in crate::connector) words: Option<&'a str>,
}

/// Reads an answer: done, to be tried again, or refused.
pub(in crate::connector) fn judge(method: &Method, said: Said<'_>, now: DateTime<Utc>) -> Result<(), ConnectorError> {
    let status = said.status;
    let gone = matches!(status, StatusCode::NOT_FOUND | StatusCode::GONE);
    if status.is_success() || (*method == Method::DELETE && gone) {
        return Ok(());
    }
    let message = match said.words.map(plain).filter(|words| !words.is_empty()) {
        Some(words) => format!("The server answered {status}: {words}"),
        None => format!("The server answered {status}."),
    };
    if let (StatusCode::CONFLICT | StatusCode::PRECONDITION_FAILED, Some(newer)) = (status, said.newer) {
        return Err(ConnectorError::Outdated { message: format!("The target is already at a newer state, {newer}.") });
    }
    let retry_after = said.retry_after.and_then(|text| wait(text, now));
    // Somebody between here and there lost sight of the call; what only reads has no effect to wonder about.
    if *method != Method::GET && matches!(status, StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT) {
        return Err(ConnectorError::Unknown { message, retry_after });
    }
    // A server that has not what was asked of it (501) does not get it by waiting, and has all else.
    let heals = matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS)
        || (status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED);
    if heals {
        return Err(ConnectorError::Retryable { message, retry_after });
    }
    if status.is_redirection() {
        let message = format!("{message} Redirects are not followed; configure the address that it leads to.");
        return Err(ConnectorError::Permanent { message });
    }
    Err(ConnectorError::Permanent { message })
}

/// A server's own words as a sentence on one line.
fn plain(said: &str) -> String {
    let line = words::cut(words::blanked(said));
    let line = line.trim();
    if line.is_empty() || line.ends_with('.') { line.to_owned() } else { format!("{line}.") }
}

/// Reads `Retry-After`: seconds, or a date.
fn wait(text: &str, now: DateTime<Utc>) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<u32>() {
        return Some(Duration::seconds(i64::from(seconds)));
    }
    let date = DateTime::parse_from_rfc2822(text).ok()?;
    Some((date.with_timezone(&Utc) - now).max(Duration::zero()))
}

#[cfg(test)]
mod tests;
