//! A connector that breaks is an error of one call, and the secrets of the target are taken out of each error.
//!
//! Guarantee: whatever a target answers, a call ends for itself; and what it is told in secret it does not tell others, who may
//! read why a request failed. Mechanism: what unwinds in a connector, or in a library below it, is an error of that call; of
//! each error the secrets of the target are taken out, also without their control characters, and what a message was cut within.
//! Failure: the log has the place; what was sent before it is unknown.

use std::{cmp::Reverse, panic::AssertUnwindSafe, sync::Arc};

use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD};
use futures::FutureExt;
use proto::registry::v1::SubjectState;

use crate::{
    connector::{Connector, Job, Keys, description::Description, plan::Plan, words},
    domain::{
        eligibility::Work,
        outcome::{Applied, ConnectorError},
        subject::{Kind, Subject},
        target::Target,
    },
};

/// A shorter secret, and a shorter beginning of one, is in many words that are none.
const SHORTEST: usize = 4;

/// An error without the secrets that it tells.
fn discreet(error: ConnectorError, secrets: &[String]) -> ConnectorError {
    let message = error.to_string();
    let mut spellings: Vec<String> = secrets.iter().flat_map(|secret| spellings(secret)).collect();
    // One may be a part of another.
    spellings.sort_by_key(|secret| Reverse(secret.len()));
    let quiet = spellings.iter().fold(message.clone(), |quiet, secret| quiet.replace(secret.as_str(), "…"));
    let quiet = if words::is_cut(&message) { without_beginning(&quiet, &spellings) } else { quiet };
    match quiet == message {
        true => error,
        false => error.saying(quiet),
    }
}

/// A secret as it may be in a message: as it is, and as what a target says is shown.
fn spellings(secret: &str) -> Vec<String> {
    let mut spellings = vec![secret.to_owned()];
    if secret.contains(char::is_control) {
        let shown: [String; 2] = [words::dropped(secret).collect(), words::blanked(secret).collect()];
        spellings.extend(shown.into_iter().filter(|shown| shown.trim().len() >= SHORTEST));
    }
    spellings
}

/// A message without the beginning of a secret at its end: what the target said was cut within that.
fn without_beginning(message: &str, secrets: &[String]) -> String {
    // The stop was set after the cut.
    let said = message.trim_end_matches('.');
    let told = secrets.iter().filter_map(|secret| beginning(said, secret)).max_by_key(|beginning| beginning.len());
    match told.and_then(|beginning| said.strip_suffix(beginning)) {
        Some(before) => format!("{before}…{}", message.strip_prefix(said).unwrap_or_default()),
        None => message.to_owned(),
    }
}

/// The longest beginning of a secret with which a text ends.
fn beginning<'a>(text: &str, secret: &'a str) -> Option<&'a str> {
    let beginnings = secret.char_indices().skip(SHORTEST).filter_map(|(end, _)| secret.get(..end));
    beginnings.filter(|beginning| text.ends_with(*beginning)).last()
}

/// A connector, guarded.
#[derive(Debug)]
pub(super) struct Guarded(pub(super) Arc<dyn Connector>);

impl Guarded {
    async fn guard<T>(
        &self,
        target: &Target,
        call: impl Future<Output = Result<T, ConnectorError>>,
    ) -> Result<T, ConnectorError> {
        let ended = AssertUnwindSafe(call).catch_unwind().await.unwrap_or_else(|_panic| {
            tracing::error!(plugin = self.0.plugin(), "a connector broke");
            Err(ConnectorError::unknown("The connector broke; the log of the server tells more."))
        });
        ended.map_err(|error| discreet(error, &self.secrets(target)))
    }

    /// The secrets of a target, as they may be said: as they are, and as a header or a login has them.
    fn secrets(&self, target: &Target) -> Vec<String> {
        let mut secrets = Vec::new();
        let mut configuration = target.configuration.clone();
        self.0.configuration().secrets(&mut configuration, &mut |_, secret| {
            let Some(text) = secret.as_str().filter(|text| text.len() >= SHORTEST) else { return };
            secrets.push(text.to_owned());
            secrets.push(STANDARD.encode(text));
            let names = target.configuration.values().filter_map(|value| value.as_str());
            secrets.extend(names.map(|name| STANDARD.encode(format!("{name}:{text}"))));
        });
        secrets
    }
}

