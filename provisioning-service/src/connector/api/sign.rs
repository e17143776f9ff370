//! Signatures of messages, as Standard Webhooks has them: of the message's id, the time and the body.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// The bytes of a secret; `None` if it is none.
pub(super) fn key(secret: &str) -> Option<Vec<u8>> {
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap_or(secret)).ok()?;
    (24..=64).contains(&key.len()).then_some(key)
}

/// How signatures of this kind begin.
pub(super) const VERSION: &str = "v1,";

/// The value of `webhook-signature`; the time is in seconds since 1970.
pub(super) fn signature(key: &[u8], id: &str, time: i64, body: &str) -> Option<String> {
    let mut signature = Hmac::<Sha256>::new_from_slice(key).ok()?;
    signature.update(format!("{id}.{time}.{body}").as_bytes());
    Some(format!("{VERSION}{}", STANDARD.encode(signature.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_one_of_the_standard() {
        let key = key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("a key");
        let signed = signature(&key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signed.as_deref(), Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    }
}
