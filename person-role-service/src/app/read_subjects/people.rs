//! The state of people, with what hangs on them.

use std::collections::BTreeSet;

use proto::registry::v1::{
    CoPersonRole, Membership, PersonState, Provisionable, SubjectKind, SubjectState, subject_state::Data,
};

use crate::{
    app::read_subjects::{Snapshot, message, org_identities::LinkedRows},
    context::Fault,
    domain::passed_on::{member_holds, provisionable, role_holds, within},
    store::{
        entity::{
            ad_hoc_attribute, ad_hoc_attribute::AdHocAttributes, address, address::Addresses, co_group,
            co_group::CoGroups, co_group_member, co_group_member::CoGroupMembers, co_person, co_person::CoPeople,
            co_person_role, co_person_role::CoPersonRoles, cou, cou::Cous, email_address,
            email_address::EmailAddresses, identifier, identifier::Identifiers, name, name::Names, telephone_number,
            telephone_number::TelephoneNumbers, url, url::Urls,
        },
        status_of,
    },
};

/// The rows of people and of what hangs on them.
struct Rows {
    names: Vec<name::Model>,
    mails: Vec<email_address::Model>,
    identifiers: Vec<identifier::Model>,
    roles: Vec<co_person_role::Model>,
    members: Vec<co_group_member::Model>,
    groups: Vec<co_group::Model>,
    cous: Vec<cou::Model>,
    org_identities: LinkedRows,
    urls: Vec<url::Model>,
    addresses: Vec<address::Model>,
    telephone_numbers: Vec<telephone_number::Model>,
    ad_hoc_attributes: Vec<ad_hoc_attribute::Model>,
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
    let rows = Rows::read(snapshot, &passed_on).await?;
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
    async fn read(snapshot: &Snapshot, people: &[i64]) -> Result<Self, Fault> {
        let roles = snapshot.rows::<CoPersonRoles>("co_person_id", people).await?;
        let members = snapshot.rows::<CoGroupMembers>("co_person_id", people).await?;
        let held: Vec<i64> = roles.iter().map(|role| role.id).collect();
        Ok(Self {
            urls: snapshot.rows::<Urls>("co_person_id", people).await?,
            addresses: snapshot.rows::<Addresses>("co_person_role_id", &held).await?,
            telephone_numbers: snapshot.rows::<TelephoneNumbers>("co_person_role_id", &held).await?,
            ad_hoc_attributes: snapshot.rows::<AdHocAttributes>("co_person_role_id", &held).await?,
            names: snapshot.rows::<Names>("co_person_id", people).await?,
            mails: snapshot.rows::<EmailAddresses>("co_person_id", people).await?,
            identifiers: snapshot.rows::<Identifiers>("co_person_id", people).await?,
            groups: snapshot.rows::<CoGroups>("id", &distinct(members.iter().map(|row| row.co_group_id))).await?,
            cous: snapshot.rows::<Cous>("id", &distinct(roles.iter().filter_map(|row| row.cou_id))).await?,
            org_identities: LinkedRows::read(snapshot, people).await?,
            roles,
            members,
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
        let identifiers = self.identifiers.iter().filter(|row| row.co_person_id == Some(id) && row.status == "A");
        state.identifiers = identifiers.map(message::<Identifiers>).collect();
        state.names = self.names.iter().filter(|row| row.co_person_id == Some(id)).map(message::<Names>).collect();
        let mails = self.mails.iter().filter(|row| row.co_person_id == Some(id));
        state.email_addresses = mails.map(message::<EmailAddresses>).collect();
        let urls = self.urls.iter().filter(|row| row.co_person_id == Some(id));
        state.urls = urls.map(message::<Urls>).collect();
        let roles = self.roles_of(snapshot, id);
        let cous = self.cous.iter().filter(|cou| roles.iter().any(|role| role.cou_id == Some(cou.id)));
        state.cous = cous.map(message::<Cous>).collect();
        let held = |role: Option<i64>| roles.iter().any(|held| Some(held.id) == role);
        let addresses = self.addresses.iter().filter(|row| held(row.co_person_role_id));
        state.addresses = addresses.map(message::<Addresses>).collect();
        let numbers = self.telephone_numbers.iter().filter(|row| held(row.co_person_role_id));
        state.telephone_numbers = numbers.map(message::<TelephoneNumbers>).collect();
        let attributes = self.ad_hoc_attributes.iter().filter(|row| held(row.co_person_role_id));
        state.ad_hoc_attributes = attributes.map(message::<AdHocAttributes>).collect();
        // Extended attributes are not passed on; ad hoc attributes are.
        let role = |role| CoPersonRole { extended_attributes: None, ..message::<CoPersonRoles>(role) };
        state.roles = roles.into_iter().map(role).collect();
        state.memberships = self.memberships(snapshot, id, provisionable);
        state.org_identities = self.org_identities.of(snapshot, id);
        state
    }

    /// The roles of a person that hold now, by `ordr`.
    fn roles_of(&self, snapshot: &Snapshot, person: i64) -> Vec<&co_person_role::Model> {
        let holds = |role: &&co_person_role::Model| {
            let inside = within(role.valid_from, role.valid_through, snapshot.now);
            role.co_person_id == person && role_holds(status_of(&role.status), inside)
        };
        let mut roles: Vec<_> = self.roles.iter().filter(holds).collect();
        roles.sort_by_key(|role| (role.ordr.unwrap_or(i64::MAX), role.id));
        roles
    }

    fn memberships(&self, snapshot: &Snapshot, person: i64, provisionable: Provisionable) -> Vec<Membership> {
        let of_person = self.members.iter().filter(|member| member.co_person_id == person);
        let with_group = of_person.filter_map(|member| {
            let group = self.groups.iter().find(|group| group.id == member.co_group_id)?;
            let inside = within(member.valid_from, member.valid_through, snapshot.now);
            member_holds(provisionable, &group.group_type, group.status == "A", inside).then_some((group, member))
        });
        let message = |(group, member)| Membership {
            group: Some(message::<CoGroups>(group)),
            member: Some(message::<CoGroupMembers>(member)),
        };
        with_group.map(message).collect()
    }
}

pub(super) fn distinct(ids: impl Iterator<Item = i64>) -> Vec<i64> {
    ids.collect::<BTreeSet<i64>>().into_iter().collect()
}
