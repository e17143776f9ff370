//! CO People (neighbours.md CoPerson).

use proto::{check::Violations, filters::MATCHED, refusal::Refusal};
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, sea_query::ExprTrait};
use service_kit::rows::is_not;

use crate::{
    change::Change,
    context::{App, Fault},
    resource::{
        Asked, Draft, Resource,
        search::{self, unsearchable},
    },
    store::{
        entity::{co_person, co_person::CoPeople, co_person_role},
        past::Shelf,
        stored::Stored as _,
    },
};

/// The column of what hangs on a person.
const PERSON: &str = "co_person_id";

#[async_trait::async_trait]
impl Resource for CoPeople {
    async fn check(_change: &mut Change<'_>, draft: &mut Draft<'_, co_person::Model>) -> Result<(), Fault> {
        if let Some(zone) = draft.sent.text("timezone")
            && zone.parse::<chrono_tz::Tz>().is_err()
        {
            draft
                .wrong
                .add("timezone", "\"Timezone\" must be a name of the IANA time zone database, such as Europe/Zurich");
        }
        Ok(())
    }

    async fn before_delete(change: &mut Change<'_>, row: &co_person::Model) -> Result<(), Fault> {
        let live_roles = co_person_role::Entity::find()
            .filter(co_person_role::Column::CoPersonId.eq(row.id))
            .filter(is_not(co_person_role::Column::Deleted));
        if live_roles.count(&change.tx).await? > 0 {
            return Err(Refusal::forbidden("CoPersonRole Exists", "The person has roles. Delete them first.").into());
        }
        Ok(())
    }

    fn own_filters() -> &'static [&'static str] {
        &["search.identifier", "search.identifier.equals", "search.mail", "given", "family", "mail"]
    }

    async fn filter(_app: &App, asked: &Asked<'_>, shelf: Shelf) -> Result<Condition, Fault> {
        let filters = asked.filters;
        let mut condition = Condition::all();
        let mut wrong = Violations::default();
        let matching = MATCHED.iter().any(|key| filters.contains_key(*key));
        for (key, text) in filters {
            let among = match key.replace('_', ".").as_str() {
                "search.identifier" => search::identifiers(asked, text, PERSON)?,
                "search.identifier.equals" => search::same_identifier(asked, text, PERSON)?,
                "search.mail" => search::mail(asked, text, PERSON)?,
                "mail" => search::mailed(asked, long_enough(key, text, &mut wrong))?,
                "given" | "family" => search::named(asked, long_enough(key, text, &mut wrong), key)?,
                "coid" => continue,
                _ if matching => return Err(unsearchable(Self::table(), key, Self::own_filters()).into()),
                _ => continue,
            };
            condition = condition.add(shelf.column("id").in_subquery(among));
        }
        if wrong.is_empty() { Ok(condition) } else { Err(Refusal::InvalidFields(wrong).into()) }
    }
}

fn long_enough<'a>(key: &str, text: &'a str, wrong: &mut Violations) -> &'a str {
    if text.chars().count() < 3 {
        wrong.add(key, "Give at least three characters to match people by");
    }
    text
}
