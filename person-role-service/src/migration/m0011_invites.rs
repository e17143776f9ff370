//! Invitations, and the mails that wait to be sent for them.

use sea_orm_migration::prelude::*;

use super::statements::run;

#[derive(Debug)]
pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0011_invites"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// All or nothing, also with SQLite: a process that is killed meanwhile begins anew.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &STATEMENTS).await
    }
}

const STATEMENTS: [&str; 6] = [
    // `invitation` is the digest of the secret; a mail that was not sent yet has none.
    "CREATE TABLE co_invites (
        id {id},
        co_id bigint NOT NULL,
        co_person_id bigint NOT NULL,
        invitation text,
        mail text NOT NULL,
        email_address_id bigint,
        expires {time} NOT NULL,
        {kept}
    )",
    "CREATE UNIQUE INDEX co_invites_person ON co_invites (co_person_id) WHERE NOT deleted",
    "CREATE UNIQUE INDEX co_invites_invitation ON co_invites (invitation) WHERE NOT deleted",
    "CREATE INDEX co_invites_co ON co_invites (co_id, id)",
    // One that is being sent is due again when its lease ends; `tries` is the number under which it was taken.
    "CREATE TABLE invite_mails (
        co_invite_id bigint PRIMARY KEY NOT NULL,
        co_id bigint NOT NULL,
        due {time} NOT NULL,
        tries bigint NOT NULL,
        last_error text
    )",
    "CREATE INDEX invite_mails_due ON invite_mails (due)",
];
