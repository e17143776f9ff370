//! What hangs on a person, a role, a group or an org identity goes with it.

use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait, Statement};

use crate::{
    change::Change,
    context::Fault,
    domain::ids::Owner,
    follow::delete_where,
    store::{
        entity::{
            ad_hoc_attribute::AdHocAttributes, address::Addresses, email_address::EmailAddresses,
            identifier::Identifiers, name::Names, telephone_number::TelephoneNumbers, url::Urls,
        },
        stored::Stored,
    },
};

/// States the resources that hang on something, by the columns that their tables have for an owner.
macro_rules! owned {
    ($($resource:ident),* $(,)?) => {
        /// Deletes all that hangs on an owner, which is about to be deleted itself.
        ///
        /// # Errors
        /// Those of the database.
        pub(super) async fn delete_all_of(change: &mut Change<'_>, owner: Owner) -> Result<(), Fault> {
            let (column, id) = owner.column();
            let tables = [$(<$resource as Stored>::table()),*];
            let tables: Vec<&str> = tables
                .into_iter()
                .filter(|table| table.owners().any(|field| field.column == column))
                .map(|table| table.path.as_str())
                .collect();
            let there = with_rows_of(change, &tables, column, id).await?;
            $(if there.contains(&<$resource as Stored>::table().path) {
                delete_where::<$resource>(change, column, id).await?;
            })*
            Ok(())
        }
    };
}

owned![Names, EmailAddresses, Identifiers, Addresses, TelephoneNumbers, AdHocAttributes, Urls];

/// The tables in which an owner has rows: one statement for however many.
async fn with_rows_of(change: &Change<'_>, tables: &[&str], column: &str, id: i64) -> Result<BTreeSet<String>, Fault> {
    let each = tables.iter().map(|table| {
        format!("SELECT '{table}' AS found WHERE EXISTS (SELECT 1 FROM {table} WHERE {column} = $1 AND NOT deleted)")
    });
    let sql = each.collect::<Vec<_>>().join(" UNION ALL ");
    let statement = Statement::from_sql_and_values(change.tx.get_database_backend(), sql, [id.into()]);
    let rows = change.tx.query_all_raw(statement).await?;
    Ok(rows.iter().map(|row| row.try_get("", "found")).collect::<Result<_, _>>()?)
}
