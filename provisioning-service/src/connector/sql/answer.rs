//! What a database's answer, or its silence, means.

use sea_orm::{
    DbErr, RuntimeErr,
    sqlx::{self, mysql::MySqlDatabaseError},
};
use service_kit::database;

use crate::{connector::words, domain::outcome::ConnectorError};

/// MySQL's number of an index that is there already.
const DUPLICATE_INDEX: u16 = 1061;

/// Why an event was not carried out.
#[derive(Debug)]
pub(super) enum Fault {
    /// The database said so.
    Database(DbErr),
    /// What was read has been changed by somebody else before it was held.
    Overtaken,
    /// It was to make the event lasting, and nobody knows whether it did.
    Unended,
    /// Something else is in the way.
    Told(ConnectorError),
}

/// What stands for an answer that did not come in time.
pub(super) fn silence() -> DbErr {
    DbErr::Conn(RuntimeErr::Internal("there was no answer in time".to_owned()))
}

impl From<DbErr> for Fault {
    fn from(error: DbErr) -> Self {
        Self::Database(error)
    }
}

impl Fault {
    /// Whether the same again may do at once: two events stood in each other's way.
    pub(super) fn is_conflict(&self) -> bool {
        if matches!(self, Self::Overtaken) {
            return true;
        }
        let Some(said) = self.said() else { return false };
        said.is_unique_violation()
            || is_made_by_others(said)
            || said.code().is_some_and(|code| database::CONFLICTS.contains(&&*code))
    }

    /// Whether what was to be made is there: somebody else made it since it was looked for.
    pub(super) fn is_made_by_others(&self) -> bool {
        self.said().is_some_and(is_made_by_others)
    }

    /// Whether a table or a column was missing.
    pub(super) fn is_lack(&self) -> bool {
        let Some(said) = self.said() else { return false };
        let sqlite = ["no such table", "no such column", "has no column"];
        matches!(said.code().as_deref(), Some("42P01" | "42703" | "42S02" | "42S22"))
            || sqlite.iter().any(|lack| said.message().contains(lack))
    }

    /// Whether the connections are of no use any more.
    pub(super) fn is_break(&self) -> bool {
        matches!(self, Self::Unended) || matches!(self, Self::Database(_) if self.said().is_none())
    }

    fn said(&self) -> Option<&dyn sqlx::error::DatabaseError> {
        let Self::Database(
            DbErr::Exec(RuntimeErr::SqlxError(cause))
            | DbErr::Query(RuntimeErr::SqlxError(cause))
            | DbErr::Conn(RuntimeErr::SqlxError(cause)),
        ) = self
        else {
            return None;
        };
        match &**cause {
            sqlx::Error::Database(said) => Some(said.as_ref()),
            _ => None,
        }
    }

    /// For people, and for whoever decides what to do.
    pub(super) fn told(self) -> ConnectorError {
        if let Some(said) = self.said() {
            return refused(said);
        }
        match self {
            Self::Told(error) => error,
            Self::Overtaken => {
                ConnectorError::retryable("Others changed the same rows again and again; nothing was changed.")
            }
            Self::Unended => ConnectorError::unknown("The database did not say whether it took the change."),
            Self::Database(error) => {
                tracing::debug!(%error, "a database of a target cannot be used");
                match error {
                    DbErr::Conn(RuntimeErr::Internal(_)) => {
                        ConnectorError::retryable("The database did not answer in time; nothing was changed.")
                    }
                    DbErr::Type(_) | DbErr::TryIntoErr { .. } => {
                        ConnectorError::permanent("A table of the database holds what is none of its rows.")
                    }
                    _ => ConnectorError::retryable("The connection to the database broke off; nothing was changed."),
                }
            }
        }
    }
}

/// TLS could not be begun.
pub(super) fn untrusted(error: &std::io::Error) -> ConnectorError {
    match error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) {
        true => ConnectorError::retryable(format!("The database cannot be trusted: {error}.")),
        false => away(),
    }
}

/// It has no TLS, which is never given up.
pub(super) fn no_tls() -> ConnectorError {
    ConnectorError::retryable("The database offers no TLS that can be trusted.")
}

/// Nobody is there, or nobody who speaks its language.
pub(super) fn away() -> ConnectorError {
    ConnectorError::retryable("The database cannot be reached.")
}

/// No connection.
pub(super) fn unreachable(error: &sqlx::Error) -> ConnectorError {
    match error {
        sqlx::Error::Database(said) => refused(said.as_ref()),
        sqlx::Error::PoolTimedOut => ConnectorError::retryable("The database did not take the connection in time."),
        _ => {
            tracing::debug!(%error, "a database of a target cannot be reached");
            away()
        }
    }
}

/// Whether a table, a column or an index is there already. MySQL's code of an index says nothing, its number does.
fn is_made_by_others(said: &dyn sqlx::error::DatabaseError) -> bool {
    let index = said.try_downcast_ref::<MySqlDatabaseError>().is_some_and(|said| said.number() == DUPLICATE_INDEX);
    index || matches!(said.code().as_deref(), Some("42P07" | "42701" | "42710" | "42S01" | "42S21"))
}

fn refused(said: &dyn sqlx::error::DatabaseError) -> ConnectorError {
    let text = words::cut(words::dropped(said.message()));
    let code = said.code().unwrap_or_default();
    let message = format!("The database refused ({code}): {}.", text.trim_end_matches('.'));
    // A lock that was waited for too long, and what MySQL calls by no name of its own, pass as well.
    let passing = database::passes(&code) || database::HELD == code || code == "HY000";
    match passing || said.is_unique_violation() || is_made_by_others(said) {
        true => ConnectorError::retryable(message),
        false => ConnectorError::permanent(message),
    }
}
