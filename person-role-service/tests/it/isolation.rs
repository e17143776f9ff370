//! What a user of a CO may not write, beside what is of another CO (`standalone/tests/it/two_cos.rs`).

use person_role_service::{app::add::add, context::Fault, store::entity::history_record::HistoryRecords};
use proto::{
    caller::Caller,
    record::Record,
    refusal::Refusal,
    registry::v1::{HistoryRecord, Status},
};

use crate::house::House;

fn refusal<T: std::fmt::Debug>(result: Result<T, Fault>) -> Refusal {
    result.expect_err("a refusal").into_refusal()
}

pub(crate) async fn nobody_of_a_co_writes_history_as_the_server_does(house: &House) {
    let co = house.co("Forged").await;
    let person = house.person(co, Status::Active).await;
    let me = Caller { co_id: Some(co), ..house.caller.clone() };
    let write = async |caller: &Caller, action: &str| {
        let message = HistoryRecord {
            co_person_id: Some(person),
            action: Some(action.to_owned()),
            comment: Some("CO Person Created (Manual)".to_owned()),
            ..HistoryRecord::default()
        };
        add::<HistoryRecords>(house.app(), caller, Record::of(&message), &[]).await
    };
    let (reader, backend) = (house.app().database.reader(), house.app().database.backend());
    let written = sea_orm::Statement::from_string(backend, "SELECT DISTINCT action FROM history_records");
    for row in sea_orm::ConnectionTrait::query_all_raw(reader, written).await.unwrap() {
        let action: String = row.try_get("", "action").unwrap();
        let Refusal::InvalidFields(wrong) = refusal(write(&me, &action).await) else { panic!("{action}") };
        assert!(wrong.has("action"), "{action}");
    }
    for action in ["ACPM", "PRVX", "INVC", "ECRX", "LOCP", "DCGM"] {
        assert!(matches!(refusal(write(&me, action).await), Refusal::InvalidFields(_)), "{action}");
        write(&house.caller, action).await.unwrap();
    }
    for action in ["XTST", "pXYZ", "ABCD"] {
        write(&me, action).await.unwrap();
    }
}
