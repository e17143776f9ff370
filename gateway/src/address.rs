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
mod tests {
    use super::*;

    #[test]
    fn paths_are_taken_apart() {
        for (path, base, segments, format) in [
            ("/registry/co_person_roles.json", BASE, vec!["co_person_roles"], Some(Format::Json)),
            ("/co_person_roles/7.xml", "", vec!["co_person_roles", "7"], Some(Format::Xml)),
            ("/registry.json", "", vec!["registry"], Some(Format::Json)),
            ("/registry/registry/cous.json", BASE, vec!["registry", "cous"], Some(Format::Json)),
            ("/registryx/cous.json", "", vec!["registryx", "cous"], Some(Format::Json)),
            ("/cous", "", vec!["cous"], None),
            ("/cous.JSON", "", vec!["cous.JSON"], None),
            ("/cous.json.txt", "", vec!["cous.json.txt"], None),
            ("/a/copersonid%3A5%2ejson", "", vec!["a", "copersonid:5"], Some(Format::Json)),
            ("/cous/a%2Fb.json", "", vec!["cous", "a/b"], Some(Format::Json)),
            ("//cous.json", "", vec!["cous"], Some(Format::Json)),
            ("/registry//cous///7.json", BASE, vec!["cous", "7"], Some(Format::Json)),
            ("//registry/cous.json", BASE, vec!["cous"], Some(Format::Json)),
            ("/cous/%2F7.json", "", vec!["cous", "/7"], Some(Format::Json)),
            ("/cous.json//", "", vec!["cous.json", ""], None),
            ("/cous/.json", "", vec!["cous", ""], Some(Format::Json)),
            ("/cous.json/", "", vec!["cous.json", ""], None),
            ("/%ff.json", "", vec![], None),
            ("/", "", vec![""], None),
            ("*", "", vec!["*"], None),
            ("", "", vec![""], None),
        ] {
            let address = Address::of(path);
            assert_eq!(
                (address.base, address.segments, address.format),
                (base, segments.into_iter().map(str::to_owned).collect(), format),
                "{path}"
            );
        }
    }
}
