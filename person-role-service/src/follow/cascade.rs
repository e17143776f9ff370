//! What hangs on a record goes before it (neighbours.md).

use futures::future::BoxFuture;
use proto::table::Table;
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel, QueryFilter, Statement, Value as Sql,
    sea_query::{Alias, Expr, ExprTrait, Query},
};
use service_kit::rows::is_not;

use crate::{
    change::Change,
    context::Fault,
    domain::ids::{CoId, GroupId, OrgIdentityId, Owner, PersonId, RoleId},
    follow::{delete, delete_where, owned, update},
    store::{
        changed::{Changed, Pair},
        entity::{
            api_user::ApiUsers,
            co, co_group,
            co_group::{CoGroups, is_of_users},
            co_group_member::CoGroupMembers,
            co_invite::CoInvites,
            co_org_identity_link::CoOrgIdentityLinks,
            co_person_role::CoPersonRoles,
            co_service::CoServices,
            cou,
        },
        stored::{Stored, with},
    },
};

/// Deletes what hangs on a record that is about to be deleted.
///
/// # Errors
/// Those of the database.
pub(super) fn delete_what_hangs_on<'c>(
    change: &'c mut Change<'_>,
    changed: &'c Changed<'c>,
) -> BoxFuture<'c, Result<(), Fault>> {
    Box::pin(async move {
        match changed {
            Changed::Person(Pair { before: Some(person), .. }) => {
                delete_where::<CoGroupMembers>(change, "co_person_id", person.id).await?;
                delete_where::<CoOrgIdentityLinks>(change, "co_person_id", person.id).await?;
                delete_where::<CoInvites>(change, "co_person_id", person.id).await?;
                owned::delete_all_of(change, Owner::Person(PersonId(person.id))).await
            }
            Changed::Group(Pair { before: Some(group), .. }) => {
                delete_where::<CoGroupMembers>(change, "co_group_id", group.id).await?;
                name_no_more::<CoServices>(change, "co_group_id", group.id).await?;
                owned::delete_all_of(change, Owner::Group(GroupId(group.id))).await
            }
            Changed::Role(Pair { before: Some(role), .. }) => {
                owned::delete_all_of(change, Owner::Role(RoleId(role.id))).await
            }
            Changed::OrgIdentity(Pair { before: Some(org_identity), .. }) => {
                name_no_more::<CoPersonRoles>(change, "source_org_identity_id", org_identity.id).await?;
                owned::delete_all_of(change, Owner::OrgIdentity(OrgIdentityId(org_identity.id))).await
            }
            Changed::Cou(Pair { before: Some(cou), .. }) => {
                name_no_more::<CoServices>(change, "cou_id", cou.id).await?;
                groups_of_cou(change, cou).await
            }
            Changed::Co(Pair { before: Some(co), .. }) => everything_of(change, co).await,
            _ => Ok(()),
        }
    })
}

/// Takes the record that is about to be deleted out of a column of those that name it and stay.
async fn name_no_more<S: Stored>(change: &mut Change<'_>, column: &str, id: i64) -> Result<(), Fault> {
    for row in with::<S>(column, id)?.all(&change.tx).await? {
        let mut cleared = row.clone().into_active_model();
        cleared.try_set(S::columns().named(column)?, Sql::BigInt(None))?;
        update::<S>(change, &row, cleared).await?;
    }
    Ok(())
}

/// The groups that came with a COU go with it; one that was somebody's own and only named the COU stays.
async fn groups_of_cou(change: &mut Change<'_>, cou: &cou::Model) -> Result<(), Fault> {
    let groups = co_group::Entity::find()
        .filter(co_group::Column::CouId.eq(cou.id))
        .filter(is_not(co_group::Column::Deleted))
        .all(&change.tx)
        .await?;
    let (of_users, own): (Vec<_>, Vec<_>) = groups.into_iter().partition(|group| is_of_users(&group.group_type));
    for group in of_users {
        let mut row = group.clone().into_active_model();
        row.cou_id = Set(None);
        update::<CoGroups>(change, &group, row).await?;
    }
    delete::<CoGroups>(change, own).await
}

/// All rows of a CO, their versions and the revisions of their subjects.
async fn everything_of(change: &mut Change<'_>, co: &co::Model) -> Result<(), Fault> {
    hold_owners(change, co.id).await?;
    // One by one: each is told in the security log.
    delete_where::<ApiUsers>(change, "co_id", co.id).await?;
    for (kind, table) in [(1, "co_people"), (2, "co_groups"), (3, "co_email_lists"), (4, "co_services")] {
        let sql = format!(
            "DELETE FROM subject_revisions WHERE kind = {kind} AND subject_id IN (SELECT id FROM {table} WHERE co_id = $1)"
        );
        let backend = change.tx.get_database_backend();
        change.tx.execute_raw(Statement::from_sql_and_values(backend, sql, [co.id.into()])).await?;
    }
    let of_registry = |table: &&Table| table.service.starts_with("cohort.registry.") && table.singular != "Co";
    let tables = Table::all().iter().filter(of_registry).map(|table| table.path.as_str());
    // Last what every change writes.
    let mut tables: Vec<&str> = tables.chain(["record_versions", "invite_mails", "identifier_sequences"]).collect();
    tables.sort_by_key(|table| *table == "history_records");
    for table in tables {
        let mut delete = Query::delete();
        delete.from_table(Alias::new(table)).and_where(Expr::col(Alias::new("co_id")).eq(co.id));
        change.tx.execute(&delete).await?;
    }
    change.co_deleted(CoId(co.id));
    Ok(())
}

/// Holds what others hang on, from above: whoever hangs something on a row holds it and is waited for here, before anything
/// is held that it may still write. What it leaves behind goes with the other tables.
async fn hold_owners(change: &Change<'_>, co_id: i64) -> Result<(), Fault> {
    let backend = change.tx.get_database_backend();
    if backend != DbBackend::Postgres {
        return Ok(());
    }
    for table in ["co_people", "co_groups", "org_identities", "co_person_roles"] {
        let rows = format!("SELECT 1 FROM {table} WHERE co_id = $1 ORDER BY id FOR UPDATE");
        let sql = format!("SELECT count(*) FROM ({rows}) AS held");
        change.tx.execute_raw(Statement::from_sql_and_values(backend, sql, [co_id.into()])).await?;
    }
    Ok(())
}
