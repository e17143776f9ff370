//! What a connector would send, for people (D51).

use crate::{connector::digest, domain::eligibility::Work};

/// What a step is sent as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// A change record of LDIF.
    Ldap,
    /// A statement with its values.
    Sql,
    /// Method, address, headers without secrets, body.
    Http,
    /// The same, to a SCIM server.
    Scim,
    /// Exchange, routing key, headers and body of a message.
    Amqp,
    /// What is appended to a file.
    File,
}

impl Protocol {
    /// As the API writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ldap => "ldap",
            Self::Sql => "sql",
            Self::Http => "http",
            Self::Scim => "scim",
            Self::Amqp => "amqp",
            Self::File => "file",
        }
    }
}

/// One thing that would be sent. No secrets are in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// As what.
    pub protocol: Protocol,
    /// The exact text.
    pub text: String,
    /// The text without times, ids of requests and signatures, where it has such: digests are made of it.
    pub stable: Option<String>,
}

impl Step {
    /// A step whose text is the same at any time.
    #[must_use]
    pub fn new(protocol: Protocol, text: impl Into<String>) -> Self {
        Self { protocol, text: text.into(), stable: None }
    }
}

/// What would be done for a subject.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// In the order in which it would be sent. Of a target that can be read back: the difference to what is there.
    pub steps: Vec<Step>,
    /// Whether the target has the subject now, under any of its keys; absent where it cannot be read back.
    pub there: Option<bool>,
}

impl Plan {
    /// Steps for a target that cannot be read back.
    #[must_use]
    pub fn blind(steps: Vec<Step>) -> Self {
        Self { steps, there: None }
    }

    /// What two plans have in common that would send the same (D51).
    #[must_use]
    pub fn digest(&self, work: Work) -> String {
        let mut all = format!("{work:?}\n");
        for step in &self.steps {
            let text = step.stable.as_ref().unwrap_or(&step.text);
            all.push_str(&format!("{} {}\n{text}\n", step.protocol.name(), text.len()));
        }
        digest::of(all.as_bytes())
    }
}
