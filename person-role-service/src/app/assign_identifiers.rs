//! Assigning identifiers by the rules of a CO (neighbours.md Identifier, `assign`).
//!
//! Guarantee: nobody gets an identifier that somebody has, nor two of one type, however many ask at once. Mechanism: the
//! rule is held while an identifier is made by it, numbers come from a counter that is held as well, and the unique index
//! of identifiers has the last word: then it is begun anew.

use std::collections::BTreeMap;

use proto::{
    caller::Caller,
    check::Violations,
    record::{Record, Slot, Value},
    refusal::Refusal,
    registry::v1::{FieldViolation, SuspendableStatus},
};
use sea_orm::{ColumnTrait, PaginatorTrait, QueryFilter, QueryOrder, sea_query::LockType};
use service_kit::{idempotency, rows::is};

use crate::{
    app::{add::add_in, references},
    change::{Change, holds},
    context::{App, Fault},
    domain::{
        identifier_format::{Format, Names},
        ids::PersonId,
    },
    resource::Draft,
    rights::privileged,
    store::{
        entity::{
            co_identifier_assignment::{self, CoIdentifierAssignments},
            identifier::{self, Identifiers},
            name::{self, Names as NamesOf},
        },
        identifier_sequences::{go_on_after, is_taken, next},
        stored::{Stored, with},
    },
};

/// How often it is begun anew when somebody else took what was chosen.
const TRIES: u32 = 8;
/// How many identifiers may be found taken, by all rules together, until somebody is told: meanwhile the rules are held, and
/// with SQLite nobody else writes.
const MOST_TAKEN: u32 = 500;

/// What was tried, by all rules together.
struct Tried {
    /// So many may be found taken yet.
    left: u32,
    /// The last number that was found taken, by the rule and the text around it.
    taken: BTreeMap<(i64, String), (co_identifier_assignment::Model, i64)>,
}

/// Assigns what the rules of the CO say to the person or group that a record names; says whether it was done before, by the
/// same request (D44).
///
/// # Errors
/// 403 `No Person Specified`, `InvalidFields`, 400 `Bad Request` with each type that cannot be assigned; then none is. 409
/// and 422 for a key that is in use or another request's.
pub async fn assign_identifiers(
    app: &App,
    caller: &Caller,
    record: &Record,
    unread: &[FieldViolation],
) -> Result<bool, Fault> {
    privileged(caller)?;
    let _in_use = app.in_use.hold(app.database.reader(), &app.clock, caller).await?;
    let mut tries = 1;
    let mut tried = Tried { left: MOST_TAKEN, taken: BTreeMap::new() };
    loop {
        match attempt(app, caller, (record, unread), &mut tried).await {
            Err(Fault::Refused(refusal)) if refusal == Identifiers::taken() && tries < TRIES => tries += 1,
            ended => return ended,
        }
    }
}

async fn attempt(
    app: &App,
    caller: &Caller,
    (record, unread): (&Record, &[FieldViolation]),
    tried: &mut Tried,
) -> Result<bool, Fault> {
    let mut change = Change::begin(app, caller).await?;
    if idempotency::standing(&change.tx, &app.clock, caller).await?.answer()?.is_some() {
        return Ok(true);
    }
    let mut sent = Record::new(Identifiers::table());
    for column in ["co_person_id", "co_group_id"] {
        sent.set(column, record.slot(column).clone());
    }
    let mut wrong = Violations::default();
    unread.iter().for_each(|violation| wrong.add(&violation.field, violation.description.clone()));
    let person = sent.int("co_person_id");
    let found = holds::references(&mut change, references::of_record(&sent, None), person.map(PersonId)).await?;
    let co_id = references::owner(&sent, &found);
    let mut draft: Draft<'_, identifier::Model> =
        Draft { sent, before: None, co_id, wrong, forbidden: None, found: &found };
    references::check(caller, &mut draft, None);
    let owners = ["co_person_id", "co_group_id"].map(|column| Some((column, draft.sent.int(column)?)));
    let owner = owners.into_iter().flatten().next();
    if owner.is_none() {
        draft.forbid("No Person Specified", "Say who is to get identifiers with Person, of Type CO or Group.");
    }
    draft.verdict()?;
    let (Some(owner), Some(co_id)) = (owner, co_id) else { return Ok(false) };
    let context = if person.is_some() { "CoPerson" } else { "CoGroup" };
    let rules = with::<CoIdentifierAssignments>("co_id", co_id)?
        .filter(co_identifier_assignment::Column::Status.eq("A"))
        .filter(co_identifier_assignment::Column::Context.eq(context))
        .order_by_asc(co_identifier_assignment::Column::Id);
    let names = names_of(&change, owner).await?;
    let mut failed = Vec::new();
    for rule in rules.all(&change.tx).await? {
        if let Err(why) = by_rule(&mut change, &rule, owner, (&names, tried)).await? {
            failed.push(format!("{}: {why}", rule.identifier_type));
            if tried.left == 0 {
                break;
            }
        }
    }
    if !failed.is_empty() {
        drop(change);
        skip(app, caller, tried).await?;
        let sentence = format!("Identifiers cannot be assigned; {}. Nothing was assigned.", failed.join("; "));
        return Err(Refusal::BadRequest(sentence).into());
    }
    idempotency::keep(&change.tx, &app.clock, caller, owner.1).await?;
    change.commit().await?;
    Ok(false)
}

