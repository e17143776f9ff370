//! One name of a person, and of an org identity, is primary: a new one takes the place of the old one (neighbours.md Name).

use sea_orm::{ActiveValue::Set, ColumnTrait, IntoActiveModel, PaginatorTrait, QueryFilter, Select};
use service_kit::rows::is;

use crate::{
    change::Change,
    context::Fault,
    domain::ids::Owner,
    follow::update,
    store::{
        entity::{name, name::Names},
        stored::with,
    },
};

/// Whether somebody has a primary name.
///
/// # Errors
/// Those of the database.
pub async fn is_there(change: &Change<'_>, owner: Owner) -> Result<bool, Fault> {
    Ok(primaries(owner)?.count(&change.tx).await? > 0)
}

/// Makes room for a primary name of somebody: the one that there is, unless it is `but`, is primary no more. To be called
/// before the new one is written.
///
/// # Errors
/// Those of the database.
pub async fn make_room(change: &mut Change<'_>, owner: Owner, but: Option<i64>) -> Result<(), Fault> {
    let others = primaries(owner)?.filter(name::Column::Id.ne(but.unwrap_or_default()));
    for old in others.all(&change.tx).await? {
        let mut row = old.clone().into_active_model();
        row.primary_name = Set(false);
        Box::pin(update::<Names>(change, &old, row)).await?;
    }
    Ok(())
}

fn primaries(owner: Owner) -> Result<Select<name::Entity>, Fault> {
    let (column, id) = owner.column();
    Ok(with::<Names>(column, id)?.filter(is(name::Column::PrimaryName)))
}
