//! Making a CO with the settings of another one (neighbours.md CO): its COUs, groups, extended types and attributes, rules for
//! identifiers, services and mailing lists. People, their memberships, and API users are not copied.

use std::collections::HashMap;

use proto::{
    caller::Caller,
    record::{Record, Slot, Value},
};
use sea_orm::{QueryOrder, sea_query::LockType};
use service_kit::idempotency;

use crate::{
    app::add::{Done, add_in, copy_in},
    change::{Change, holds},
    context::{App, Fault},
    resource::{Extras, Resource},
    rights::{known, platform_only, privileged},
    store::{
        entity::{
            co::Cos,
            co_email_list::CoEmailLists,
            co_extended_attribute::CoExtendedAttributes,
            co_extended_type::CoExtendedTypes,
            co_group::{self, CoGroups, is_of_users},
            co_identifier_assignment::CoIdentifierAssignments,
            co_service::CoServices,
            cou::Cous,
        },
        past::Moment,
        stored::{Stored, id_of, with},
    },
};

/// Makes the copy, called `Copy of …`, in one transaction, once for each idempotency key (D44); gives its id.
///
/// # Errors
/// `CO Unknown`, 403 `Name In Use`, `Unauthorized`, or the database's fault; 409 and 422 for a key that is in use or another
/// request's.
pub async fn duplicate_co(app: &App, caller: &Caller, id: i64) -> Result<Done, Fault> {
    privileged(caller)?;
    let _in_use = app.in_use.hold(app.database.reader(), &app.clock, caller).await?;
    let mut change = Change::begin(app, caller).await?;
    if let Some(id) = idempotency::standing(&change.tx, &app.clock, caller).await?.answer()? {
        return Ok(Done { id, extras: Extras::new(), replayed: true });
    }
    known(app, caller, Moment::Present, ("Co", &id.to_string())).await?;
    platform_only::<Cos>(caller)?;
    let co = holds::row::<Cos>(&change, id, LockType::NoKeyUpdate).await?;
    let mut record = Cos::columns().record(&co);
    let longest = Cos::table().field("name").map_or(usize::MAX, |field| field.options.max_length as usize);
    let name: String = format!("Copy of {}", co.name).chars().take(longest).collect();
    record.set("name", Slot::Is(Value::Text(name)));
    let (copy, _) = add_in::<Cos>(&mut change, record, &[]).await?;
    let mut copies = Copies(HashMap::from([(("Co".to_owned(), id), copy)]));
    copies.all_of::<CoExtendedTypes>(&mut change, id).await?;
    copies.all_of::<CoExtendedAttributes>(&mut change, id).await?;
    copies.all_of::<Cous>(&mut change, id).await?;
    copies.groups(&mut change, id, copy).await?;
    copies.all_of::<CoIdentifierAssignments>(&mut change, id).await?;
    copies.all_of::<CoServices>(&mut change, id).await?;
    copies.all_of::<CoEmailLists>(&mut change, id).await?;
    idempotency::keep(&change.tx, &app.clock, caller, copy).await?;
    change.commit().await?;
    Ok(Done { id: copy, extras: Extras::new(), replayed: false })
}

/// The ids of copies, by the resources and ids of what they are copies of.
struct Copies(HashMap<(String, i64), i64>);

impl Copies {
    /// Copies all records of a resource that a CO has.
    async fn all_of<R: Resource>(&mut self, change: &mut Change<'_>, co_id: i64) -> Result<(), Fault> {
        let rows = with::<R>("co_id", co_id)?.order_by_asc(R::columns().named("id")?).all(&change.tx).await?;
        self.rows::<R>(change, rows).await
    }

    /// Copies rows, each after those of them that it refers to.
    async fn rows<R: Resource>(&mut self, change: &mut Change<'_>, mut waiting: Vec<R::Row>) -> Result<(), Fault> {
        while !waiting.is_empty() {
            let (mut ready, mut later): (Vec<_>, Vec<_>) =
                waiting.into_iter().partition(|row| self.has_its_own(&R::columns().record(row)));
            if ready.is_empty() {
                std::mem::swap(&mut ready, &mut later);
            }
            for row in ready {
                let record = self.referring_to_copies(R::columns().record(&row));
                let (copy, _) = copy_in::<R>(change, record).await?;
                self.0.insert((R::table().singular.clone(), id_of::<R>(&row)?), copy);
            }
            waiting = later;
        }
        Ok(())
    }

    /// The groups of users are copied; those that the server made for the copy and its COUs stand for those of the original.
    async fn groups(&mut self, change: &mut Change<'_>, co_id: i64, copy: i64) -> Result<(), Fault> {
        let all = with::<CoGroups>("co_id", co_id)?.order_by_asc(co_group::Column::Id);
        let (of_users, automatic): (Vec<_>, Vec<_>) =
            all.all(&change.tx).await?.into_iter().partition(|group| is_of_users(&group.group_type));
        let made = with::<CoGroups>("co_id", copy)?.all(&change.tx).await?;
        let made: HashMap<(String, Option<i64>), i64> =
            made.into_iter().map(|group| ((group.group_type, group.cou_id), group.id)).collect();
        for group in automatic {
            let cou = group.cou_id.and_then(|id| self.0.get(&("Cou".to_owned(), id)).copied());
            if let Some(id) = made.get(&(group.group_type, cou)) {
                self.0.insert(("CoGroup".to_owned(), group.id), *id);
            }
        }
        self.rows::<CoGroups>(change, of_users).await
    }

    /// Whether what a record refers to of its own resource has been copied.
    fn has_its_own(&self, record: &Record) -> bool {
        let own = record.slots().filter(|(field, _)| field.options.refers_to == record.table().singular);
        own.into_iter().all(|(_, slot)| match slot {
            Slot::Is(Value::Int(id)) => self.0.contains_key(&(record.table().singular.clone(), *id)),
            _ => true,
        })
    }

    /// The record with the copies of what it refers to; what has none is left out.
    fn referring_to_copies(&self, mut record: Record) -> Record {
        for (field, slot) in record.slots_mut().filter(|(field, _)| !field.options.refers_to.is_empty()) {
            if let Slot::Is(Value::Int(id)) = slot {
                let copy = self.0.get(&(field.options.refers_to.clone(), *id));
                *slot = copy.map_or(Slot::Absent, |copy| Slot::Is(Value::Int(*copy)));
            }
        }
        record
    }
}
