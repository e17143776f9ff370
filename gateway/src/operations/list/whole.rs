//! A list without `limit`, however long: read piece by piece and sent on as it is read (D47).
//!
//! Guarantee: what it costs here and in the services does not grow with the list, and a client never takes a part for the
//! whole. Mechanism: pages of the service follow one another, one at a time, and only as fast as the client reads. Failure:
//! if a piece cannot be had the connection is cut before the document ends.

use std::collections::HashSet;

use actix_web::HttpResponse;
use bytes::Bytes;
use futures::{Stream, stream};
use proto::{refusal::Refusal, table::Table};
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::{
    exchange::Exchange,
    lists::Running,
    messages,
    query::Query,
    reader::{Login, Reader},
    refusal::Problem,
    response,
    wire::answer::List,
};

/// So many records in a piece, which is a page of the service. Smaller ones take longer in all, larger ones more memory for
/// each slow client.
const PIECE: u32 = proto::LARGEST_PAGE;

/// Answers with all records; those that fit into one piece as one body of known length.
///
/// # Errors
/// If the service refuses the first piece, or 429 if the user reads as many long lists as are allowed (D62).
pub(super) async fn answer(
    exchange: &Exchange<'_>,
    table: &'static Table,
    query: &Query,
    searching: Option<Running>,
) -> Result<HttpResponse, Problem> {
    let mut rest = Rest {
        table,
        reader: Reader::of(exchange, Login::Request, (table, "List")),
        query: query.clone(),
        list: List::begin(exchange.format, exchange.app.settings.wire.integers, table, 0),
        after: Some(query.after.unwrap_or_default()),
        told: HashSet::new(),
        running: None,
        _searching: searching,
        _token: exchange.app.running.token(),
    };
    if query.after.is_none() {
        rest.begin_with_the_same().await?;
    }
    let first = rest.piece().await?;
    if rest.after.is_none() {
        return Ok(exchange.ok(first));
    }
    rest.running = Some(exchange.app.lists.begin(&exchange.caller)?);
    let first = stream::once(std::future::ready(Ok(Bytes::from(first))));
    let body = stream::StreamExt::chain(first, rest.pieces());
    Ok(response::begin(exchange.format, actix_web::http::StatusCode::OK).streaming(body))
}

/// What of a list has not been read yet.
struct Rest {
    table: &'static Table,
    reader: Reader,
    query: Query,
    list: List,
    /// The last id that was read; none when all were.
    after: Option<i64>,
    /// What was told before its turn.
    told: HashSet<i64>,
    /// It is counted, if it is long.
    running: Option<Running>,
    /// It is counted, if it is a search.
    _searching: Option<Running>,
    /// A stop waits for it.
    _token: TaskTrackerToken,
}

impl Rest {
    /// Begins with the records that have just the identifier that is searched for: programs take the first that is found
    /// for the one that they mean, and an older record whose identifier only contains it would be somebody else.
    async fn begin_with_the_same(&mut self) -> Result<(), Problem> {
        let Some(same) = self.query.for_the_same_identifier() else { return Ok(()) };
        let message = messages::list(&Query { after: Some(0), limit: PIECE, ..same });
        let bytes = match self.reader.call(message).await {
            // A registry of an older release does not know this search.
            Err(Problem::Refused(Refusal::Unprocessable { .. })) => return Ok(()),
            bytes => bytes?,
        };
        let (told, list) = (&mut self.told, &mut self.list);
        messages::read_list(self.table, bytes, |record| {
            told.extend(record.int("id"));
            list.push(record);
        })?;
        Ok(())
    }

    /// The next part of the document.
    async fn piece(&mut self) -> Result<Vec<u8>, Problem> {
        let page = Query { after: self.after, limit: PIECE, ..self.query.clone() };
        let message = messages::list(&page);
        let bytes = self.reader.call(message).await?;
        // Names are on the wire here, and are not in protobuf.
        self.list.reserve(256 + bytes.len() * 4);
        let mut last = None;
        let more = messages::read_list(self.table, bytes, |record| {
            last = record.int("id");
            if !last.is_some_and(|id| self.told.contains(&id)) {
                self.list.push(record);
            }
        })?;
        self.after = last.filter(|_| more);
        if self.after.is_none() {
            self.list.close();
        }
        Ok(self.list.take())
    }

    fn pieces(self) -> impl Stream<Item = Result<Bytes, actix_web::Error>> {
        stream::try_unfold(self, |mut rest| async {
            if rest.after.is_none() {
                return Ok(None);
            }
            match rest.piece().await {
                Ok(piece) => Ok(Some((Bytes::from(piece), rest))),
                Err(problem) => {
                    let resource = rest.table.plural.as_str();
                    tracing::warn!(resource, ?problem, "a list breaks off, and its connection is cut");
                    Err(actix_web::error::ErrorInternalServerError("the list breaks off"))
                }
            }
        })
    }
}
