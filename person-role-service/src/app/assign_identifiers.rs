//! Assigning identifiers by the rules of a CO (neighbours.md Identifier, `assign`).
//!
//! Guarantee: nobody gets an identifier that somebody has, nor two of one type, however many ask at once. Mechanism: the
//! rule is held while an identifier is made by it, numbers come from a counter that is held as well, and the unique index
//! of identifiers has the last word: then it is begun anew.

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
/// How many numbers of a sequence may be taken one after the other, until somebody is told.
const MOST_TAKEN: u32 = 1000;

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
    loop {
        match attempt(app, caller, record, unread).await {
            Err(Fault::Refused(refusal)) if refusal == Identifiers::taken() && tries < TRIES => tries += 1,
            ended => return ended,
        }
    }
}

async fn attempt(app: &App, caller: &Caller, record: &Record, unread: &[FieldViolation]) -> Result<bool, Fault> {
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
    let mut used_up = Vec::new();
    for rule in rules.all(&change.tx).await? {
        if let Err(Cannot { why, used_up: numbers }) = by_rule(&mut change, &rule, owner, &names).await? {
            failed.push(format!("{}: {why}", rule.identifier_type));
            used_up.extend(numbers.map(|(affix, last)| (rule, affix, last)));
        }
    }
    if !failed.is_empty() {
        drop(change);
        skip(app, caller, used_up).await?;
        let sentence = format!("Identifiers cannot be assigned; {}. Nothing was assigned.", failed.join("; "));
        return Err(Refusal::BadRequest(sentence).into());
    }
    idempotency::keep(&change.tx, &app.clock, caller, owner.1).await?;
    change.commit().await?;
    Ok(false)
}

/// Why a rule gives no identifier.
struct Cannot {
    why: String,
    /// The text around the numbers of a sequence that were all taken, and the last of them.
    used_up: Option<(String, i64)>,
}

impl From<String> for Cannot {
    fn from(why: String) -> Self {
        Self { why, used_up: None }
    }
}

/// Lets sequences go on after numbers that were all taken, although nothing was assigned: whoever asks again gets further.
async fn skip(
    app: &App,
    caller: &Caller,
    used_up: Vec<(co_identifier_assignment::Model, String, i64)>,
) -> Result<(), Fault> {
    if used_up.is_empty() {
        return Ok(());
    }
    let change = Change::begin(app, caller).await?;
    for (rule, affix, last) in used_up {
        go_on_after(&change.tx, &rule, &affix, last).await?;
    }
    Ok(change.commit().await?)
}

/// Assigns by one rule, unless there is an identifier of its type; says why it cannot.
async fn by_rule(
    change: &mut Change<'_>,
    rule: &co_identifier_assignment::Model,
    owner: (&str, i64),
    names: &Names,
) -> Result<Result<(), Cannot>, Fault> {
    let rule = holds::row::<CoIdentifierAssignments>(change, rule.id, LockType::NoKeyUpdate).await?;
    change.catch_up().await?;
    let has = with::<Identifiers>(owner.0, owner.1)?.filter(identifier::Column::Type.eq(rule.identifier_type.as_str()));
    if has.count(&change.tx).await? > 0 {
        return Ok(Ok(()));
    }
    let text = match choose(change, &rule, names).await? {
        Ok(text) => text,
        Err(cannot) => return Ok(Err(cannot)),
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
            Ok(Err(sentences.join(" ").into()))
        }
        added => added.map(|_| Ok(())),
    }
}

/// The first identifier of a rule that is free and long enough; or why there is none.
async fn choose(
    change: &Change<'_>,
    rule: &co_identifier_assignment::Model,
    names: &Names,
) -> Result<Result<String, Cannot>, Fault> {
    let format: Format = match rule.format.parse::<Format>() {
        Ok(format) => format,
        Err(why) => return Ok(Err(why.into())),
    };
    let shortest = usize::try_from(rule.minimum_length.unwrap_or(1)).unwrap_or(1);
    let (mut collisions, mut taken) = (0, 0);
    loop {
        let affix = match format.fill(names, collisions, None) {
            Ok(text) => text,
            Err(why) => return Ok(Err(why.into())),
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
        taken += 1;
        if has_number && long_enough && taken < MOST_TAKEN {
            continue;
        }
        if !format.goes_on_after(collisions) {
            let used_up = number.filter(|_| long_enough).map(|last| (affix, last));
            let why = match (long_enough, used_up.is_some()) {
                (true, true) => "and those before it are taken; ask again, and the next ones are tried",
                (true, false) => "is taken, and the format has no other one",
                (false, _) => "is too short, and the format has no other one",
            };
            return Ok(Err(Cannot { why: format!("\"{text}\" {why}"), used_up }));
        }
        (collisions, taken) = (collisions + 1, 0);
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
