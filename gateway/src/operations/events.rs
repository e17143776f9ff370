//! Events as they come: `GET /events` (D59), as `text/event-stream`.
//!
//! Guarantee: whoever sends the last number that came as `Last-Event-ID` misses nothing. Mechanism: the service numbers
//! events; the stream reads on from its own number, a piece at a time, and only as fast as the client reads, so that a slow
//! one holds up nobody. Failure: when the service is away, the key ends or the process stops, the stream ends, and the
//! client comes again. So it does when its user may not read events any more: what the user may is asked anew before each answer.

use std::time::Duration;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        Method, StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
    web::Data,
};
use bytes::Bytes;
use futures::{Stream, stream};
use prost::Message as _;
use proto::{
    provisioning::v1::{NextEventsRequest, NextEventsResponse},
    registry::v1::HistoryRecord,
    table::Table,
};
use tokio::time::Instant;

use crate::{
    app::App,
    exchange::Exchange,
    lists::Running,
    messages::Unreadable,
    query::Query,
    reader::{Login, Reader},
    refusal::Problem,
    response,
    wire::{Format, Integers, events},
};

const SERVICE: &str = "cohort.provisioning.v1.CoProvisioningEvents";
/// How often a comment keeps the stream open.
const COMMENT: Duration = Duration::from_secs(15);
/// How long the service waits for an event at a time; so often its reader's rights are looked at anew.
const WAIT: Duration = Duration::from_secs(5);

/// Begins a stream.
///
/// # Errors
/// If the query or `Last-Event-ID` cannot be followed, 410 `Events Gone`, 429 if the user has as many streams as are allowed,
/// or the service refuses.
pub async fn run(exchange: &Exchange<'_>, login: Login) -> Result<HttpResponse, Problem> {
    let mut query = Query::of(exchange.request.query_string())?.of_the_present("Events")?;
    let mut filter = |name: &str| query.filters.remove(name);
    let mut asked = NextEventsRequest {
        after: last_event(exchange.request)?,
        wait_ms: 0,
        co_id: filter("coid"),
        co_provisioning_target_id: filter("coprovisioningtargetid"),
        kind: filter("kind"),
    };
    let head = exchange.request.method() == Method::HEAD;
    let running = match &login {
        Login::Session(_) if !head => None,
        _ => Some(exchange.app.events.begin(&exchange.caller)?),
    };
    let reader = Reader::of(exchange, login, (Table::of::<HistoryRecord>(), "List"));
    let first = ask(&reader, &asked).await?;
    if first.gone {
        return Err(Problem::EventsGone);
    }
    let mut builder = response::begin(Format::Json, StatusCode::OK);
    builder.insert_header((header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")));
    // Proxies are not to gather what is to come at once.
    builder.insert_header((HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")));
    if head {
        return Ok(builder.finish());
    }
    // Who turns pages leaves streams behind, which are not known to be read by nobody before something is sent.
    let running = running.unwrap_or_else(|| exchange.app.pages.begin_instead(&exchange.caller));
    asked.after = Some(first.last);
    let integers = exchange.app.settings.wire.integers;
    let mut begin = b": events follow\n\n".to_vec();
    events::write(&first.events, integers, &mut begin);
    let rest = Rest {
        app: exchange.request.app_data::<Data<App>>().cloned(),
        reader,
        asked,
        integers,
        comment: Instant::now() + COMMENT,
        running,
    };
    let begin = stream::once(std::future::ready(Ok(Bytes::from(begin))));
    Ok(builder.streaming(stream::StreamExt::chain(begin, rest.pieces())))
}

fn last_event(request: &HttpRequest) -> Result<Option<i64>, Problem> {
    let Some(text) = request.headers().get("last-event-id") else { return Ok(None) };
    let number = text.to_str().ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    let number = number.and_then(|text| text.parse().ok());
    number.map(Some).ok_or_else(|| Problem::bad_request("Last-Event-ID must be the id of an event: a whole number."))
}

async fn ask(reader: &Reader, asked: &NextEventsRequest) -> Result<NextEventsResponse, Problem> {
    let bytes = reader.call_of(SERVICE, "Next", asked.encode_to_vec().into()).await?;
    Ok(NextEventsResponse::decode(bytes).map_err(Unreadable::from)?)
}

/// What has not come yet.
struct Rest {
    app: Option<Data<App>>,
    reader: Reader,
    asked: NextEventsRequest,
    integers: Integers,
    /// When a comment is due.
    comment: Instant,
    running: Running,
}

impl Rest {
    /// The next events, or a comment; none when the stream ends.
    async fn piece(&mut self) -> Option<Vec<u8>> {
        let app = self.app.clone()?;
        loop {
            let until = self.comment.saturating_duration_since(Instant::now()).min(WAIT);
            self.asked.wait_ms = u32::try_from(until.as_millis()).unwrap_or(u32::MAX);
            let answer = tokio::select! {
                () = app.stopping.cancelled() => return None,
                () = self.running.over() => return None,
                answer = ask(&self.reader, &self.asked) => answer.ok()?,
            };
            if answer.gone {
                return None;
            }
            self.reader.look_again().await.ok()?;
            self.asked.after = Some(answer.last);
            let mut out = Vec::new();
            events::write(&answer.events, self.integers, &mut out);
            if Instant::now() >= self.comment {
                self.comment = Instant::now() + COMMENT;
                out.extend_from_slice(b":\n\n");
            }
            if !out.is_empty() {
                return Some(out);
            }
        }
    }

    fn pieces(self) -> impl Stream<Item = Result<Bytes, actix_web::Error>> {
        stream::unfold(self, |mut rest| async move { Some((Ok(Bytes::from(rest.piece().await?)), rest)) })
    }
}
