//! The template of an invitation: a line `Subject: …`, an empty line, the text; with the placeholders of the reference's
//! templates, `(@CO_NAME)` and the like.

use service_kit::config::ConfigError;

use crate::mail::Letter;

/// The built-in one.
const DEFAULT: &str = include_str!("invitation.txt");

/// What a template may ask for.
const PLACEHOLDERS: [&str; 6] =
    ["(@CO_NAME)", "(@CO_PERSON)", "(@MAIL)", "(@INVITE_ID)", "(@INVITE_URL)", "(@EXPIRES)"];

/// A template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Template {
    subject: String,
    text: String,
}

impl Template {
    /// Reads the template in a file; without a name, the built-in one.
    ///
    /// # Errors
    /// A sentence on what to change.
    pub(super) fn load(file: &str) -> Result<Self, ConfigError> {
        let wrong = |why: String| ConfigError(format!("The template {file} of COHORT_MAIL_INVITE_TEMPLATE {why}."));
        let text = match file {
            "" => DEFAULT.to_owned(),
            file => std::fs::read_to_string(file).map_err(|error| wrong(format!("cannot be read: {error}")))?,
        };
        Self::read(&text).map_err(wrong)
    }

    fn read(text: &str) -> Result<Self, String> {
        let text = text.replace("\r\n", "\n");
        let parts = text.strip_prefix("Subject:").and_then(|rest| rest.split_once("\n\n"));
        let (subject, body) = parts.filter(|(subject, _)| !subject.contains('\n')).ok_or_else(|| {
            "must begin with a line \"Subject: …\", an empty line after it, and then the text".to_owned()
        })?;
        for found in text.match_indices("(@").map(|(at, _)| text.get(at..).unwrap_or_default()) {
            if !PLACEHOLDERS.iter().any(|known| found.starts_with(known)) {
                let name = found.split_inclusive(')').next().unwrap_or(found);
                return Err(format!("has the placeholder {name:.40}; there are {}", PLACEHOLDERS.join(", ")));
            }
        }
        if !text.contains("(@INVITE_ID)") && !text.contains("(@INVITE_URL)") {
            return Err("must hold (@INVITE_URL) or (@INVITE_ID), or nobody could answer".to_owned());
        }
        Ok(Self { subject: subject.trim().to_owned(), text: body.to_owned() })
    }

    /// The subject and the text for a letter.
    pub(super) fn fill(&self, letter: &Letter, url: &str) -> (String, String) {
        let values = [
            letter.co_name.clone(),
            letter.name.clone().unwrap_or_else(|| letter.to.clone()),
            letter.to.clone(),
            letter.secret.clone(),
            url.to_owned(),
            letter.expires.format("%Y-%m-%d %H:%M UTC").to_string(),
        ];
        (fill(&self.subject, &values).replace(char::is_control, " "), fill(&self.text, &values))
    }
}

/// One pass: what a value holds is not filled in again.
fn fill(template: &str, values: &[String; 6]) -> String {
    let (mut out, mut rest) = (String::with_capacity(template.len() + 128), template);
    while let Some((before, after)) = rest.split_once("(@") {
        out.push_str(before);
        let known = PLACEHOLDERS.iter().zip(values).find_map(|(name, value)| {
            let name = name.strip_prefix("(@")?;
            after.strip_prefix(name).map(|rest| (value, rest))
        });
        rest = match known {
            Some((value, after)) => {
                out.push_str(value);
                after
            }
            None => {
                out.push_str("(@");
                after
            }
        };
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter() -> Letter {
        Letter {
            id: "invite-1-1".to_owned(),
            to: "ada@example.org".to_owned(),
            name: Some("Ada (@MAIL)".to_owned()),
            co_name: "Lab\nOne".to_owned(),
            secret: "s3cret".to_owned(),
            expires: "2026-03-01T12:00:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn placeholders_are_filled_once() {
        let template = Template::read("Subject: Join (@CO_NAME)\n\nDear (@CO_PERSON),\n(@INVITE_URL)\n").unwrap();
        let (subject, text) = template.fill(&letter(), "https://x/s3cret");
        assert_eq!(subject, "Join Lab One", "a subject is one line");
        assert_eq!(text, "Dear Ada (@MAIL),\nhttps://x/s3cret\n");
    }

    #[test]
    fn a_template_that_cannot_be_followed_is_refused() {
        for bad in ["Hello (@INVITE_ID)", "Subject: x\n\nno secret", "Subject: x\n\n(@INVITE_ID) (@NOSUCH)", ""] {
            assert!(Template::read(bad).is_err(), "{bad}");
        }
        assert!(Template::load("").is_ok());
        assert!(Template::load("/no/such/file").is_err());
    }
}
