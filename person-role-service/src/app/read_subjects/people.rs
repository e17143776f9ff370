//! The state of people, with what hangs on them.

use std::collections::{BTreeSet, HashMap};

use proto::{
    registry::v1::{
        AffiliationType, CoGroup, CoPersonRole, Cou, Membership, PersonState, Provisionable, SubjectKind, SubjectState,
        subject_state::Data,
    },
    time::within,
};

use crate::{
    app::read_subjects::{Snapshot, message, org_identities::LinkedRows},
    context::Fault,
    domain::passed_on::{identifier_holds, member_holds, provisionable, role_holds},
    store::{
        entity::{
            ad_hoc_attribute, ad_hoc_attribute::AdHocAttributes, address, address::Addresses, co_extended_type,
            co_extended_type::CoExtendedTypes, co_group, co_group::CoGroups, co_group_member,
            co_group_member::CoGroupMembers, co_person, co_person::CoPeople, co_person_role,
            co_person_role::CoPersonRoles, cou::Cous, email_address, email_address::EmailAddresses, identifier,
            identifier::Identifiers, name, name::Names, telephone_number, telephone_number::TelephoneNumbers, url,
            url::Urls,
        },
        status_of,
    },
};

/// Rows by the id of the person or role that they hang on.
type By<T> = HashMap<i64, Vec<T>>;

/// The rows of what hangs on people, and what many of them share.
struct Rows {
    names: By<name::Model>,
    mails: By<email_address::Model>,
    identifiers: By<identifier::Model>,
    urls: By<url::Model>,
    roles: By<co_person_role::Model>,
    members: By<co_group_member::Model>,
    groups: HashMap<i64, (co_group::Model, CoGroup)>,
    cous: HashMap<i64, Cou>,
    /// Of a CO.
    affiliation_types: By<AffiliationType>,
    org_identities: LinkedRows,
    /// These hang on roles.
    addresses: By<address::Model>,
    telephone_numbers: By<telephone_number::Model>,
    ad_hoc_attributes: By<ad_hoc_attribute::Model>,
}

/// Reads people.
///
/// # Errors
/// Those of the database.
pub(super) async fn read(snapshot: &Snapshot, ids: Vec<i64>) -> Result<Vec<SubjectState>, Fault> {
    let kind = SubjectKind::CoPerson;
    let people = snapshot.rows::<CoPeople>("id", &ids).await?;
    let there: Vec<i64> = people.iter().map(|person| person.id).collect();
    let passed_on: Vec<i64> = people.iter().filter(|person| passes_on(person)).map(|person| person.id).collect();
    let cos = distinct(people.iter().map(|person| person.co_id));
    let rows = Rows::read(snapshot, &passed_on, &cos).await?;
    let mut states = snapshot.gone(kind, &ids, &there);
    states.extend(people.iter().map(|person| SubjectState {
        co_id: person.co_id,
        exists: true,
        data: Some(Data::Person(rows.state(snapshot, person))),
        ..snapshot.state(kind, person.id)
    }));
    Ok(states)
}

fn passes_on(person: &co_person::Model) -> bool {
    provisionable(status_of(&person.status)) != Provisionable::Nothing
}

impl Rows {
    async fn read(snapshot: &Snapshot, people: &[i64], cos: &[i64]) -> Result<Self, Fault> {
        let roles = snapshot.rows::<CoPersonRoles>("co_person_id", people).await?;
        let members = snapshot.rows::<CoGroupMembers>("co_person_id", people).await?;
        let held: Vec<i64> = roles.iter().map(|role| role.id).collect();
        let groups = snapshot.rows::<CoGroups>("id", &distinct(members.iter().map(|row| row.co_group_id))).await?;
        let cous = snapshot.rows::<Cous>("id", &distinct(roles.iter().filter_map(|row| row.cou_id))).await?;
        let types = snapshot.rows::<CoExtendedTypes>("co_id", if people.is_empty() { &[] } else { cos }).await?;
        let names = snapshot.rows::<Names>("co_person_id", people).await?;
        let mails = snapshot.rows::<EmailAddresses>("co_person_id", people).await?;
        let identifiers = snapshot.rows::<Identifiers>("co_person_id", people).await?;
        let urls = snapshot.rows::<Urls>("co_person_id", people).await?;
        let addresses = snapshot.rows::<Addresses>("co_person_role_id", &held).await?;
        let numbers = snapshot.rows::<TelephoneNumbers>("co_person_role_id", &held).await?;
        let attributes = snapshot.rows::<AdHocAttributes>("co_person_role_id", &held).await?;
        Ok(Self {
            names: by(names, |row| row.co_person_id),
            mails: by(mails, |row| row.co_person_id),
            identifiers: by(identifiers, |row| row.co_person_id),
            urls: by(urls, |row| row.co_person_id),
            roles: by(roles, |row| Some(row.co_person_id)),
            members: by(members, |row| Some(row.co_person_id)),
            groups: groups.into_iter().map(shared).collect(),
            cous: cous.iter().map(|row| (row.id, message::<Cous>(row))).collect(),
            affiliation_types: affiliation_types(types),
            org_identities: LinkedRows::read(snapshot, people).await?,
            addresses: by(addresses, |row| row.co_person_role_id),
            telephone_numbers: by(numbers, |row| row.co_person_role_id),
            ad_hoc_attributes: by(attributes, |row| row.co_person_role_id),
        })
    }

