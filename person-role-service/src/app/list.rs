//! Listing records of any resource, with filters and paging (D9 to D12, D27).

use std::collections::HashMap;

use proto::{
    caller::Caller,
    record::Record,
    refusal::Refusal,
    registry::v1::ListRequest,
    table::{Field, Kind, Table},
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::{
    context::{App, Fault},
    resource::Resource,
    rights::{known, privileged},
    store::stored::live,
};

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
/// `Unknown` when a filter names what does not exist or is not the caller's (D9, D10), `Unauthorized`.
pub async fn list<R: Resource>(app: &App, caller: &Caller, request: &ListRequest) -> Result<Page, Fault> {
    privileged(caller)?;
    let filters: HashMap<String, String> =
        request.filters.iter().map(|filter| (filter.name.clone(), filter.value.clone())).collect();
    if filters.values().any(|value| value.contains('\0')) {
        return Err(Refusal::BadRequest("A filter may not hold the character NUL. Check the query.".to_owned()).into());
    }
    let columns = R::columns();
    let mut condition = Condition::all();
    let mut filtered = false;
    let mut co_id = caller.co_id;
    for filter in of_table(R::table(), R::own_filters()) {
        let Some(text) = filters.get(filter.parameter) else { continue };
        filtered = true;
        if filter.kind == Kind::Bool {
            let truth = match text.to_ascii_lowercase().as_str() {
                "true" | "1" => true,
                "false" | "0" => false,
                _ => return Err(Refusal::BadRequest(format!("{} must be true or false.", filter.parameter)).into()),
            };
            condition = condition.add(columns.named(filter.column)?.eq(truth));
            continue;
        }
        let id = known(app, caller, filter.resource, text).await?;
        if filter.resource == "Co" {
            co_id = Some(id);
        } else {
            condition = condition.add(columns.named(filter.column)?.eq(id));
        }
    }
    refuse_others::<R>(&filters)?;
    condition = condition.add(R::filter(app, caller, &filters).await?);
    if let Some(co_id) = co_id {
        condition = condition.add(columns.named(if R::OF_CO { "co_id" } else { "id" })?.eq(co_id));
    }
    let id = columns.named("id")?;
    let mut query = live::<R>(R::Entity::find().filter(condition))?.order_by_asc(id);
    if request.after > 0 {
        query = query.filter(id.gt(request.after));
    }
    if request.limit > 0 {
        query = query.limit(u64::from(request.limit) + 1);
    }
    let mut rows = query.all(app.database.reader()).await?;
    let more = request.limit > 0 && rows.len() > request.limit as usize;
    if more {
        rows.truncate(request.limit as usize);
    }
    let mut records: Vec<Record> = rows.iter().map(|row| columns.record(row)).collect();
    R::computed(app, &mut records.iter_mut().collect::<Vec<_>>(), filtered).await?;
    Ok(Page { records, more })
}

/// The filters that the reference knows for one resource or another (rest-conventions §2).
const KNOWN: [&str; 11] = [
    "clusterid",
    "codeptid",
    "coemaillistid",
    "cogroupid",
    "coid",
    "copersonid",
    "copersonroleid",
    "coserviceid",
    "couid",
    "organizationid",
    "orgidentityid",
];

/// Refuses a filter that this resource cannot be listed by: answering with everything would drop a wish in silence (D1).
fn refuse_others<R: Resource>(filters: &HashMap<String, String>) -> Result<(), Refusal> {
    let own: Vec<&str> =
        of_table(R::table(), &[]).map(|filter| filter.parameter).chain(R::own_filters().iter().copied()).collect();
    let other = KNOWN.iter().find(|name| filters.contains_key(**name) && !own.contains(name));
    match other {
        None => Ok(()),
        Some(name) => Err(Refusal::BadRequest(format!(
            "{} cannot be listed by {name}. Use {}, or no filter.",
            R::table().plural,
            own.join(", ")
        ))),
    }
}

struct Filter<'a> {
    parameter: &'a str,
    column: &'a str,
    resource: &'a str,
    kind: Kind,
}

/// The filters that a resource's fields state, and `coid`, which all have.
fn of_table<'a>(table: &'a Table, own: &'a [&'a str]) -> impl Iterator<Item = Filter<'a>> {
    let of_field = |field: &'a Field| Filter {
        parameter: field.options.filter.as_str(),
        column: field.column.as_str(),
        resource: field.options.refers_to.as_str(),
        kind: field.kind.clone(),
    };
    let of_co = Filter { parameter: "coid", column: "co_id", resource: "Co", kind: Kind::Int };
    table
        .fields
        .iter()
        .filter(|field| !field.options.filter.is_empty() && field.options.filter != "coid")
        .map(of_field)
        .chain([of_co])
        .filter(|filter| !own.contains(&filter.parameter))
}
