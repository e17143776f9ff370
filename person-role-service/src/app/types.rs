//! Types and affiliations: those that the CO allows, or the defaults (D50).

use proto::{
    check::not_among,
    record::{Record, Slot, Value},
};

use crate::{change::Change, context::Fault, resource::Draft, store::types};

/// Finds values that the CO does not allow. One that is stored may stay.
///
/// # Errors
/// Those of the database.
pub async fn check<M>(change: &Change<'_>, draft: &mut Draft<'_, M>, before: Option<&Record>) -> Result<(), Fault> {
    // As long as it is not known whose the record is, the CO of the caller is as good a guess as any; that of somebody else
    // is not looked into (D9).
    let co_id = draft.co_id.filter(|co_id| change.caller.may(*co_id)).or(change.caller.co_id);
    for (field, slot) in draft.sent.slots().filter(|(field, _)| !field.options.extended_by.is_empty()) {
        let Slot::Is(Value::Text(text)) = slot else { continue };
        let stays = before.and_then(|before| before.text(&field.column)) == Some(text.as_str());
        if stays || draft.wrong.has(&field.column) {
            continue;
        }
        let attribute = field.options.extended_by.as_str();
        let active = match co_id {
            Some(co_id) => types::active(&change.tx, co_id, attribute).await?,
            None => Vec::new(),
        };
        let allowed = if active.is_empty() { &field.options.allowed } else { &active };
        let mut fits = allowed.contains(text);
        if let Some(co_id) = co_id.filter(|_| fits && !active.is_empty()) {
            fits = types::hold(&change.tx, co_id, attribute, text).await?;
        }
        if !fits {
            draft.wrong.add(&field.column, not_among(field, allowed));
        }
    }
    Ok(())
}
