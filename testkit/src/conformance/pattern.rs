//! Patterns: the globs that select scenarios, and the regular expressions of the cases, which are written for Python.

use fancy_regex::Regex;

use super::error::KitError;

/// Tells whether `name` matches `glob`; `*` is any text (slashes too) and `?` any one character.
pub(super) fn glob_matches(glob: &str, name: &str) -> bool {
    let (glob, name): (Vec<char>, Vec<char>) = (glob.chars().collect(), name.chars().collect());
    let (mut g, mut n, mut star) = (0, 0, None);
    while let Some(&at_name) = name.get(n) {
        match glob.get(g) {
            Some('*') => {
                star = Some((g, n));
                g += 1;
            }
            Some(&at_glob) if at_glob == '?' || at_glob == at_name => {
                g += 1;
                n += 1;
            }
            // Let the last star swallow one character more.
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    g = at + 1;
                    n = from + 1;
                }
                None => return false,
            },
        }
    }
    glob.iter().skip(g).all(|c| *c == '*')
}

/// Compiles a pattern of the cases. With `dot_all`, a dot matches a line break too.
pub(super) fn compile(pattern: &str, dot_all: bool) -> Result<Regex, KitError> {
    let flags = if dot_all { "(?s)" } else { "" };
    Regex::new(&format!("{flags}{}", from_python(pattern)))
        .map_err(|error| KitError::new(format!("bad pattern /{pattern}/: {error}")))
}

/// Tells whether the pattern occurs in the text.
pub(super) fn occurs(pattern: &str, text: &str) -> Result<bool, KitError> {
    compile(pattern, true)?.is_match(text).map_err(|error| KitError::new(format!("bad pattern /{pattern}/: {error}")))
}

/// Returns the first group of the first match.
pub(super) fn first_group(pattern: &str, text: &str) -> Result<Option<String>, KitError> {
    let regex = compile(pattern, false)?;
    if regex.captures_len() < 2 {
        return Err(KitError::new(format!("/{pattern}/ has no group")));
    }
    let found = regex.captures(text).map_err(|error| KitError::new(format!("bad pattern /{pattern}/: {error}")))?;
    Ok(found.and_then(|groups| groups.get(1).map(|group| group.as_str().to_owned())))
}

/// Translates what Python spells otherwise: `\Z` is the very end, and `$` is the end or just before a last line break.
fn from_python(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut in_class = false;
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('Z') if !in_class => out.push_str(r"\z"),
                Some(escaped) => out.extend(['\\', escaped]),
                None => out.push('\\'),
            },
            '$' if !in_class => out.push_str(r"(?=\n?\z)"),
            _ => {
                if c == '[' {
                    in_class = true;
                } else if c == ']' {
                    in_class = false;
                }
                out.push(c);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_match_whole_names() {
        for (glob, name, matches) in [
            ("*", "role/add/minimal", true),
            ("role/*", "role/add/minimal", true),
            ("role/*/minimal", "role/add/minimal", true),
            ("role/?dd/*", "role/add/minimal", true),
            ("role/add", "role/add/minimal", false),
            ("role/*", "roles/add", false),
            ("*a*a", "aba", true),
            ("*a*b", "aba", false),
            ("", "", true),
            ("", "a", false),
        ] {
            assert_eq!(glob_matches(glob, name), matches, "{glob} against {name}");
        }
    }

    #[test]
    fn patterns_mean_what_they_mean_in_python() -> Result<(), KitError> {
        for (pattern, text, matches) in [
            ("(?=.*GET)(?=.*POST)", "POST, GET", true),
            ("(?=.*GET)(?=.*POST)", "GET", false),
            (r"\n\Z", "{}\n", true),
            (r"\n\Z", "{}\n ", false),
            ("^[0-9]+$", "12\n", true),
            ("^[0-9]+$", "12\n\n", false),
            ("a.b", "a\nb", true),
            ("[$]a", "$a", true),
            (r"a\$$", "a$", true),
            (r"\A(?!.*secret)", "a\nsecret", false),
            ("(?i)log_?file", "LogFile", true),
        ] {
            assert_eq!(occurs(pattern, text)?, matches, "{pattern} against {text:?}");
        }
        Ok(())
    }

    #[test]
    fn a_bad_pattern_is_an_error_of_the_kit() {
        assert!(occurs("(", "x").is_err());
        assert!(first_group("a", "a").is_err());
        assert_eq!(first_group("a(.*)$", "xabc"), Ok(Some("bc".to_owned())));
        assert_eq!(first_group("z(.*)$", "xabc"), Ok(None));
    }
}
