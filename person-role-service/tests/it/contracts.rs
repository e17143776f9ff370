//! What the contracts promise to those who were built from them.

use person_role_service::store::stored::Stored;
use proto::{caller::Caller, registry::v1::Status as PersonStatus, table::Table};
use service_kit::rpc::Channel;
use tonic::{Code, Request};

use crate::{house::House, resources::each_resource};

/// A client of one resource, generated from the `.proto` files as somebody else would: it shares no type with us.
mod foreign {
    #![expect(unreachable_pub, reason = "generated code")]
    include!("foreign_client/cohort.registry.v1.rs");
}

pub(crate) async fn a_generated_client_of_somebody_else_works(house: &House) {
    let co = house.co("Foreign").await;
    let person = house.person(co, PersonStatus::Active).await;
    let channel = Channel::in_process(house.service.routes());
    let mut client = foreign::co_person_roles_client::CoPersonRolesClient::new(channel);
    let by_us = |message| as_caller(&house.caller, message);
    let record = foreign::CoPersonRole {
        co_person_id: Some(person),
        affiliation: Some("staff".to_owned()),
        status: Some(foreign::Status::Active.into()),
        title: Some("Dr".to_owned()),
        ..foreign::CoPersonRole::default()
    };
    let add = foreign::AddCoPersonRoleRequest { record: Some(record.clone()), unread: Vec::new() };
    let id = client.add(by_us(add)).await.unwrap().into_inner().id;
    let sent = Some(prost_types::FieldMask {
        paths: ["co_person_id", "affiliation", "status", "title"].map(str::to_owned).to_vec(),
    });
    let record = foreign::CoPersonRole { id: Some(id), title: None, ..record };
    let edit = foreign::EditCoPersonRoleRequest { record: Some(record), unread: Vec::new(), sent, if_match: None };
    client.edit(as_caller(&house.caller, edit)).await.unwrap();
    let seen =
        client.view(as_caller(&house.caller, foreign::ViewRequest { id, as_of: None })).await.unwrap().into_inner();
    assert_eq!((seen.title.as_deref(), seen.revision, seen.status()), (None, Some(1), foreign::Status::Active));
    let list = client.list(as_caller(&house.caller, foreign::ListRequest::default())).await.unwrap().into_inner();
    assert_eq!((list.records.len(), list.more), (1, false));
    client.delete(as_caller(&house.caller, foreign::DeleteRequest { id, if_match: None })).await.unwrap();
    let gone = client.view(as_caller(&house.caller, foreign::ViewRequest { id, as_of: None })).await.unwrap_err();
    assert_eq!(gone.code(), Code::NotFound);
}

fn as_caller<T>(caller: &Caller, message: T) -> Request<T> {
    let mut request = Request::new(message);
    caller.put(request.metadata_mut());
    request
}

/// A field that can be written and is kept nowhere would be answered with 201 and be gone.
#[test]
fn every_field_that_can_be_written_has_a_column() {
    let mut looked_at = 0;
    let mut exceptions = Vec::new();
    each_resource!(R => {
        let table: &Table = <R as Stored>::table();
        for field in table.fields.iter().filter(|field| !field.options.read_only) {
            looked_at += 1;
            if <R as Stored>::columns().named(&field.column).is_err() {
                exceptions.push((table.singular.as_str(), field.column.as_str()));
            }
        }
    });
    assert!(looked_at > 60);
    assert!(exceptions.is_empty(), "give these fields a column: {exceptions:?}");
}
