//! `Idempotency-Key`: a POST that is done once, however often it is sent (D44).

use actix_web::{http::Method, web::Payload};
use proto::registry::v1::IdempotencyKey;
use sha2::{Digest as _, Sha256};

use crate::{exchange::Exchange, refusal::Problem, routes::Operation};

/// Most characters of a key.
const LONGEST: usize = 255;

/// Takes the key of a request over into who asks, with a digest of path and body. The body has been read then.
///
/// # Errors
/// 400 `Bad Request` for what is no key, and where the answer would hold a secret; what reading the body says.
pub async fn adopt(exchange: &mut Exchange<'_>, operation: &Operation, payload: &mut Payload) -> Result<(), Problem> {
    let request = exchange.request;
    let mut given = request.headers().get_all("idempotency-key");
    let Some(first) = given.next().filter(|_| *request.method() == Method::POST) else { return Ok(()) };
    let printable =
        |text: &&str| (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    let key = first.to_str().ok().map(str::trim).filter(printable).filter(|_| given.next().is_none());
    let key = key.ok_or_else(|| {
        Problem::bad_request(format!("Idempotency-Key must be one text of 1 to {LONGEST} printable characters."))
    })?;
    let holds_a_key = match operation {
        Operation::Add(table) => table.singular == "ApiUser",
        Operation::RotateKey(_) => true,
        _ => false,
    };
    if holds_a_key {
        let sentence = "The answer holds an ApiKey, which is told once. Send this request without Idempotency-Key.";
        return Err(Problem::bad_request(sentence));
    }
    let body = exchange.body(payload).await?;
    let mut digest = Sha256::new();
    // A path holds no line break.
    digest.update(request.uri().path());
    digest.update("\n");
    digest.update(&body);
    let request = digest.finalize().to_vec();
    exchange.caller.idempotency = Some(IdempotencyKey { key: key.to_owned(), request });
    exchange.read = Some(body);
    Ok(())
}
