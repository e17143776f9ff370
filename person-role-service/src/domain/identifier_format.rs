//! The format of identifiers that are assigned, in the reference's terms.
//!
//! `(G)`, `(M)` and `(F)` are the given, middle and family name, `(g)`, `(m)` and `(f)` the same in small letters, `(#)` the
//! number of a sequence; `(f:3)` the first three letters, `(#:4)` a number of at least four digits. What stands in `[2:…]`
//! is there from the second collision on. Of names only letters and digits of ASCII count.

use std::str::FromStr;

/// A format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Format(Vec<(u32, Part)>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    /// The letter of the parameter, and how many letters of the name.
    Name(char, Option<usize>),
    /// The least number of digits.
    Number(usize),
}

/// The names of somebody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// The given name.
    pub given: Option<String>,
    /// The middle name.
    pub middle: Option<String>,
    /// The family name.
    pub family: Option<String>,
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (mut parts, mut rest) = (Vec::new(), text);
        while !rest.is_empty() {
            if let Some(inner) = rest.strip_prefix('[') {
                let (segment, after) = inner.split_once(']').ok_or("A segment that begins with [ must end with ]")?;
                let (from, body) = segment.split_once(':').ok_or("A segment is written [1:…], with a number")?;
                let from = from.parse().ok().filter(|from| (1..=9).contains(from));
                read(body, from.ok_or("A segment begins with a number from 1 to 9")?, &mut parts)?;
                rest = after;
            } else {
                let (body, after) = rest.split_at(rest.find('[').unwrap_or(rest.len()));
                read(body, 0, &mut parts)?;
                rest = after;
            }
        }
        if parts.iter().any(|(_, part)| *part != Part::Text(String::new())) {
            return Ok(Self(parts));
        }
        Err("A format must be provided".to_owned())
    }
}

/// Reads a text without segments.
fn read(mut rest: &str, from: u32, parts: &mut Vec<(u32, Part)>) -> Result<(), String> {
    if rest.contains(['[', ']']) {
        return Err("Segments stand beside each other, not in each other".to_owned());
    }
    while let Some((before, after)) = rest.split_once('(') {
        parts.push((from, Part::Text(before.to_owned())));
        let (parameter, after) = after.split_once(')').ok_or("A parameter that begins with ( must end with )")?;
        parts.push((from, parameter_of(parameter)?));
        rest = after;
    }
    parts.push((from, Part::Text(rest.to_owned())));
    Ok(())
}

fn parameter_of(text: &str) -> Result<Part, String> {
    let (name, width) = match text.split_once(':') {
        Some((name, width)) => (name, Some(width.parse().ok().filter(|width| (1..=18).contains(width)))),
        None => (text, None),
    };
    let width = match width {
        Some(None) => return Err(format!("The width in ({text}) must be from 1 to 18")),
        Some(width) => width,
        None => None,
    };
    match name {
        "#" => Ok(Part::Number(width.unwrap_or(1))),
        "G" | "g" | "M" | "m" | "F" | "f" => Ok(Part::Name(name.chars().next().unwrap_or('g'), width)),
        _ => Err(format!("There is no parameter ({text}); there are (G), (M), (F), (g), (m), (f) and (#)")),
    }
}

impl Format {
    /// Whether it has a number after so many collisions.
    #[must_use]
    pub fn has_number(&self, collisions: u32) -> bool {
        self.parts(collisions).any(|part| matches!(part, Part::Number(_)))
    }

    /// Whether one more collision makes another identifier.
    #[must_use]
    pub fn goes_on_after(&self, collisions: u32) -> bool {
        self.0.iter().any(|(from, _)| *from > collisions)
    }

    /// The identifier after so many collisions; without a number, `#` stands where it would be.
    ///
    /// # Errors
    /// What is missing, as a sentence.
    pub fn fill(&self, names: &Names, collisions: u32, number: Option<i64>) -> Result<String, String> {
        let mut out = String::new();
        for part in self.parts(collisions) {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Name(letter, width) => out.push_str(&name(names, *letter, *width)?),
                Part::Number(width) => match number {
                    Some(number) => out.push_str(&format!("{number:0width$}", width = *width)),
                    None => out.push('#'),
                },
            }
        }
        Ok(out)
    }

    fn parts(&self, collisions: u32) -> impl Iterator<Item = &Part> {
        self.0.iter().filter(move |(from, _)| *from <= collisions).map(|(_, part)| part)
    }
}

fn name(names: &Names, letter: char, width: Option<usize>) -> Result<String, String> {
    let (name, what) = match letter.to_ascii_uppercase() {
        'M' => (&names.middle, "middle name"),
        'F' => (&names.family, "family name"),
        _ => (&names.given, "given name"),
    };
    let letters = name.as_deref().unwrap_or_default().chars().filter(char::is_ascii_alphanumeric);
    let text: String = letters.take(width.unwrap_or(usize::MAX)).collect();
    match (text.is_empty(), letter.is_ascii_lowercase()) {
        // Not everybody has a middle name.
        (true, _) if letter.eq_ignore_ascii_case(&'m') => Ok(text),
        (true, _) => Err(format!("there is no {what} with letters of ASCII")),
        (false, true) => Ok(text.to_ascii_lowercase()),
        (false, false) => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ada() -> Names {
        Names { given: Some("Ada".to_owned()), middle: None, family: Some("O'Lovelace".to_owned()) }
    }

    #[test]
    fn parameters_and_segments_are_filled() {
        for (format, collisions, number, expected) in [
            ("(g).(f)@example.org", 0, None, "ada.olovelace@example.org"),
            ("(G)(M)(F)", 0, None, "AdaOLovelace"),
            ("(f:4)(#:3)", 0, Some(7), "olov007"),
            ("(f:4)(#:3)", 0, None, "olov#"),
            ("C(#)", 0, Some(12345), "C12345"),
            ("(g)[1:.(f)][2:(#)]", 0, None, "ada"),
            ("(g)[1:.(f)][2:(#)]", 1, None, "ada.olovelace"),
            ("(g)[1:.(f)][2:(#)]x", 2, Some(2), "ada.olovelace2x"),
        ] {
            let format: Format = format.parse().unwrap();
            assert_eq!(format.fill(&ada(), collisions, number).as_deref(), Ok(expected));
        }
        let format: Format = "(g)[1:.(f)][2:(#)]".parse().unwrap();
        assert_eq!([0, 1, 2].map(|collisions| format.has_number(collisions)), [false, false, true]);
        assert_eq!([0, 1, 2].map(|collisions| format.goes_on_after(collisions)), [true, true, false]);
        assert!(format.fill(&Names::default(), 0, None).is_err());
    }

    #[test]
    fn what_cannot_be_followed_is_refused() {
        for bad in ["", "(x)", "(g", "[1:(g)", "[x:(g)]", "[0:a]", "[1(g)]", "[1:[2:a]]", "(#:0)", "(g:x)", "a]"] {
            assert!(bad.parse::<Format>().is_err(), "{bad}");
        }
    }
}