/// Lets sequences go on after numbers that were taken, although nothing was assigned: whoever asks again gets further.
async fn skip(app: &App, caller: &Caller, tried: &Tried) -> Result<(), Fault> {
    if tried.taken.is_empty() {
        return Ok(());
    }
    let change = Change::begin(app, caller).await?;
    for ((_, affix), (rule, last)) in &tried.taken {
        go_on_after(&change.tx, rule, affix, *last).await?;
    }
    Ok(change.commit().await?)
}

/// Assigns by one rule, unless there is an identifier of its type; says why it cannot.
async fn by_rule(
    change: &mut Change<'_>,
    rule: &co_identifier_assignment::Model,
    owner: (&str, i64),
    names: (&Names, &mut Tried),
) -> Result<Result<(), String>, Fault> {
    let rule = holds::row::<CoIdentifierAssignments>(change, rule.id, LockType::NoKeyUpdate).await?;
    change.catch_up().await?;
    let has = with::<Identifiers>(owner.0, owner.1)?.filter(identifier::Column::Type.eq(rule.identifier_type.as_str()));
    if has.count(&change.tx).await? > 0 {
        return Ok(Ok(()));
    }
    let text = match choose(change, &rule, names).await? {
        Ok(text) => text,
        Err(why) => return Ok(Err(why)),
    };
    let mut record = Record::new(Identifiers::table());
    record.set(owner.0, Slot::Is(Value::Int(owner.1)));
    record.set("identifier", Slot::Is(Value::Text(text)));
    record.set("type", Slot::Is(Value::Text(rule.identifier_type)));
    record.set("login", Slot::Is(Value::Bool(rule.login)));
    record.set("status", Slot::Is(Value::Enum(SuspendableStatus::Active.into())));
    match add_in::<Identifiers>(change, record, &[]).await {
        // The type is none that the CO allows any more, or the format gives what is no identifier.
        Err(Fault::Refused(Refusal::InvalidFields(wrong))) => {
            let sentences: Vec<String> = wrong.0.into_values().flatten().collect();
            Ok(Err(sentences.join(" ")))
        }
        added => added.map(|_| Ok(())),
    }
}

/// The first identifier of a rule that is free and long enough; or why there is none.
async fn choose(
    change: &Change<'_>,
    rule: &co_identifier_assignment::Model,
    (names, tried): (&Names, &mut Tried),
) -> Result<Result<String, String>, Fault> {
    let format: Format = match rule.format.parse::<Format>() {
        Ok(format) => format,
        Err(why) => return Ok(Err(why)),
    };
    let shortest = usize::try_from(rule.minimum_length.unwrap_or(1)).unwrap_or(1);
    let mut collisions = 0;
    loop {
        let affix = match format.fill(names, collisions, None) {
            Ok(text) => text,
            Err(why) => return Ok(Err(why)),
        };
        let has_number = format.has_number(collisions);
        let mut number = None;
        if has_number {
            number = Some(next(&change.tx, rule, &affix).await?);
        }
        let text = format.fill(names, collisions, number).unwrap_or_else(|_| affix.clone());
        let long_enough = text.chars().count() >= shortest;
        if long_enough && !is_taken(&change.tx, rule.co_id, &rule.identifier_type, &text).await? {
            return Ok(Ok(text));
        }
        tried.left = tried.left.saturating_sub(1);
        if let Some(number) = number.filter(|_| long_enough) {
            tried.taken.insert((rule.id, affix), (rule.clone(), number));
        }
        match (tried.left, has_number && long_enough, format.goes_on_after(collisions)) {
            (1.., true, _) => {}
            (1.., false, true) => collisions += 1,
            (0, ..) => {
                return Ok(Err(format!(
                    "\"{text}\" and those before it are taken; ask again, and the next ones are tried"
                )));
            }
            (_, false, false) => {
                let why = if long_enough { "taken" } else { "too short" };
                return Ok(Err(format!("\"{text}\" is {why}, and the format has no other one")));
            }
        }
    }
}

async fn names_of(change: &Change<'_>, owner: (&str, i64)) -> Result<Names, Fault> {
    if owner.0 != "co_person_id" {
        return Ok(Names::default());
    }
    let primary = with::<NamesOf>(owner.0, owner.1)?.filter(is(name::Column::PrimaryName));
    let name = primary.one(&change.tx).await?;
    Ok(name.map_or_else(Names::default, |name| Names {
        given: Some(name.given),
        middle: name.middle,
        family: name.family,
    }))
}