#[async_trait]
impl Connector for Guarded {
    fn plugin(&self) -> &'static str {
        self.0.plugin()
    }

    fn serves(&self, target: &Target) -> &'static [Kind] {
        self.0.serves(target)
    }

    fn gathers(&self) -> bool {
        self.0.gathers()
    }

    fn configuration(&self) -> &'static Description {
        self.0.configuration()
    }

    fn key(&self, target: &Target, subject: Subject, state: &SubjectState) -> Option<String> {
        self.0.key(target, subject, state)
    }

    async fn plan(&self, job: &Job<'_>, work: Work) -> Result<Plan, ConnectorError> {
        self.guard(job.target, self.0.plan(job, work)).await
    }

    fn reads_back(&self) -> bool {
        self.0.reads_back()
    }

    async fn keys(&self, target: &Target, kind: Kind, after: Option<String>) -> Result<Keys, ConnectorError> {
        self.guard(target, self.0.keys(target, kind, after)).await
    }

    async fn apply(&self, job: &Job<'_>) -> Result<Applied, ConnectorError> {
        self.guard(job.target, self.0.apply(job)).await
    }

    async fn remove(&self, job: &Job<'_>) -> Result<Applied, ConnectorError> {
        self.guard(job.target, self.0.remove(job)).await
    }

    async fn check(&self, target: &Target) -> Result<(), ConnectorError> {
        self.guard(target, self.0.check(target)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_target_was_told_in_secret_is_not_said() {
        let secrets = ["s3cret".to_owned(), STANDARD.encode("me:s3cret")];
        let said = |text: &str| discreet(ConnectorError::permanent(text), &secrets).to_string();
        assert_eq!(said("The server refused s3cret, s3cret."), "The server refused …, ….");
        assert_eq!(said(&format!("It got Basic {}.", STANDARD.encode("me:s3cret"))), "It got Basic ….");
        assert_eq!(said("It refused."), "It refused.");
        let asked = Some(chrono::Duration::seconds(9));
        let error = ConnectorError::Unknown { message: "s3cret".to_owned(), retry_after: asked };
        assert_eq!(discreet(error, &secrets), ConnectorError::Unknown { message: "…".to_owned(), retry_after: asked });
    }

    #[test]
    fn a_secret_is_not_said_without_its_control_characters_either() {
        let secrets = ["pass\tword\n-17".to_owned()];
        let said = |text: &str| discreet(ConnectorError::permanent(text), &secrets).to_string();
        assert_eq!(said("It refused password-17, twice."), "It refused …, twice.");
        assert_eq!(said("It refused pass word -17, twice."), "It refused …, twice.");
        let long = "x".repeat(300);
        assert_eq!(said(&format!("{long} passwo.")), format!("{long} …."), "and was cut");
    }

    #[test]
    fn a_message_that_was_cut_within_a_secret_does_not_begin_to_tell_it() {
        let secrets = ["s3cret".to_owned(), "s3cond-öne".to_owned()];
        let said = |text: &str| discreet(ConnectorError::retryable(text), &secrets).to_string();
        let long = "x".repeat(300);
        for (end, expected) in [("login s3cre", "login …"), ("login s3cond-ö.", "login …."), ("s3cret s3co.", "… ….")]
        {
            assert_eq!(said(&format!("{long} {end}")), format!("{long} {expected}"));
        }
        assert_eq!(said("No login s3cre"), "No login s3cre", "nothing was cut");
        assert_eq!(said(&words::cut(format!("{} s3cret", "x".repeat(294)).chars())), format!("{} …", "x".repeat(294)));
    }

    #[test]
    fn an_honest_message_is_left_as_it_is() {
        let secrets = ["s3cret".to_owned(), "pass\tword".to_owned()];
        for honest in ["", "It refused.", "It refused: s3c.", "The s3cr of the login is too old.", "No pas...", "ret"] {
            assert_eq!(discreet(ConnectorError::permanent(honest), &secrets), ConnectorError::permanent(honest));
        }
    }
}
