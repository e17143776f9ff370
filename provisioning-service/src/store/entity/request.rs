//! Rows of `provisioning_requests`.

#![expect(missing_docs, reason = "the columns are told in the migration")]

use sea_orm::entity::prelude::*;

use crate::{
    domain::{
        ids::{RequestId, TargetId},
        status::Status,
        subject::{Kind, Subject},
    },
    store::states::Place,
};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "provisioning_requests")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: RequestId,
    pub co_id: i64,
    pub co_provisioning_target_id: TargetId,
    pub subject_kind: String,
    pub subject_id: i64,
    pub status: String,
    pub action: Option<String>,
    pub manual: bool,
    pub askers: i64,
    pub actor_identifier: Option<String>,
    pub traceparent: Option<String>,
    pub attempts: i64,
    pub tries: i64,
    pub fence: i64,
    pub lease_until: Option<DateTimeUtc>,
    pub due: DateTimeUtc,
    pub last_error: Option<String>,
    pub cursor_kind: Option<String>,
    pub cursor_id: Option<i64>,
    pub expanded: bool,
    pub changed: Option<String>,
    pub takeovers: i64,
    pub replaced_by: Option<RequestId>,
    pub turn: Option<DateTimeUtc>,
    pub wanting: bool,
    pub forced: bool,
    pub held: bool,
    pub digest: Option<String>,
    pub repair: bool,
    pub remove_extra: bool,
    pub started: Option<DateTimeUtc>,
    pub ended: Option<DateTimeUtc>,
    pub created: DateTimeUtc,
    pub modified: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// The subject, or those it stands for.
    ///
    /// # Errors
    /// If the row was written by a newer program.
    pub fn subject(&self) -> Result<Subject, DbErr> {
        Kind::of_code(&self.subject_kind)
            .map(|kind| Subject::new(kind, self.subject_id))
            .ok_or_else(|| DbErr::Type(format!("the kind of subject {} is not known", self.subject_kind)))
    }

    /// A request that nobody made, to look at what one would do.
    #[must_use]
    pub fn imagined(place: Place, co_id: i64) -> Self {
        let never = DateTimeUtc::UNIX_EPOCH;
        Self {
            id: RequestId(0),
            co_id,
            co_provisioning_target_id: place.target_id,
            subject_kind: place.subject.kind.code().to_owned(),
            subject_id: place.subject.id,
            status: Status::Queued.code().to_owned(),
            action: None,
            manual: true,
            askers: 0,
            actor_identifier: None,
            traceparent: None,
            attempts: 0,
            tries: 0,
            fence: 0,
            lease_until: None,
            due: never,
            last_error: None,
            cursor_kind: None,
            cursor_id: None,
            expanded: false,
            changed: None,
            takeovers: 0,
            replaced_by: None,
            turn: None,
            wanting: false,
            forced: false,
            held: false,
            digest: None,
            repair: false,
            remove_extra: false,
            started: None,
            ended: None,
            created: never,
            modified: never,
        }
    }

    /// The id of the trace of who asked last: the second part of a `traceparent`.
    #[must_use]
    pub fn trace_id(&self) -> Option<&str> {
        self.traceparent.as_deref()?.split('-').nth(1)
    }

    /// Where it stands.
    ///
    /// # Errors
    /// If the row was written by a newer program.
    pub fn stands(&self) -> Result<Status, DbErr> {
        Status::of_code(&self.status).ok_or_else(|| DbErr::Type(format!("the status {} is not known", self.status)))
    }
}
