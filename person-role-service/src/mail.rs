//! Mail: by SMTP, or into a folder, where each is a file as it would have been sent.

use std::{fmt, path::PathBuf, time::Duration};

use chrono::{DateTime, Utc};
use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
};
use serde::Deserialize;
use service_kit::config::{ConfigError, Secret};

use crate::mail::template::Template;

mod template;

/// How long sending one mail may take.
pub const LONGEST_SENDING: Duration = Duration::from_secs(60);

/// `[mail]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailSettings {
    /// `smtp://user:password@host:587?tls=required`; empty: none.
    pub smtp_url: Secret,
    /// A folder into which mails are written where there is no server; empty: none.
    pub folder: String,
    /// Who they are from.
    pub from: String,
    /// The file of the template of invitations; empty: the built-in one.
    pub invite_template: String,
    /// What stands before the secret in `(@INVITE_URL)`.
    pub invite_url: String,
    /// How long an invitation can be answered, in days.
    pub invite_days: u32,
    /// How many invitations the users of a CO may send in an hour; 0: any number.
    pub invites_per_hour: u32,
}

/// A mail of an invitation.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Another one for each try.
    pub id: String,
    /// The address.
    pub to: String,
    /// The person's name, if it has one.
    pub name: Option<String>,
    /// The name of the CO.
    pub co_name: String,
    /// The secret of the invitation.
    pub secret: String,
    /// From when on it cannot be answered.
    pub expires: DateTime<Utc>,
}

/// Sends mails. Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    way: Way,
    from: Mailbox,
    template: Template,
    url: String,
}

#[derive(Clone)]
enum Way {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Folder(PathBuf),
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailer").field("from", &self.from).finish_non_exhaustive()
    }
}

impl Mailer {
    /// The mailer that the settings ask for; none where there is neither a server nor a folder.
    ///
    /// # Errors
    /// A sentence on what to change.
    pub fn new(settings: &MailSettings) -> Result<Option<Self>, ConfigError> {
        let from = settings.from.parse();
        let from = from.map_err(|error| ConfigError(format!("COHORT_MAIL_FROM is no mail address: {error}.")))?;
        let template = Template::load(&settings.invite_template)?;
        let way = if !settings.smtp_url.is_empty() {
            let smtp = AsyncSmtpTransport::<Tokio1Executor>::from_url(settings.smtp_url.reveal()).map_err(|_| {
                let form = "smtps://user:password@host, or smtp://host:587?tls=required";
                ConfigError(format!("COHORT_MAIL_SMTP_URL must have the form {form}."))
            })?;
            Way::Smtp(smtp.timeout(Some(LONGEST_SENDING / 2)).build())
        } else if !settings.folder.is_empty() {
            Way::Folder(PathBuf::from(&settings.folder))
        } else {
            return Ok(None);
        };
        Ok(Some(Self { way, from, template, url: settings.invite_url.clone() }))
    }

    /// Sends a mail.
    ///
    /// # Errors
    /// Why it could not be sent, for the operator; it holds no secret.
    pub async fn send(&self, letter: &Letter) -> Result<(), String> {
        let message = self.message(letter)?;
        match tokio::time::timeout(LONGEST_SENDING, self.deliver(letter, message)).await {
            Ok(sent) => sent,
            Err(_) => Err("the mail server took too long".to_owned()),
        }
    }

    async fn deliver(&self, letter: &Letter, message: Message) -> Result<(), String> {
        match &self.way {
            Way::Smtp(smtp) => smtp.send(message).await.map(drop).map_err(|error| error.to_string()),
            Way::Folder(folder) => {
                let (begun, whole) =
                    (folder.join(format!(".{}", letter.id)), folder.join(format!("{}.eml", letter.id)));
                let write = async {
                    tokio::fs::create_dir_all(folder).await?;
                    tokio::fs::write(&begun, message.formatted()).await?;
                    tokio::fs::rename(&begun, &whole).await
                };
                write.await.map_err(|error| format!("the folder {} cannot be written to: {error}", folder.display()))
            }
        }
    }

    fn message(&self, letter: &Letter) -> Result<Message, String> {
        let address: Address = letter.to.parse().map_err(|error| format!("the mail address is none: {error}"))?;
        // What people wrote stays in its line.
        let one_line = |text: &str| text.replace(char::is_control, " ");
        let letter = &Letter {
            name: letter.name.as_deref().map(one_line),
            co_name: one_line(&letter.co_name),
            ..letter.clone()
        };
        let (subject, text) = self.template.fill(letter, &format!("{}{}", self.url, letter.secret));
        Message::builder()
            .message_id(Some(format!("<{}-{:016x}@{}>", letter.id, rand::random::<u64>(), self.from.email.domain())))
            .from(self.from.clone())
            .to(Mailbox::new(letter.name.clone(), address))
            .subject(subject)
            .header(ContentType::TEXT_PLAIN)
            .body(text)
            .map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whatever_a_person_is_called_the_mail_has_its_headers() {
        let folder = tempfile::tempdir().unwrap();
        let settings = MailSettings {
            smtp_url: Secret::default(),
            folder: folder.path().display().to_string(),
            from: "Lab <lab@example.org>".to_owned(),
            invite_template: String::new(),
            invite_url: String::new(),
            invite_days: 7,
            invites_per_hour: 0,
        };
        let mailer = Mailer::new(&settings).unwrap().unwrap();
        let long = "\u{1f9ea}é".repeat(300);
        for name in [
            "Ada\nBcc: all@example.org",
            "Ada\r\n\r\nEvil",
            "\u{0}\t\u{7f}\u{85}\u{2028}",
            "\"<,;:@>\\",
            &long,
            "",
            " ",
        ] {
            let letter = Letter {
                id: "invite-1-1".to_owned(),
                to: "ada@example.org".to_owned(),
                name: Some(name.to_owned()),
                co_name: name.to_owned(),
                secret: "s3cret".to_owned(),
                expires: "2026-03-01T12:00:00Z".parse().unwrap(),
            };
            mailer.send(&letter).await.unwrap();
            let mail = std::fs::read_to_string(folder.path().join("invite-1-1.eml")).unwrap();
            let (headers, _) = mail.split_once("\r\n\r\n").unwrap();
            let names: Vec<_> =
                headers.lines().filter(|line| !line.starts_with(' ')).filter_map(|line| line.split_once(':')).collect();
            let names: Vec<_> = names.into_iter().map(|(name, _)| name).collect();
            assert!(!names.contains(&"Bcc") && names.len() <= 9, "{name:?} makes\n{headers}");
        }
    }
}
