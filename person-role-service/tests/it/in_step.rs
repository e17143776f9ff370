//! Roles of many people that are added at once: each is answered as if it had been added alone.

use std::collections::BTreeSet;

use person_role_service::{
    app::{add::Done, add_in_step::Adds},
    context::Fault,
    store::entity::{co_group_member::CoGroupMembers, co_person_role::CoPersonRoles, history_record::HistoryRecords},
};
use proto::{
    caller::Caller,
    record::Record,
    refusal::Refusal,
    registry::v1::{CoPersonRole, Status},
};
use sea_orm::{ConnectionTrait, Statement, TransactionTrait};
use tokio::sync::Barrier;

use crate::house::{House, role};

async fn add(house: &House, adds: &Adds, caller: &Caller, role: CoPersonRole) -> Result<Done, Fault> {
    adds.add::<CoPersonRoles>(house.app(), caller, Record::of(&role), &[]).await
}

/// In how many transactions roles were written: PostgreSQL tells.
async fn transactions(house: &House, roles: &[i64]) -> usize {
    let ids: Vec<String> = roles.iter().map(ToString::to_string).collect();
    let sql = format!("SELECT COUNT(DISTINCT xmin::text) AS n FROM co_person_roles WHERE id IN ({})", ids.join(","));
    let writer = house.app().database.writer();
    let row = writer.query_one_raw(Statement::from_string(writer.get_database_backend(), sql)).await.unwrap().unwrap();
    usize::try_from(row.try_get::<i64>("", "n").unwrap()).unwrap()
}

fn is_postgres(house: &House) -> bool {
    house.app().database.backend() == sea_orm::DbBackend::Postgres
}

pub(crate) async fn each_is_answered_as_if_it_were_alone(house: &House) {
    let co = house.co("Step").await;
    let (cou, other) = (house.cou(co, "Lab").await, house.co("Other").await);
    let stranger = Caller { co_id: Some(other), ..house.caller.clone() };
    let mut people = Vec::new();
    for _ in 0..30 {
        people.push(house.person(co, Status::Pending).await);
    }
    house.messages().await;
    let (adds, together) = (Adds::of::<CoPersonRoles>(house.app()), Barrier::new(33));
    let good = people.iter().map(|person| async {
        together.wait().await;
        let done = add(house, &adds, &house.caller, role(*person, Some(cou), Status::Active)).await.unwrap();
        (*person, done.id)
    });
    let bad = async {
        together.wait().await;
        let unknown = add(house, &adds, &house.caller, role(people[0], Some(999), Status::Active)).await;
        assert!(matches!(unknown, Err(Fault::Refused(Refusal::Forbidden { .. }))), "{unknown:?}");
    };
    let foreign = async {
        together.wait().await;
        let theirs = add(house, &adds, &stranger, role(people[1], None, Status::Active)).await;
        assert!(matches!(theirs, Err(Fault::Refused(_))), "{theirs:?}");
    };
    let again = async {
        together.wait().await;
        add(house, &adds, &house.caller, role(people[2], Some(cou), Status::Suspended)).await.unwrap();
    };
    let ((), (), (), added) = tokio::join!(bad, foreign, again, futures::future::join_all(good));
    let ids: Vec<i64> = added.iter().map(|(_, id)| *id).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 30);
    if is_postgres(house) {
        assert!(transactions(house, &ids).await < 30, "none of them went together");
    }
    for (person, id) in added {
        assert_eq!(house.view::<CoPersonRoles>(id).await.co_person_id, Some(person), "an answer names its own role");
        assert_eq!(house.status(person).await, Status::Active);
        assert_eq!(house.list::<CoGroupMembers>("copersonid", person).await.len(), 4, "of CO and COU, all and active");
        let history = house.list::<HistoryRecords>("copersonid", person).await;
        let told = |action: &str| history.iter().filter(|row| row.action.as_deref() == Some(action)).count();
        assert!(told("ACRM") >= 1 && told("RCPS") >= 1);
    }
    let messages = house.messages().await;
    assert_eq!(messages.len(), 31, "each change is told once");
    assert_eq!(messages.iter().map(|message| &message.event_id).collect::<BTreeSet<_>>().len(), 31);
}

/// Somebody whom another change holds keeps only himself waiting.
pub(crate) async fn who_is_held_holds_up_nobody_else(house: &House) {
    let co = house.co("Held").await;
    let (held, free) = (house.person(co, Status::Active).await, house.person(co, Status::Active).await);
    let adds = Adds::of::<CoPersonRoles>(house.app());
    let holding = match is_postgres(house) {
        true => {
            let tx = house.app().database.writer().begin().await.unwrap();
            let sql = format!("SELECT id FROM co_people WHERE id = {held} FOR UPDATE");
            tx.execute_unprepared(&sql).await.unwrap();
            Some(tx)
        }
        // One writer at a time: it would hold up everybody.
        false => None,
    };
    let waits = add(house, &adds, &house.caller, role(held, None, Status::Active));
    let goes = async {
        for _ in 0..3 {
            add(house, &adds, &house.caller, role(free, None, Status::Active)).await.unwrap();
        }
        if let Some(holding) = holding {
            holding.rollback().await.unwrap();
        }
    };
    let (waited, ()) = tokio::join!(waits, goes);
    waited.unwrap();
}

/// One whose row the database refuses, after others of the convoy have written theirs.
pub(crate) async fn one_that_fails_takes_nobody_along(house: &House) {
    let co = house.co("Fails").await;
    let refuse = match is_postgres(house) {
        true => {
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN IF NEW.title = 'bad' THEN RAISE EXCEPTION 'planted'; END IF; RETURN NEW; END $$; \
             CREATE TRIGGER refuse BEFORE INSERT ON co_person_roles FOR EACH ROW EXECUTE FUNCTION refuse()"
        }
        false => {
            "CREATE TRIGGER refuse BEFORE INSERT ON co_person_roles WHEN NEW.title = 'bad' \
             BEGIN SELECT RAISE(ABORT, 'planted'); END"
        }
    };
    house.app().database.writer().execute_unprepared(refuse).await.unwrap();
    let mut people = Vec::new();
    for _ in 0..12 {
        people.push(house.person(co, Status::Active).await);
    }
    let adds = Adds::of::<CoPersonRoles>(house.app());
    let all = people.iter().enumerate().map(|(place, person)| {
        let title = Some(if place % 5 == 4 { "bad" } else { "good" }.to_owned());
        add(house, &adds, &house.caller, CoPersonRole { title, ..role(*person, None, Status::Active) })
    });
    let answers: Vec<bool> = futures::future::join_all(all).await.iter().map(Result::is_ok).collect();
    for (place, (person, answer)) in people.iter().zip(answers).enumerate() {
        assert_eq!(answer, place % 5 != 4, "the role of person {place}");
        assert_eq!(house.list::<CoPersonRoles>("copersonid", *person).await.len(), usize::from(answer));
    }
}
