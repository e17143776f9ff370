//! What became of an entry of the ledger, as its request says (D56).

use sea_orm::{ConnectionTrait, DbErr};

use crate::{domain::ids::RequestId, store::batch};

/// What became of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The target has it; a removal too.
    Applied,
    /// Another entry made the request that does its work.
    Merged,
    /// The target had a newer state, or a newer request took its place.
    Superseded,
    /// There was nothing to be removed.
    NotEligible,
    /// It failed for good.
    Failed,
    /// The guard holds it (D53).
    Held,
    /// It was called off.
    Canceled,
    /// It has not ended.
    Waiting,
}

impl Outcome {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 8] = [
        Self::Applied,
        Self::Merged,
        Self::Superseded,
        Self::NotEligible,
        Self::Failed,
        Self::Held,
        Self::Canceled,
        Self::Waiting,
    ];

    /// Its name, on the wire too.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Applied => "Applied",
            Self::Merged => "Merged",
            Self::Superseded => "Superseded",
            Self::NotEligible => "NotEligible",
            Self::Failed => "Failed",
            Self::Held => "Held",
            Self::Canceled => "Canceled",
            Self::Waiting => "Waiting",
        }
    }

    /// Reads its name.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.code() == code)
    }
}

/// The entry that made the request of the entry `e`: of those that are kept the first.
pub(super) const MAKER: &str = "(SELECT MIN(m.number) FROM ledger_entries AS m WHERE m.request_id = e.request_id)";

/// What became of the entry `e` with the request `r`. A request that succeeded with a remark found a newer state; one that
/// was canceled for a newer one names it.
pub(super) fn expression() -> String {
    format!(
        "CASE WHEN e.number > {MAKER} THEN 'Merged' \
         WHEN r.status = 'Succeeded' AND r.last_error IS NOT NULL THEN 'Superseded' \
         WHEN r.status = 'Succeeded' AND r.idle THEN 'NotEligible' WHEN r.status = 'Succeeded' THEN 'Applied' \
         WHEN r.status = 'Canceled' AND r.replaced_by IS NOT NULL THEN 'Superseded' \
         WHEN r.status IN ('Failed', 'Held', 'Canceled') THEN r.status ELSE 'Waiting' END"
    )
}

/// Notes which of some removals had nothing to remove: to be called before their places are written.
///
/// # Errors
/// Those of the database.
pub async fn note_idle<C: ConnectionTrait>(db: &C, removals: &[RequestId]) -> Result<(), DbErr> {
    if removals.is_empty() {
        return Ok(());
    }
    let backend = db.get_database_backend();
    let sql = format!(
        "UPDATE provisioning_requests SET idle = NOT EXISTS (SELECT 1 FROM subject_states AS s \
         WHERE s.co_provisioning_target_id = provisioning_requests.co_provisioning_target_id \
         AND s.subject_kind = provisioning_requests.subject_kind AND s.subject_id = provisioning_requests.subject_id \
         AND (s.status = 'Provisioned' OR s.unsettled_until IS NOT NULL)) WHERE id {}",
        batch::among(backend, 1)
    );
    db.execute_raw(batch::statement(backend, sql, batch::ids(removals), Vec::new())).await?;
    Ok(())
}
