//! Reading a body: bounded in size and in time (D24).

use std::time::Duration;

use actix_web::{
    HttpRequest,
    http::{Version, header},
    web::Payload,
};
use bytes::{Bytes, BytesMut};
use futures::StreamExt as _;

use crate::{refusal::Problem, settings::LimitSettings};

/// Reads the body of a request.
///
/// # Errors
/// 413 as soon as it is known to be too large, 408 if it does not come in time, 400 if it breaks off.
pub async fn read(request: &HttpRequest, payload: &mut Payload, limits: &LimitSettings) -> Result<Bytes, Problem> {
    let limit = limits.body_bytes;
    let announced: Option<u64> = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.trim().parse().ok());
    if announced.is_some_and(|length| length > limit as u64) {
        return Err(Problem::TooLarge { limit });
    }
    let whole = async {
        let mut body = BytesMut::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|_| Problem::bad_request("The body broke off; send it again."))?;
            if body.len() + chunk.len() > limit {
                return Err(Problem::TooLarge { limit });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    };
    tokio::time::timeout(Duration::from_secs(limits.body_seconds), whole).await.unwrap_or(Err(Problem::TooSlow))
}

/// Takes what is left of a body that an early answer left unread, up to a bound, and forgets it.
///
/// HTTP/2 needs that: a body that is dropped resets its stream, and the client never sees the answer. Over HTTP/1 the
/// server reads on by itself.
pub async fn discard(request: &HttpRequest, payload: &mut Payload, limits: &LimitSettings) {
    if request.version() != Version::HTTP_2 {
        return;
    }
    let most = limits.body_bytes.saturating_mul(16);
    let rest = async {
        let mut taken = 0_usize;
        while let Some(Ok(chunk)) = payload.next().await {
            taken = taken.saturating_add(chunk.len());
            if taken > most {
                return;
            }
        }
    };
    // Too slow is as good as too much.
    let _ = tokio::time::timeout(Duration::from_secs(5), rest).await;
}
