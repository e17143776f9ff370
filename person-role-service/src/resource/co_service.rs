//! Services (neighbours.md CoService).

use crate::{
    change::Change,
    context::Fault,
    resource::{Draft, Resource, email_address::is_address, url::check_url},
    store::entity::{co_service, co_service::CoServices},
};

#[async_trait::async_trait]
impl Resource for CoServices {
    async fn check(_change: &mut Change<'_>, draft: &mut Draft<'_, co_service::Model>) -> Result<(), Fault> {
        let mut refuse = |column: &str, sentence: &str| {
            if !draft.wrong.has(column) {
                draft.wrong.add(column, sentence);
            }
        };
        let alphanumeric = |text: &str| text.chars().all(|letter| letter.is_ascii_alphanumeric());
        if draft.sent.text("short_label").is_some_and(|label| !alphanumeric(label)) {
            refuse("short_label", "A short label may hold letters and digits");
        }
        if draft.sent.text("contact_email").is_some_and(|mail| !is_address(mail)) {
            refuse("contact_email", "Please enter a valid email address");
        }
        for column in ["cluster_id", "authenticator_id"] {
            if draft.sent.int(column).is_some() {
                refuse(column, "There are no clusters and authenticators here; leave it out");
            }
        }
        check_url(draft, "service_url");
        check_url(draft, "logo_url");
        Ok(())
    }
}
