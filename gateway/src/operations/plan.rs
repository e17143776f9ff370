//! `POST /co_provisioning_targets/plan/<id>/<subject>:<n>.<fmt>`: what would be sent; nothing is (D51).
//!
//! Of a COU or a CO it is a list that streams, or a page with `limit` and `after=copersonid:42`.

use actix_web::{HttpResponse, http::StatusCode};
use bytes::Bytes;
use futures::stream;
use prost::Message as _;
use proto::{
    provisioning::v1::{CoProvisioningPlans, CoProvisioningTarget, PlanRequest},
    table::Table,
    tree,
};
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::{
    exchange::Exchange,
    lists::Running,
    messages::Unreadable,
    operations::{list, provision::errand},
    query,
    reader::{Login, Reader},
    refusal::Problem,
    response,
    wire::told::List,
};

/// So many plans in a piece: each may ask the target.
const PIECE: u32 = 50;

/// Plans.
///
/// # Errors
/// If the path names no errand, the query cannot be followed, the service refuses, or the user reads as many long lists
/// as are allowed (D62).
pub async fn run(exchange: &Exchange<'_>, segments: &[String]) -> Result<HttpResponse, Problem> {
    query::refuse_as_of(exchange.request.query_string(), "Plans")?;
    let errand = errand::read(segments)?;
    let (limit, after) = paging(exchange.request.query_string())?;
    let mut rest = Rest {
        reader: Reader::of(exchange, Login::Request, (Table::of::<CoProvisioningTarget>(), "Plan")),
        request: PlanRequest {
            co_provisioning_target_id: errand.target,
            subject: errand.subject.to_owned(),
            subject_id: errand.subject_id,
            after,
            limit: PIECE,
        },
        left: limit,
        list: Some(List::begin(exchange.format, exchange.app.settings.wire.integers, "CoProvisioningPlans")),
        counted: None,
        _running: exchange.app.running.token(),
    };
    // A page that is put together whole counts as a long answer, too.
    let _counted = limit.map(|_| exchange.app.lists.begin(&exchange.caller)).transpose()?;
    let mut body = rest.piece().await?;
    if limit.is_some() {
        while rest.list.is_some() {
            body.extend(rest.piece().await?);
        }
    }
    if rest.list.is_none() {
        let mut response = exchange.ok(body);
        if limit.is_some() && !rest.request.after.is_empty() {
            let path = format!("co_provisioning_targets/plan/{}", segments.join("/"));
            let next = format!("limit={}&after={}", limit.unwrap_or_default(), rest.request.after);
            list::link(exchange, &path, &next, &mut response);
        }
        return Ok(response);
    }
    rest.counted = Some(exchange.app.lists.begin(&exchange.caller)?);
    let first = stream::once(std::future::ready(Ok(Bytes::from(body))));
    let body = futures::StreamExt::chain(first, rest.pieces());
    Ok(response::begin(exchange.format, StatusCode::OK).streaming(body))
}

fn paging(raw: &str) -> Result<(Option<u32>, String), Problem> {
    let (mut limit, mut after) = (None, String::new());
    for (name, value) in form_urlencoded::parse(raw.as_bytes()) {
        match name.to_lowercase().as_str() {
            "limit" => limit = Some(query::limit(&value)?),
            "after" => after = value.into_owned(),
            _ => {}
        }
    }
    Ok((limit, after))
}

/// The plans that have not been read yet.
struct Rest {
    reader: Reader,
    request: PlanRequest,
    /// How many of a page; all, without one.
    left: Option<u32>,
    /// None when all is written.
    list: Option<List>,
    /// It is one of the user's long lists.
    counted: Option<Running>,
    /// A stop waits for it.
    _running: TaskTrackerToken,
}

impl Rest {
    /// The next part of the document.
    async fn piece(&mut self) -> Result<Vec<u8>, Problem> {
        self.request.limit = self.left.map_or(PIECE, |left| left.min(PIECE));
        let bytes = self.reader.call(self.request.encode_to_vec().into()).await?;
        let answer = CoProvisioningPlans::decode(bytes.clone()).map_err(Unreadable::from)?;
        let told = tree::read("cohort.provisioning.v1.CoProvisioningPlans", &bytes).map_err(|_| Unreadable)?;
        let Some(mut list) = self.list.take() else { return Ok(Vec::new()) };
        let (item, records) = told.records.unwrap_or_default();
        records.iter().for_each(|record| list.push(&item, record));
        let count = u32::try_from(records.len()).unwrap_or(u32::MAX);
        self.left = self.left.map(|left| left.saturating_sub(count));
        self.request.after = answer.next.unwrap_or_default();
        if self.request.after.is_empty() || self.left == Some(0) {
            return Ok(list.end());
        }
        let piece = list.take();
        self.list = Some(list);
        Ok(piece)
    }

    fn pieces(self) -> impl stream::Stream<Item = Result<Bytes, actix_web::Error>> {
        stream::try_unfold(self, |mut rest| async {
            if rest.list.is_none() {
                return Ok(None);
            }
            match rest.piece().await {
                Ok(piece) => Ok(Some((Bytes::from(piece), rest))),
                Err(problem) => {
                    tracing::warn!(?problem, "a list of plans breaks off, and its connection is cut");
                    Err(actix_web::error::ErrorInternalServerError("the list breaks off"))
                }
            }
        })
    }
}
