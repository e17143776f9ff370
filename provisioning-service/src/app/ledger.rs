//! The ledger of a target (D56): what is entered into it, and how it is read.

use proto::{
    caller::Caller,
    provisioning::v1::{LedgerCount, LedgerEntry, LedgerRequest, LedgerResponse},
    refusal::Refusal,
};
use service_kit::database::refusal_of;

use crate::{
    app::{App, privileged, take_changes::Part},
    domain::{
        ids::{RequestId, TargetId},
        subject::Kind,
    },
    store::{
        DbErr,
        ledger::{self, Accepted, Entry, Range, outcome::Outcome},
        requests::{self, New},
        targets,
    },
};

/// What changes enter: each of their parts, once for each target for which it made a request or joined one.
#[must_use]
pub fn of_changes<'a>(
    parts: impl Iterator<Item = &'a Part>,
    new: &[New],
    made: &[RequestId],
) -> Vec<(Accepted, RequestId)> {
    let mut by_subject: std::collections::HashMap<_, Vec<(Accepted, RequestId)>> = std::collections::HashMap::new();
    for (new, request_id) in new.iter().zip(made) {
        let entry = Accepted { co_id: new.co_id, turn: 0, place: new.place() };
        by_subject.entry((new.co_id, new.subject)).or_default().push((entry, *request_id));
    }
    let of_part = |(turn, part): (usize, &Part)| {
        let entries = part.subject.and_then(|subject| by_subject.get(&(part.co_id, subject)));
        let in_turn = move |(entry, request): &(Accepted, RequestId)| (Accepted { turn, ..*entry }, *request);
        entries.into_iter().flatten().map(in_turn).collect::<Vec<_>>()
    };
    parts.enumerate().flat_map(of_part).collect()
}

/// What wishes enter, each with what goes along with it, in this order: none for those that stand for many, whose subjects
/// count.
#[must_use]
pub fn of_wishes<'a, T>(wishes: impl Iterator<Item = (&'a New, T)>) -> Vec<(Accepted, T)> {
    let single = wishes.enumerate().filter(|(_, (new, _))| !new.subject.kind.is_many());
    single.map(|(turn, (new, with))| (Accepted { co_id: new.co_id, turn, place: new.place() }, with)).collect()
}

/// The most entries of an answer.
const PAGE: u64 = proto::LARGEST_PAGE as u64;

/// Reads the ledger of a target, also of one that was deleted, as long as its requests are kept.
///
/// # Errors
/// 401, 404.
pub async fn view(app: &App, caller: &Caller, asked: &LedgerRequest) -> Result<LedgerResponse, Refusal> {
    privileged(caller)?;
    let target = asked.co_provisioning_target_id;
    let co_id = co_of(app, TargetId(target)).await.map_err(|error| refusal_of(&error))?;
    let co_id = co_id.filter(|co| caller.may(*co)).ok_or_else(|| Refusal::unknown("CoProvisioningTarget"))?;
    read(app, co_id, asked).await.map_err(|error| refusal_of(&error))
}

async fn co_of(app: &App, target: TargetId) -> Result<Option<i64>, DbErr> {
    let db = app.database.reader();
    match targets::find(db, target).await? {
        Some(target) => Ok(Some(target.co_id)),
        None => requests::co_of_target(db, target).await,
    }
}

async fn read(app: &App, co_id: i64, asked: &LedgerRequest) -> Result<LedgerResponse, DbErr> {
    let (db, target) = (app.database.reader(), asked.co_provisioning_target_id);
    let kept = ledger::kept(db, co_id).await?;
    let range = Range {
        co_id,
        from: asked.from.unwrap_or(kept.from).max(kept.from),
        to: asked.to.unwrap_or(kept.to).min(kept.to),
    };
    let mut answer = LedgerResponse { from: range.from, to: range.to, ..LedgerResponse::default() };
    if let Some(after) = asked.after {
        let rest = Range { from: range.from.max(after.saturating_add(1)), ..range };
        page(&mut answer, ledger::list(db, TargetId(target), rest, PAGE + 1).await?);
        return Ok(answer);
    }
    let counts = ledger::counts(db, TargetId(target), range).await?;
    answer.accepted = counts.values().sum();
    answer.counts = Outcome::ALL
        .map(|outcome| LedgerCount {
            outcome: outcome.code().to_owned(),
            count: counts.get(&outcome).copied().unwrap_or_default(),
        })
        .to_vec();
    if asked.entries {
        page(&mut answer, ledger::list(db, TargetId(target), range, PAGE + 1).await?);
    }
    Ok(answer)
}

fn page(answer: &mut LedgerResponse, entries: Vec<Entry>) {
    let most = usize::try_from(PAGE).unwrap_or(usize::MAX);
    answer.more = entries.len() > most;
    answer.entries = entries.into_iter().take(most).map(message).collect();
}

fn message(entry: Entry) -> LedgerEntry {
    let subject = entry.place.subject;
    let of = |kind: Kind| (subject.kind == kind).then_some(subject.id);
    LedgerEntry {
        number: entry.number,
        accepted: Some(prost_types::Timestamp { seconds: entry.accepted.timestamp(), nanos: 0 }),
        co_person_id: of(Kind::Person),
        co_group_id: of(Kind::Group),
        co_email_list_id: of(Kind::EmailList),
        co_service_id: of(Kind::Service),
        request_id: entry.request_id.0,
        outcome: entry.outcome.code().to_owned(),
        into: entry.into,
    }
}
