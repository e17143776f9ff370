//! `Idempotency-Key`: a POST that is done once, however often it is sent (D44).

use actix_web::http::Method;
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use proto::registry::v1::IdempotencyKey;
use sha2::{Digest as _, Sha256};

use crate::{auth::credentials::Credentials, exchange::Exchange, refusal::Problem, routes::Operation};

/// Most characters of a key (D44).
pub const LONGEST: usize = 255;

/// Digests of a path and a body: the one that is kept, and the one that was kept before.
///
/// What is kept must not tell of a body, which may hold a password of a target (ADR 0050). A key that the server made has
/// 256 random bits and is in no database: under it, who has the digest can try nothing. One that a person chose could itself
/// be found by trying from what it made, so it makes none.
fn digests(login: &str, path: &str, body: &[u8]) -> (Vec<u8>, Vec<u8>) {
    // A path holds no line break.
    let parts = [path.as_bytes(), b"\n", body];
    let mut plain = Sha256::new();
    parts.iter().for_each(|part| plain.update(part));
    let plain = plain.finalize().to_vec();
    let made = BASE64_URL_SAFE_NO_PAD.decode(login).ok().filter(|key| key.len() == 32);
    let Some(mut keyed) = made.and_then(|key| Hmac::<Sha256>::new_from_slice(&key).ok()) else {
        return (plain.clone(), plain);
    };
    keyed.update(b"Idempotency-Key\n");
    parts.iter().for_each(|part| keyed.update(part));
    (keyed.finalize().into_bytes().to_vec(), plain)
}

/// Takes the key of a request over into who asks, with a digest of path and body. A plan takes no notice of it.
///
/// # Errors
/// 400 `Bad Request` for what is no key, and where the answer would hold a secret.
pub fn adopt(exchange: &mut Exchange<'_>, operation: &Operation) -> Result<(), Problem> {
    let request = exchange.request;
    let mut given = request.headers().get_all("idempotency-key");
    let minds = *request.method() == Method::POST && !matches!(operation, Operation::Plan(_));
    let Some(first) = given.next().filter(|_| minds) else { return Ok(()) };
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
    let header = request.headers().get("authorization").and_then(|header| header.to_str().ok());
    let login = header.and_then(Credentials::read).map(|login| login.key).unwrap_or_default();
    let (request, former) = digests(&login, request.uri().path(), &exchange.body);
    exchange.caller.idempotency = Some(IdempotencyKey { key: key.to_owned(), request, former });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_tells_nothing_of_a_body() {
        let made = |byte: u8| BASE64_URL_SAFE_NO_PAD.encode([byte; 32]);
        let of = |login: &str, path: &str, body: &str| digests(login, path, body.as_bytes());
        let (kept, plain) = of(&made(1), "/registry/x.json", "{}");
        assert_eq!(plain, Sha256::digest("/registry/x.json\n{}").to_vec(), "as it was kept before");
        assert_ne!(kept, plain);
        assert_eq!(of(&made(1), "/registry/x.json", "{}").0, kept, "the same again is the same");
        for (login, path, body) in [
            (made(2), "/registry/x.json", "{}"),
            (made(1), "/registry/y.json", "{}"),
            (made(1), "/registry/x.json", "{ }"),
        ] {
            assert_ne!(of(&login, path, body).0, kept, "{login} {path} {body}");
        }
        // A key that a person chose is not to be found by what it made.
        for chosen in ["", "correct horse battery staple", &made(1)[1..]] {
            assert_eq!(of(chosen, "/registry/x.json", "{}"), (plain.clone(), plain.clone()), "{chosen}");
        }
    }
}