    fn state(&self, snapshot: &Snapshot, person: &co_person::Model) -> PersonState {
        let provisionable = provisionable(status_of(&person.status));
        let mut state = PersonState {
            co_person: Some(message::<CoPeople>(person)),
            provisionable: provisionable.into(),
            ..PersonState::default()
        };
        if provisionable == Provisionable::Nothing {
            return state;
        }
        let id = person.id;
        let identifiers = of(&self.identifiers, id).iter().filter(|row| identifier_holds(&row.status));
        state.identifiers = identifiers.map(message::<Identifiers>).collect();
        state.names = of(&self.names, id).iter().map(message::<Names>).collect();
        state.email_addresses = of(&self.mails, id).iter().map(message::<EmailAddresses>).collect();
        state.urls = of(&self.urls, id).iter().map(message::<Urls>).collect();
        let roles = self.roles_of(snapshot, id);
        let cous = distinct(roles.iter().filter_map(|role| role.cou_id));
        state.cous = cous.iter().filter_map(|id| self.cous.get(id).cloned()).collect();
        let mut held: Vec<i64> = roles.iter().map(|role| role.id).collect();
        held.sort_unstable();
        state.addresses = of_all(&self.addresses, &held).map(message::<Addresses>).collect();
        state.telephone_numbers = of_all(&self.telephone_numbers, &held).map(message::<TelephoneNumbers>).collect();
        state.ad_hoc_attributes = of_all(&self.ad_hoc_attributes, &held).map(message::<AdHocAttributes>).collect();
        // Extended attributes are not passed on; ad hoc attributes are.
        let role = |role| CoPersonRole { extended_attributes: None, ..message::<CoPersonRoles>(role) };
        state.roles = roles.into_iter().map(role).collect();
        state.affiliation_types = of(&self.affiliation_types, person.co_id).to_vec();
        state.memberships = self.memberships(snapshot, id, provisionable);
        state.org_identities = self.org_identities.of(snapshot, id);
        state
    }

    /// The roles of a person that hold now, by `ordr`.
    fn roles_of(&self, snapshot: &Snapshot, person: i64) -> Vec<&co_person_role::Model> {
        let holds = |role: &&co_person_role::Model| {
            let inside = within(role.valid_from, role.valid_through, snapshot.now);
            role_holds(status_of(&role.status), inside)
        };
        let mut roles: Vec<_> = of(&self.roles, person).iter().filter(holds).collect();
        roles.sort_by_key(|role| (role.ordr.unwrap_or(i64::MAX), role.id));
        roles
    }

    fn memberships(&self, snapshot: &Snapshot, person: i64, provisionable: Provisionable) -> Vec<Membership> {
        let with_group = of(&self.members, person).iter().filter_map(|member| {
            let (group, shown) = self.groups.get(&member.co_group_id)?;
            let inside = within(member.valid_from, member.valid_through, snapshot.now);
            member_holds(provisionable, &group.group_type, group.status == "A", inside).then_some((shown, member))
        });
        let message = |(group, member): (&CoGroup, &co_group_member::Model)| Membership {
            group: Some(CoGroup::clone(group)),
            member: Some(message::<CoGroupMembers>(member)),
        };
        with_group.map(message).collect()
    }
}

fn by<T>(rows: Vec<T>, owner: impl Fn(&T) -> Option<i64>) -> By<T> {
    let mut by = By::<T>::new();
    for row in rows {
        if let Some(owner) = owner(&row) {
            by.entry(owner).or_default().push(row);
        }
    }
    by
}

/// What the affiliations of COs stand for.
fn affiliation_types(types: Vec<co_extended_type::Model>) -> By<AffiliationType> {
    let mut of_cos = By::new();
    for row in types.into_iter().filter(|row| row.attribute == "CoPersonRole.affiliation" && row.status == "A") {
        let stands_for = |edu_person| AffiliationType { affiliation: row.name, edu_person };
        of_cos.entry(row.co_id).or_insert_with(Vec::new).extend(row.edupersonaffiliation.map(stands_for));
    }
    of_cos
}

/// The rows of a person or role, in their order.
fn of<T>(rows: &By<T>, owner: i64) -> &[T] {
    rows.get(&owner).map_or(&[], Vec::as_slice)
}

/// The rows of some roles.
fn of_all<'a, T>(rows: &'a By<T>, owners: &'a [i64]) -> impl Iterator<Item = &'a T> {
    owners.iter().flat_map(|owner| of(rows, *owner))
}

/// A group as many memberships show it: turned into its message once.
fn shared(row: co_group::Model) -> (i64, (co_group::Model, CoGroup)) {
    let shown = message::<CoGroups>(&row);
    (row.id, (row, shown))
}

pub(super) fn distinct(ids: impl Iterator<Item = i64>) -> Vec<i64> {
    ids.collect::<BTreeSet<i64>>().into_iter().collect()
}
