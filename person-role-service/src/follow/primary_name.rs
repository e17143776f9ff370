//! One name of a person is primary: a new one takes the place of the old one (neighbours.md Name).

use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, Select};

use crate::{
    change::Change,
    context::Fault,
    domain::ids::PersonId,
    follow::update,
    store::entity::{name, name::Names},
};

/// Whether a person has a primary name.
///
/// # Errors
/// Those of the database.
pub async fn is_there(change: &Change<'_>, person: PersonId) -> Result<bool, Fault> {
    Ok(primaries(person).count(&change.tx).await? > 0)
}

/// Makes room for a primary name of a person: the one that there is, unless it is `but`, is primary no more. To be called
/// before the new one is written.
///
/// # Errors
/// Those of the database.
pub async fn make_room(change: &mut Change<'_>, person: PersonId, but: Option<i64>) -> Result<(), Fault> {
    let others = primaries(person).filter(name::Column::Id.ne(but.unwrap_or_default()));
    for old in others.all(&change.tx).await? {
        let mut row = old.clone().into_active_model();
        row.primary_name = Set(false);
        Box::pin(update::<Names>(change, &old, row)).await?;
    }
    Ok(())
}

fn primaries(PersonId(person): PersonId) -> Select<name::Entity> {
    name::Entity::find()
        .filter(name::Column::CoPersonId.eq(person))
        .filter(name::Column::PrimaryName.eq(true))
        .filter(name::Column::Deleted.eq(false))
}
