//! The org identities of people, as far as they are valid, with their active identifiers (provisioning-engine.md §3).

use proto::{registry::v1::LinkedOrgIdentity, time::within};

use crate::{
    app::read_subjects::{Snapshot, message, people::distinct},
    context::Fault,
    domain::passed_on::identifier_holds,
    store::entity::{
        co_org_identity_link, co_org_identity_link::CoOrgIdentityLinks, identifier, identifier::Identifiers,
        org_identity, org_identity::OrgIdentities,
    },
};

/// The rows of links of people, and of what they link.
pub(super) struct LinkedRows {
    links: Vec<co_org_identity_link::Model>,
    org_identities: Vec<org_identity::Model>,
    identifiers: Vec<identifier::Model>,
}

impl LinkedRows {
    /// Reads those of some people.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) async fn read(snapshot: &Snapshot, people: &[i64]) -> Result<Self, Fault> {
        let links = snapshot.rows::<CoOrgIdentityLinks>("co_person_id", people).await?;
        let ids = distinct(links.iter().map(|link| link.org_identity_id));
        Ok(Self {
            org_identities: snapshot.rows::<OrgIdentities>("id", &ids).await?,
            identifiers: snapshot.rows::<Identifiers>("org_identity_id", &ids).await?,
            links,
        })
    }

    /// Those of one person.
    pub(super) fn of(&self, snapshot: &Snapshot, person: i64) -> Vec<LinkedOrgIdentity> {
        let of_person = self.links.iter().filter(|link| link.co_person_id == person);
        let linked = of_person.filter_map(|link| {
            let row = self.org_identities.iter().find(|row| row.id == link.org_identity_id)?;
            let identifiers = self
                .identifiers
                .iter()
                .filter(|own| own.org_identity_id == Some(row.id) && identifier_holds(&own.status));
            within(row.valid_from, row.valid_through, snapshot.now).then(|| LinkedOrgIdentity {
                link: Some(message::<CoOrgIdentityLinks>(link)),
                org_identity: Some(message::<OrgIdentities>(row)),
                identifiers: identifiers.map(message::<Identifiers>).collect(),
            })
        });
        linked.collect()
    }
}
