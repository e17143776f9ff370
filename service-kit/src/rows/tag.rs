//! The tag of a row (D43): another one after every change of what is stored, columns that are no fields among it.

use sea_orm::{EntityTrait, Iterable, ModelTrait, Value as Sql};
use sha2::{Digest as _, Sha256};

/// The strong entity tag of a row, with its quotes.
#[must_use]
pub fn tag<M: ModelTrait>(row: &M) -> String {
    tag_of(row, <M::Entity as EntityTrait>::Column::iter())
}

/// The tag of some columns of a row, for one that holds what nobody may guess: from a tag that is seen and a guess of all
/// that is not, it could be found out whether the guess is right. The others must change whenever it does.
pub fn tag_of<M: ModelTrait>(row: &M, columns: impl IntoIterator<Item = <M::Entity as EntityTrait>::Column>) -> String {
    let mut digest = Sha256::new();
    for column in columns {
        match row.get(column) {
            Sql::BigInt(Some(number)) => put(&mut digest, b'i', &number.to_le_bytes()),
            Sql::Bool(Some(truth)) => put(&mut digest, b'b', &[u8::from(truth)]),
            Sql::String(Some(text)) => put(&mut digest, b's', text.as_bytes()),
            Sql::ChronoDateTimeUtc(Some(time)) => put(&mut digest, b't', &time.timestamp_micros().to_le_bytes()),
            // Nothing, and the rare kinds.
            other => put(&mut digest, b'?', format!("{other:?}").as_bytes()),
        }
    }
    let digest = digest.finalize();
    let mut tag = String::with_capacity(34);
    tag.push('"');
    for byte in digest.iter().take(16) {
        tag.push_str(&format!("{byte:02x}"));
    }
    tag.push('"');
    tag
}

fn put(digest: &mut Sha256, kind: u8, bytes: &[u8]) {
    digest.update([kind]);
    digest.update(bytes.len().to_le_bytes());
    digest.update(bytes);
}
