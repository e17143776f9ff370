//! What a directory's answer, or its silence, means.

use std::io;

use ldap3::{LdapError, LdapResult};

use crate::{
    connector::{ldap::gate::Refused, words},
    domain::outcome::ConnectorError,
};

/// There is more than whoever logged in is told.
pub(super) const SIZE_LIMIT: u32 = 4;
/// The value is not there.
pub(super) const COMPARE_FALSE: u32 = 5;
/// The value is there.
pub(super) const COMPARE_TRUE: u32 = 6;
/// There is no such value to be taken away.
pub(super) const NO_SUCH_ATTRIBUTE: u32 = 16;
/// There is such a value already.
pub(super) const VALUE_EXISTS: u32 = 20;
/// There is no such entry.
pub(super) const NO_SUCH_OBJECT: u32 = 32;
/// What would be left is not what the schema wants.
pub(super) const CLASS_VIOLATION: u32 = 65;
/// There is such an entry already.
pub(super) const ENTRY_EXISTS: u32 = 68;

/// Done, or one of the codes that are expected: which one. Anything else is an error.
pub(super) fn judge(result: &LdapResult, what: &str, expected: &[u32]) -> Result<u32, ConnectorError> {
    if result.rc == 0 || expected.contains(&result.rc) {
        return Ok(result.rc);
    }
    Err(refused(result.rc, &result.text, what))
}

/// What was not done, by its code and what the directory says besides.
pub(super) fn refused(code: u32, text: &str, what: &str) -> ConnectorError {
    let said = words::cut(words::dropped(text));
    let said = if said.is_empty() { String::new() } else { format!(": {said}") };
    let message = format!("The directory did not {what}; it answered {code} ({}){said}.", name(code));
    match code {
        // operationsError, timeLimitExceeded, adminLimitExceeded, busy, unavailable, unwillingToPerform, other
        1 | 3 | 11 | 51 | 52 | 53 | 80 => ConnectorError::retryable(message),
        _ => ConnectorError::permanent(message),
    }
}

/// No answer: what was asked changes something, or reads only; and why the directory is not listened to, if so.
pub(super) fn silence(error: &LdapError, writes: bool, refused: Option<Refused>) -> ConnectorError {
    let message = match (refused, error) {
        (Some(Refused::Nonsense), _) => "The directory answered what is not LDAP, or not an answer to what was asked.",
        (Some(Refused::TooLong), _) => "The directory sent an answer that is too long.",
        // It never left.
        (None, LdapError::OpSend { .. }) => {
            return ConnectorError::retryable("The connection to the directory is closed.");
        }
        (None, _) => "The directory did not answer, or the connection broke off.",
    };
    match writes {
        true => ConnectorError::unknown(message),
        false => ConnectorError::retryable(message),
    }
}

/// TLS could not begin.
pub(super) fn untrusted(error: &io::Error) -> ConnectorError {
    match error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) {
        true => ConnectorError::retryable(format!("The directory cannot be trusted: {error}.")),
        false => ConnectorError::retryable("The directory cannot be reached."),
    }
}

/// The names of RFC 4511 of the codes that are met.
fn name(code: u32) -> &'static str {
    match code {
        1 => "operationsError",
        2 => "protocolError",
        3 => "timeLimitExceeded",
        4 => {
            "sizeLimitExceeded; BindDn needs the limits size=unlimited size.prtotal=unlimited at OpenLDAP, nsSizeLimit and \
             nsPagedSizeLimit at 389 Directory Server"
        }
        8 => "strongerAuthRequired",
        10 => "referral; it is not followed",
        11 => "adminLimitExceeded",
        13 => "confidentialityRequired",
        16 => "noSuchAttribute",
        17 => "undefinedAttributeType",
        18 => "inappropriateMatching",
        19 => "constraintViolation",
        20 => "attributeOrValueExists",
        21 => "invalidAttributeSyntax",
        32 => "noSuchObject",
        34 => "invalidDNSyntax",
        48 => "inappropriateAuthentication",
        49 => "invalidCredentials",
        50 => "insufficientAccessRights",
        51 => "busy",
        52 => "unavailable",
        53 => "unwillingToPerform",
        64 => "namingViolation",
        65 => "objectClassViolation",
        66 => "notAllowedOnNonLeaf",
        67 => "notAllowedOnRDN",
        68 => "entryAlreadyExists",
        69 => "objectClassModsProhibited",
        71 => "affectsMultipleDSAs",
        80 => "other",
        _ => "see RFC 4511",
    }
}
