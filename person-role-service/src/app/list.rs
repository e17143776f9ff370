//! Listing records of any resource, with filters and paging, now or as they were (D9 to D12, D27, D45, D48).

use std::collections::HashMap;

use chrono::DateTime;
use proto::{
    caller::Caller,
    check::Violations,
    filters::{self, MATCHED},
    record::Record,
    refusal::Refusal,
    registry::v1::{ListRequest, NamedText},
    table::{Field, Kind, Table},
};
use sea_orm::{
    Condition, Value as Sql,
    sea_query::{Expr, ExprTrait},
};

use crate::{
    app::moment,
    context::{App, Fault},
    resource::{Asked, Resource, search},
    rights::{known, privileged},
    store::{
        past::{self, Moment, Shelf},
        types,
    },
};

/// The longest value of a filter, in bytes: nothing that is kept and searched is longer, and a database takes only so much.
const LONGEST: usize = 4096;

/// So many values a filter may be given: each is looked up.
const MOST_VALUES: usize = 8;

/// A page of a list.
#[derive(Debug)]
pub struct Page {
    /// Its records, by id.
    pub records: Vec<Record>,
    /// There are more after the last one.
    pub more: bool,
}

/// Lists records. Without a filter a platform user gets all, others those of their CO (D12).
///
/// # Errors
/// `Unknown` when a filter names what does not exist or is not the caller's (D9, D10), `InvalidFields` for values that a
/// filter cannot have and a time that is to come, `Unauthorized`.
pub async fn list<R: Resource>(app: &App, caller: &Caller, request: &ListRequest) -> Result<Page, Fault> {
    privileged(caller)?;
    let rounds = rounds(&request.filters)?;
    let moment = moment::of(app, request.as_of).await?;
    let mut conditions: Vec<_> = moment.shelves().iter().map(|shelf| (*shelf, Condition::all())).collect();
    let (mut filtered, mut searched) = (false, false);
    for filters in &rounds {
        let asked = Asked { caller, filters, moment };
        let (wanted, some) = wanted::<R>(app, &asked).await?;
        refuse_others::<R>(filters)?;
        search::refuse_others(R::table(), R::own_filters(), filters)?;
        for (shelf, all) in &mut conditions {
            let of_fields = wanted.iter().fold(all.clone(), |all, wanted| all.add(wanted.on(*shelf)));
            *all = of_fields.add(R::filter(app, &asked, *shelf).await?);
        }
        filtered |= some;
        searched |= search::is_asked(R::own_filters(), filters);
    }
    let _turn = match searched {
        true => Some(app.searches.begin(caller.co_id).await?),
        false => None,
    };
    let limit = if request.limit > 0 { u64::from(request.limit) + 1 } else { 0 };
    let mut records = past::read::<R, _>(app.database.reader(), moment, conditions, (request.after, limit)).await?;
    let more = request.limit > 0 && records.len() > request.limit as usize;
    if more {
        records.truncate(request.limit as usize);
    }
    R::computed(app, &mut records.iter_mut().collect::<Vec<_>>(), moment, filtered).await?;
    Ok(Page { records, more })
}

/// The filters, each name once: a further value of a name stands in a further round, beside the others. All rounds must
/// hold (D10).
fn rounds(filters: &[NamedText]) -> Result<Vec<HashMap<String, String>>, Refusal> {
    let mut rounds = vec![HashMap::new()];
    for NamedText { name, value } in filters {
        if value.contains('\0') {
            return Err(Refusal::BadRequest("A filter may not hold the character NUL. Check the query.".to_owned()));
        }
        if value.len() > LONGEST {
            return Err(Refusal::BadRequest(format!("A filter may have at most {LONGEST} bytes. Check the query.")));
        }
        if rounds.iter().any(|round| round.get(name) == Some(value)) {
            continue;
        }
        let values = rounds.iter().filter(|round| round.contains_key(name)).count();
        if values == MOST_VALUES {
            let sentence = format!("A filter may have at most {MOST_VALUES} values. Check {name}.");
            return Err(Refusal::BadRequest(sentence));
        }
        match rounds.get_mut(values) {
            Some(round) => drop(round.insert(name.clone(), value.clone())),
            None => rounds.push(HashMap::from([(name.clone(), value.clone())])),
        }
    }
    let first = rounds.first().cloned().unwrap_or_default();
    let beside = |round: HashMap<String, String>| first.clone().into_iter().chain(round).collect();
    Ok(rounds.into_iter().map(beside).collect())
}

/// What a column must hold: at least the value if it is a time, else just the value.
struct Wanted<'a> {
    column: &'a str,
    value: Sql,
}

impl Wanted<'_> {
    fn on(&self, shelf: Shelf) -> Expr {
        match &self.value {
            Sql::ChronoDateTimeUtc(_) => shelf.column(self.column).gte(self.value.clone()),
            value => shelf.column(self.column).eq(value.clone()),
        }
    }
}

