//! Org identities (neighbours.md OrgIdentity).

use proto::refusal::Refusal;
use sea_orm::{Condition, EntityTrait, PaginatorTrait, sea_query::ExprTrait};

use crate::{
    change::Change,
    context::{App, Fault},
    domain::validity,
    resource::{Asked, Draft, Resource, merged, search},
    store::{
        entity::{co, co_org_identity_link::CoOrgIdentityLinks, org_identity, org_identity::OrgIdentities},
        past::Shelf,
        stored::with,
    },
};

#[async_trait::async_trait]
impl Resource for OrgIdentities {
    async fn check(_change: &mut Change<'_>, draft: &mut Draft<'_, org_identity::Model>) -> Result<(), Fault> {
        if !draft.wrong.has("valid_from") && !draft.wrong.has("valid_through") {
            let full = merged::<Self>(draft);
            validity::check_order(&full, &mut draft.wrong);
        }
        Ok(())
    }

    async fn before_delete(change: &mut Change<'_>, row: &org_identity::Model) -> Result<(), Fault> {
        if with::<CoOrgIdentityLinks>("org_identity_id", row.id)?.count(&change.tx).await? > 0 {
            let sentence = "The org identity is linked to a person of the CO. Delete the link first.";
            let co = co::Entity::find_by_id(row.co_id).one(&change.tx).await?;
            let name = co.map(|co| co.name).unwrap_or_default();
            return Err(Refusal::Member { co_id: row.co_id, name, sentence: sentence.to_owned() }.into());
        }
        Ok(())
    }

    fn own_filters() -> &'static [&'static str] {
        &["search.identifier", "search.identifier.equals", "search.mail"]
    }

    async fn filter(_app: &App, asked: &Asked<'_>, shelf: Shelf) -> Result<Condition, Fault> {
        let mut condition = Condition::all();
        for (key, text) in asked.filters {
            let among = match key.replace('_', ".").as_str() {
                "search.identifier" => search::identifiers(asked, text, "org_identity_id")?,
                "search.identifier.equals" => search::same_identifier(asked, text, "org_identity_id")?,
                "search.mail" => search::mail(asked, text, "org_identity_id")?,
                _ => continue,
            };
            condition = condition.add(shelf.column("id").in_subquery(among));
        }
        Ok(condition)
    }
}
