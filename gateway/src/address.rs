//! The path of a request, taken apart: base, segments, suffix (D2, D3).

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use crate::wire::Format;

/// The base path beside `/` (D2).
pub const BASE: &str = "/registry";

/// A path, as its raw form is split at slashes and each segment decoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// The base that the client used: [`BASE`] or nothing.
    pub base: &'static str,
    /// The segments below it, the last one without its suffix; none if the path cannot be one of ours.
    pub segments: Vec<String>,
    /// What the suffix of the last segment says, if it has one that is known.
    pub format: Option<Format>,
}

impl Address {
    /// Takes a raw path apart. Repeated slashes count as one (D2), those that are percent-encoded are none. What is odd (no
    /// UTF-8, a slash at the end, dots) leaves segments that match nothing.
    #[must_use]
    pub fn of(path: &str) -> Self {
        let path = single_slashes(path);
        let (base, rest) = match path.strip_prefix(BASE) {
            Some(rest) if rest.starts_with('/') => (BASE, rest),
            _ => ("", path.as_ref()),
        };
        let rest = rest.strip_prefix('/').unwrap_or(rest);
        let decoded: Option<Vec<String>> = rest
            .split('/')
            .map(|segment| percent_decode_str(segment).decode_utf8().ok().map(Cow::into_owned))
            .collect();
        let mut segments = decoded.unwrap_or_default();
        let mut format = None;
        if let Some(last) = segments.last_mut()
            && let Some((stem, suffix)) = last.rsplit_once('.')
        {
            format = Format::of_suffix(suffix);
            if format.is_some() {
                *last = stem.to_owned();
            }
        }
        Self { base, segments, format }
    }
}

fn single_slashes(path: &str) -> Cow<'_, str> {
    if !path.contains("//") {
        return path.into();
    }
    let mut single = String::with_capacity(path.len());
    for letter in path.chars() {
        if letter != '/' || !single.ends_with('/') {
            single.push(letter);
        }
    }
    single.into()
}

#[cfg(test)]
mod tests;
