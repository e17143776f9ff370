//! Changes that are written down and not sent, and what the directory would have answered.
//!
//! Guarantee: whoever changes a directory decides as if it had been changed. Mechanism: entries are looked for under the
//! names that they have without the changes; answers that somebody waits for are found out by reading and comparing.

use std::sync::{Arc, Mutex, PoisonError};

use ldap3::SearchEntry;

use crate::{
    connector::ldap::{
        answer::{ENTRY_EXISTS, NO_SUCH_ATTRIBUTE, NO_SUCH_OBJECT, VALUE_EXISTS},
        connection::Directory,
        dn::canonical,
        op::{Change, How, Op, Values},
    },
    domain::outcome::ConnectorError,
};

/// The changes that were written down.
#[derive(Clone, Debug, Default)]
pub(super) struct Written(Arc<Mutex<Vec<Op>>>);

/// What the changes make of a name.
pub(super) enum Named {
    /// The entry that the directory has under this name.
    Held(String),
    /// A new entry.
    Made(SearchEntry),
    /// Nothing.
    Gone,
}

impl Written {
    pub(super) fn note(&self, op: Op) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(op);
    }

    pub(super) fn take(&self) -> Vec<Op> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What stands under a name after the changes.
    pub(super) fn named(&self, dn: &str) -> Named {
        let mut dn = dn.to_owned();
        for op in self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().rev() {
            let is = |other: &str| canonical(other) == canonical(&dn);
            match op {
                Op::Delete { dn: old } if is(old) => return Named::Gone,
                Op::Rename { dn: old, rdn, base } if is(&format!("{rdn},{base}")) => dn.clone_from(old),
                Op::Rename { dn: old, .. } if is(old) => return Named::Gone,
                Op::Add { dn, attributes } if is(dn) => return Named::Made(made(dn, attributes)),
                _ => {}
            }
        }
        Named::Held(dn)
    }
}

fn made(dn: &str, attributes: &[(String, Values)]) -> SearchEntry {
    let attrs = attributes.iter().map(|(name, values)| (name.clone(), values.iter().cloned().collect())).collect();
    SearchEntry { dn: dn.to_owned(), attrs, bin_attrs: std::collections::HashMap::new() }
}

impl Directory {
    /// What a change would be answered, as far as the answer is one of those that are expected.
    pub(super) async fn foresee(&self, op: &Op, expected: &[u32]) -> Result<u32, ConnectorError> {
        match op {
            Op::Add { dn, .. } => Ok(if self.has(dn).await? { ENTRY_EXISTS } else { 0 }),
            Op::Delete { dn } => Ok(if self.has(dn).await? { 0 } else { NO_SUCH_OBJECT }),
            Op::Rename { dn, .. } => Ok(if self.has(dn).await? { 0 } else { NO_SUCH_OBJECT }),
            Op::Modify { dn, .. } if expected.contains(&NO_SUCH_OBJECT) && !self.has(dn).await? => Ok(NO_SUCH_OBJECT),
            Op::Modify { dn, changes } => match changes.as_slice() {
                [change] if change.values.len() == 1 => self.foresee_value(dn, change, expected).await,
                _ => Ok(0),
            },
        }
    }

    async fn foresee_value(&self, dn: &str, change: &Change, expected: &[u32]) -> Result<u32, ConnectorError> {
        let (code, when) = match change.how {
            How::Add => (VALUE_EXISTS, true),
            How::Delete => (NO_SUCH_ATTRIBUTE, false),
            How::Replace => return Ok(0),
        };
        let value = change.values.first().filter(|_| expected.contains(&code));
        let Some(value) = value else { return Ok(0) };
        Ok(if self.has_value(dn, &change.attribute, value).await? == when { code } else { 0 })
    }

    /// Whether there is an entry.
    pub(super) async fn has(&self, dn: &str) -> Result<bool, ConnectorError> {
        Ok(self.read(dn, &["1.1"]).await?.is_some())
    }
}
