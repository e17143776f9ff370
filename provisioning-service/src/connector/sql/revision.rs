//! Which revision of a subject a database has, so that an older one does not overtake it: it is kept when the subject is
//! gone, too.

use std::collections::BTreeSet;

use sea_orm::{
    DbBackend, DbErr,
    sea_query::{Alias, Condition, Expr, ExprTrait, OnConflict, Order, Query},
};

use crate::{
    connector::{
        Job,
        sql::{
            event::{self, Event},
            schema,
        },
    },
    domain::subject::{Kind, Subject},
};

/// So many are held by one statement.
const HELD: usize = 500;

fn of(event: &Event<'_>, subject: Subject) -> Condition {
    let kind = Expr::col("subject_kind").eq(subject.kind.code());
    event.ours().add(kind).add(Expr::col("subject_id").eq(subject.id))
}

/// The revision that the database has; the subject is held until the end of the event.
pub(super) async fn held(event: &Event<'_>, subject: Subject) -> Result<Option<i64>, DbErr> {
    let table = schema::revisions(event.prefix);
    if !event.has(&table, "revision") {
        return Ok(None);
    }
    let mut select = Query::select();
    select.expr_as(event.text("revision"), "revision").from(Alias::new(table)).cond_where(of(event, subject));
    if !event.is_plan() {
        select.lock_exclusive();
    }
    event.all(&select).await?.first().map(|row| event::number(row, "revision")).transpose()
}

/// Holds people until the end of the event: their own events come before it, and are seen, or after it, and see it. Those of
/// whom nothing is known are noted as known from no revision on. By number, so that two events do not wait for each other.
pub(super) async fn hold(event: &mut Event<'_>, people: &BTreeSet<i64>) -> Result<(), DbErr> {
    // One event writes a SQLite file at a time.
    if event.is_plan() || event.backend() == DbBackend::Sqlite {
        return Ok(());
    }
    let table = || Alias::new(schema::revisions(event.prefix));
    let ids: Vec<i64> = people.iter().copied().collect();
    for ids in ids.chunks(HELD) {
        let mut insert = Query::insert();
        insert.into_table(table()).columns(["co_id", "subject_kind", "subject_id", "revision"]);
        for id in ids {
            let row = [Expr::val(event.co), Expr::val(Kind::Person.code()), Expr::val(*id), Expr::val(0)];
            insert.values(row).map_err(|error| DbErr::Custom(error.to_string()))?;
        }
        insert.on_conflict(
            OnConflict::columns(["co_id", "subject_kind", "subject_id"]).do_nothing_on(["subject_id"]).to_owned(),
        );
        let mut select = Query::select();
        select.expr_as(event.text("subject_id"), "of_person").from(table());
        select.cond_where(event.ours().add(Expr::col("subject_kind").eq(Kind::Person.code())));
        select.and_where(Expr::col("subject_id").is_in(ids.iter().copied()));
        select.order_by("subject_id", Order::Asc).lock_exclusive();
        event.run(&insert).await?;
        event.all(&select).await?;
    }
    Ok(())
}

/// Notes the revision of a job, if it is another one. A plan that changes nothing else does not.
pub(super) async fn note(event: &mut Event<'_>, job: &Job<'_>, held: Option<i64>) -> Result<(), DbErr> {
    let (revision, table) = (job.call.revision, Alias::new(schema::revisions(event.prefix)));
    match held {
        _ if event.is_idle() => Ok(()),
        Some(held) if held >= revision => Ok(()),
        Some(_) => {
            let mut update = Query::update();
            update.table(table).value("revision", revision).cond_where(of(event, job.subject));
            event.run(&update).await
        }
        None => {
            let mut insert = Query::insert();
            insert.into_table(table).columns(["co_id", "subject_kind", "subject_id", "revision"]);
            let kind = Expr::val(job.subject.kind.code());
            let row = [Expr::val(event.co), kind, Expr::val(job.subject.id), Expr::val(revision)];
            insert.values(row).map_err(|error| DbErr::Custom(error.to_string()))?;
            event.run(&insert).await
        }
    }
}
