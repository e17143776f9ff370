//! Reading a security log: view and list (D60), and the methods of its gRPC service.

use async_trait::async_trait;
use bytes::Bytes;
use prost::Message;
use proto::{
    caller::Caller,
    record::{Record, Slot, Value},
    refusal::Refusal,
    registry::v1::{ListRecords, ListRequest, ViewRequest},
};
use sea_orm::{ConnectionTrait, FromQueryResult, Statement, Value as Sql};
use tonic::{Response, Status};

use super::{
    Source,
    chain::{COLUMNS, Row},
    table,
};
use crate::{
    database::{Database, refusal_of},
    rpc::tables::{Answer, Call},
};

/// Serves the log of a database.
#[derive(Clone, Debug)]
pub struct Reader(pub Database);

#[async_trait]
impl Answer for Reader {
    async fn answer(&self, call: Call) -> Result<Response<Bytes>, Status> {
        let Call { method, caller, message, .. } = call;
        let unreadable = |error: prost::DecodeError| Status::invalid_argument(error.to_string());
        let bytes: Bytes = match method.as_str() {
            "View" => {
                let ViewRequest { id, .. } = ViewRequest::decode(message).map_err(unreadable)?;
                view(self.0.reader(), &caller, id).await?.encode().into()
            }
            "List" => {
                let request = ListRequest::decode(message).map_err(unreadable)?;
                let (records, more) = list(self.0.reader(), &caller, &request).await?;
                let records = records.iter().map(|record| Bytes::from(record.encode())).collect();
                ListRecords { records, more }.encode_to_vec().into()
            }
            _ => return Err(Status::unimplemented("this service does not serve this method")),
        };
        Ok(Response::new(bytes))
    }
}

/// Lets platform users pass, and users of a CO whom the scope `audit` was given.
fn permitted(caller: &Caller) -> Result<(), Refusal> {
    if caller.privileged && caller.allows(table(), "View") { Ok(()) } else { Err(Refusal::not_privileged()) }
}

/// The record with an id.
///
/// # Errors
/// `Unknown`, also when it is of a CO on which the caller has no rights (D9); `Unauthorized`.
pub async fn view<C: ConnectionTrait>(db: &C, caller: &Caller, id: i64) -> Result<Record, Refusal> {
    permitted(caller)?;
    let mut wanted = Wanted::default();
    wanted.must("id = ", id.into());
    wanted.only_of(caller);
    let rows = wanted.rows(db, 1).await?;
    rows.first().map(record).ok_or_else(|| Refusal::unknown(&table().singular))
}

/// The records that satisfy all filters, by id, and whether there are more.
///
/// # Errors
/// `CO Unknown` for a CO on which the caller has no rights, `InvalidFields` for a time that is none, `Bad Request` for a
/// filter that there is not; `Unauthorized`.
pub async fn list<C: ConnectionTrait>(
    db: &C,
    caller: &Caller,
    request: &ListRequest,
) -> Result<(Vec<Record>, bool), Refusal> {
    permitted(caller)?;
    let mut wanted = Wanted::default();
    wanted.only_of(caller);
    wanted.must("id > ", request.after.into());
    for filter in &request.filters {
        wanted.filter(caller, &filter.name, &filter.value)?;
    }
    let limit = if request.limit == 0 { proto::LARGEST_PAGE } else { request.limit };
    let mut rows = wanted.rows(db, u64::from(limit) + 1).await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    Ok((rows.iter().map(record).collect(), more))
}

/// What records must satisfy, as SQL.
#[derive(Default)]
struct Wanted {
    conditions: Vec<String>,
    values: Vec<Sql>,
}

impl Wanted {
    fn must(&mut self, condition: &str, value: Sql) {
        self.values.push(value);
        self.conditions.push(format!("{condition}${}", self.values.len()));
    }

    fn only_of(&mut self, caller: &Caller) {
        if let Some(co_id) = caller.co_id {
            self.must("co_id = ", co_id.into());
        }
    }

    fn filter(&mut self, caller: &Caller, name: &str, text: &str) -> Result<(), Refusal> {
        let micros = |seconds: i64| Sql::from(seconds.saturating_mul(1_000_000));
        match name {
            "actor" => self.must("actor = ", text.into()),
            "action" => self.must("action = ", text.into()),
            "resource" => self.must("resource = ", text.into()),
            "resourceid" => self.must("resource_id = ", number(text).unwrap_or(-1).into()),
            "coid" => {
                let unknown = || Refusal::Unknown { phrase: "CO Unknown".to_owned(), sentence: NO_CO.to_owned() };
                let id = number(text).filter(|id| caller.may(*id)).ok_or_else(unknown)?;
                self.must("co_id = ", id.into());
            }
            "source" => {
                let known = [Source::Registry, Source::Provisioning].into_iter().find(|source| source.name() == text);
                let sentence = "\"source\" must be registry or provisioning";
                let source = known.ok_or_else(|| Refusal::field("source", sentence))?;
                self.must("id % 2 = ", i64::from(source == Source::Provisioning).into());
            }
            "from" => self.must("at >= ", micros(time(name, text)?)),
            // Until the end of that second.
            "through" => self.must("at < ", micros(time(name, text)?.saturating_add(1))),
            _ => return Err(Refusal::no_filter(&table().plural, name, &FILTERS)),
        }
        Ok(())
    }

    async fn rows<C: ConnectionTrait>(self, db: &C, limit: u64) -> Result<Vec<Row>, Refusal> {
        let conditions = self.conditions.join(" AND ");
        let sql = format!("SELECT {COLUMNS} FROM audit_records WHERE {conditions} ORDER BY id LIMIT {limit}");
        let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, self.values);
        let rows = db.query_all_raw(statement).await.map_err(|error| refusal_of(&error))?;
        let rows: Result<Vec<Row>, _> = rows.iter().map(|row| Row::from_query_result(row, "")).collect();
        rows.map_err(|error| refusal_of(&error))
    }
}

const NO_CO: &str = "There is no CO with the id of the filter, or you have no rights on it. Check the id.";
const FILTERS: [&str; 8] = ["coid", "source", "actor", "action", "resource", "resourceid", "from", "through"];

fn number(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

fn time(name: &str, text: &str) -> Result<i64, Refusal> {
    let sentence = format!("\"{name}\" must be a time: YYYY-MM-DD HH:MM:SS in UTC, YYYY-MM-DD, or RFC 3339");
    proto::time::read(text).ok_or_else(|| Refusal::field(name, sentence))
}

fn record(row: &Row) -> Record {
    let mut record = Record::new(table());
    let text = |text: &str| Some(Value::Text(text.to_owned()));
    for (column, value) in [
        ("id", Some(Value::Int(row.id))),
        ("source", text(Source::of_id(row.id).name())),
        ("at", Some(Value::Time(row.at.div_euclid(1_000_000)))),
        ("actor", text(&row.actor)),
        ("address", row.address.as_deref().and_then(text)),
        ("action", text(&row.action)),
        ("resource", text(&row.resource)),
        ("resource_id", row.resource_id.map(Value::Int)),
        ("co_id", row.co_id.map(Value::Int)),
        ("changes", serde_json::from_str(&row.changes).ok().map(Value::Objects)),
        ("hash", text(&row.hash)),
    ] {
        record.set(column, value.map_or(Slot::Absent, Slot::Is));
    }
    record
}