/// What the filters of the fields want, and the CO of the caller; whether there is a filter.
async fn wanted<R: Resource>(app: &App, asked: &Asked<'_>) -> Result<(Vec<Wanted<'static>>, bool), Fault> {
    let of_co = if R::OF_CO { "co_id" } else { "id" };
    let (mut found, mut wrong, mut filtered) = (Vec::new(), Violations::default(), false);
    let mut co_id = asked.caller.co_id;
    for filter in of_table(R::table(), R::own_filters()) {
        let Some(text) = asked.filters.get(filter.parameter) else { continue };
        filtered = true;
        match filter.field.map(|field| (field, &field.kind)) {
            Some((field, Kind::Bool | Kind::Enum(_) | Kind::Time | Kind::Text)) => {
                match value_of(app, asked, field, text).await? {
                    Ok(value) => found.push(Wanted { column: filter.column, value }),
                    Err(sentence) => wrong.add(filter.parameter, sentence),
                }
            }
            _ => {
                let id = known(app, asked.caller, asked.moment, (filter.resource, text)).await?;
                match filter.resource {
                    "Co" => co_id = Some(id),
                    _ => found.push(Wanted { column: filter.column, value: id.into() }),
                }
            }
        }
    }
    found.extend(co_id.map(|id| Wanted { column: of_co, value: id.into() }));
    if wrong.is_empty() { Ok((found, filtered)) } else { Err(Refusal::InvalidFields(wrong).into()) }
}

/// The value that a filter gives for a field that is no reference (D48), or what is wrong with it.
async fn value_of(app: &App, asked: &Asked<'_>, field: &Field, text: &str) -> Result<Result<Sql, String>, Fault> {
    let parameter = &field.options.filter;
    Ok(match &field.kind {
        Kind::Bool => match text.to_ascii_lowercase().as_str() {
            "true" | "1" => Ok(true.into()),
            "false" | "0" => Ok(false.into()),
            _ => return Err(Refusal::BadRequest(format!("{parameter} must be true or false.")).into()),
        },
        Kind::Enum(names) => match field.number_of_wire(text).and_then(|number| field.name_of(number)) {
            Some(name) => Ok(name.code.clone().into()),
            None => {
                let names: Vec<&str> = names.iter().map(|name| name.wire.as_str()).collect();
                Err(format!("\"{parameter}\" must be one of {}", names.join(", ")))
            }
        },
        Kind::Time => match proto::time::read(text).and_then(|seconds| DateTime::from_timestamp(seconds, 0)) {
            Some(time) => Ok(time.into()),
            None => Err(format!("\"{parameter}\" must be a time: YYYY-MM-DD HH:MM:SS in UTC, YYYY-MM-DD, or RFC 3339")),
        },
        _ if is_allowed(app, asked, field, text).await? => Ok(text.to_owned().into()),
        _ => Err(format!("\"{parameter}\" must be one of {}, or a type of the CO", field.options.allowed.join(", "))),
    })
}

/// Whether a field allows a text: by default, or by a type that a CO of the caller has defined, which may be suspended.
/// What types there were in the past nobody knows.
async fn is_allowed(app: &App, asked: &Asked<'_>, field: &Field, text: &str) -> Result<bool, Fault> {
    let options = &field.options;
    Ok(options.allowed.iter().any(|allowed| allowed == text)
        || (asked.moment != Moment::Present && !text.is_empty())
        || types::is_defined(app.database.reader(), asked.caller.co_id, &options.extended_by, text).await?)
}

/// Refuses a filter that this resource cannot be listed by (D1).
fn refuse_others<R: Resource>(filters: &HashMap<String, String>) -> Result<(), Refusal> {
    // A match answers for its keys itself: 422.
    if MATCHED.iter().any(|name| filters.contains_key(*name) && R::own_filters().contains(name)) {
        return Ok(());
    }
    let own: Vec<&str> =
        of_table(R::table(), &[]).map(|filter| filter.parameter).chain(R::own_filters().iter().copied()).collect();
    filters::refuse_others(&R::table().plural, filters.keys().map(String::as_str), &own)
}

struct Filter<'a> {
    parameter: &'a str,
    column: &'a str,
    resource: &'a str,
    field: Option<&'a Field>,
}

/// The filters that a resource's fields state, and `coid`, which all have.
fn of_table<'a>(table: &'static Table, own: &'a [&'a str]) -> impl Iterator<Item = Filter<'static>> + use<'a> {
    let of_field = |field: &'static Field| Filter {
        parameter: field.options.filter.as_str(),
        column: field.column.as_str(),
        resource: field.options.refers_to.as_str(),
        field: Some(field),
    };
    let of_co = Filter { parameter: "coid", column: "co_id", resource: "Co", field: None };
    table
        .fields
        .iter()
        .filter(|field| !field.options.filter.is_empty() && field.options.filter != "coid")
        .map(of_field)
        .chain([of_co])
        .filter(|filter| !own.contains(&filter.parameter))
}
