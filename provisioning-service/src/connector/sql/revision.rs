//! Which revision of a subject a database has, so that an older one does not overtake it: it is kept when the subject is
//! gone, too.

use sea_orm::{
    DbErr,
    sea_query::{Alias, Condition, Expr, ExprTrait, Query},
};

use crate::{
    connector::{
        Job,
        sql::{
            event::{self, Event},
            schema,
        },
    },
    domain::subject::Subject,
};

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
