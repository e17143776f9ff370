//! The ledger of a target: `GET /co_provisioning_targets/<id>/ledger.<fmt>` (D56).
//!
//! Entries are read and sent piece by piece, as long lists are; counts come first, and are of the moment of the first piece.

use actix_web::{HttpResponse, http::StatusCode};
use bytes::Bytes;
use futures::{Stream, stream};
use prost::Message as _;
use proto::{
    provisioning::v1::{CoProvisioningTarget, LedgerRequest, LedgerResponse},
    table::Table,
};
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::{
    exchange::Exchange,
    lists::Running,
    messages::Unreadable,
    query::Query,
    reader::{Login, Reader},
    refusal::Problem,
    response,
    wire::ledger::Ledger,
};

/// Reads the ledger.
///
/// # Errors
/// If the query cannot be followed, or the service refuses.
pub async fn run(exchange: &Exchange<'_>, id: i64) -> Result<HttpResponse, Problem> {
    let query = Query::of(exchange.request.query_string())?.of_the_present("Ledgers")?;
    let entries = flag(&query)?;
    let asked = LedgerRequest {
        co_provisioning_target_id: id,
        from: number(&query, "from")?,
        to: number(&query, "to")?,
        entries,
        after: None,
    };
    let mut rest = Rest {
        reader: Reader::of(exchange, Login::Request, (Table::of::<CoProvisioningTarget>(), "Ledger")),
        document: Ledger::begin(exchange.format, exchange.app.settings.wire.integers),
        asked,
        more: true,
        running: None,
        _token: exchange.app.running.token(),
    };
    let first = rest.first().await?;
    if !rest.more {
        return Ok(exchange.ok(first));
    }
    rest.running = Some(exchange.app.lists.begin(&exchange.caller)?);
    let first = stream::once(std::future::ready(Ok(Bytes::from(first))));
    let body = stream::StreamExt::chain(first, rest.pieces());
    Ok(response::begin(exchange.format, StatusCode::OK).streaming(body))
}

fn number(query: &Query, name: &str) -> Result<Option<i64>, Problem> {
    let Some(text) = query.filters.get(name) else { return Ok(None) };
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = digits.then(|| text.parse().ok()).flatten();
    number.map(Some).ok_or_else(|| {
        Problem::bad_request(format!("{name} must be the number of an entry: a whole number, such as 1."))
    })
}

fn flag(query: &Query) -> Result<bool, Problem> {
    match query.filters.get("entries").map(|text| text.to_ascii_lowercase()).as_deref() {
        None | Some("false" | "0") => Ok(false),
        Some("true" | "1") => Ok(true),
        Some(_) => Err(Problem::bad_request("entries must be true or false.".to_owned())),
    }
}

/// What of a ledger has not been read yet.
struct Rest {
    reader: Reader,
    document: Ledger,
    asked: LedgerRequest,
    more: bool,
    /// It counts among the user's long lists.
    running: Option<Running>,
    /// A stop waits for it.
    _token: TaskTrackerToken,
}

impl Rest {
    async fn ask(&mut self) -> Result<LedgerResponse, Problem> {
        let message = self.asked.encode_to_vec().into();
        let bytes = self.reader.call(message).await?;
        Ok(LedgerResponse::decode(bytes).map_err(Unreadable::from)?)
    }

    async fn first(&mut self) -> Result<Vec<u8>, Problem> {
        let answer = self.ask().await?;
        self.document.counts(self.asked.co_provisioning_target_id, &answer);
        if self.asked.entries {
            self.document.open();
        }
        // What is accepted from now on is not in the counts.
        (self.asked.from, self.asked.to) = (Some(answer.from), Some(answer.to));
        Ok(self.written(&answer))
    }

    fn written(&mut self, answer: &LedgerResponse) -> Vec<u8> {
        answer.entries.iter().for_each(|entry| self.document.push(entry));
        self.more = answer.more;
        self.asked.after = answer.entries.last().map(|entry| entry.number);
        if !self.more {
            self.document.end();
        }
        self.document.take()
    }

    fn pieces(self) -> impl Stream<Item = Result<Bytes, actix_web::Error>> {
        stream::try_unfold(self, |mut rest| async {
            if !rest.more {
                return Ok(None);
            }
            match rest.ask().await {
                Ok(answer) => Ok(Some((Bytes::from(rest.written(&answer)), rest))),
                Err(problem) => {
                    tracing::warn!(?problem, "a ledger breaks off, and its connection is cut");
                    Err(actix_web::error::ErrorInternalServerError("the ledger breaks off"))
                }
            }
        })
    }
}
