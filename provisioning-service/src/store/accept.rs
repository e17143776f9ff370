//! Accepting what is wished: requests and their entries in the ledger, in one statement.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};
use service_kit::{clock::Clock, database::beside};

use crate::{
    domain::ids::RequestId,
    store::{
        batch,
        ledger::{self, Accepted},
        requests::{self, New},
    },
};

/// Makes requests, as [`requests::enqueue`] does, and enters them as [`ledger::enter`] does, in one statement, which is a
/// transaction, with others that write rows beside it. The counters of the COs are locked last here as well: they are read
/// of what was made. Of PostgreSQL.
///
/// # Errors
/// Those of the database.
pub async fn at_once<C: ConnectionTrait>(
    db: &C,
    (new, accepted): (&[New], &[Accepted]),
    others: Vec<Statement>,
    clock: &Clock,
) -> Result<Vec<RequestId>, DbErr> {
    let (numbered, insert) = requests::insertion(DbBackend::Postgres);
    let sql = format!(
        "WITH {numbered}, made AS ({insert}), {} \
         SELECT m.id, m.co_provisioning_target_id, m.subject_kind, m.subject_id FROM made AS m",
        ledger::entering(4)
    );
    let mut rest = requests::times(DbBackend::Postgres, clock);
    rest.push(batch::parameter(ledger::rows(accepted)));
    let main = batch::statement(DbBackend::Postgres, sql, requests::rows(new), rest);
    requests::made(new, &db.query_all_raw(beside(main, others)).await?)
}
