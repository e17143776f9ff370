//! `If-Match` of targets and requests: the comparison and the change are one (D43).

use prost::Message;
use proto::{
    caller::Caller,
    provisioning::v1::{CoProvisioningTarget, Mode},
    record::Record,
    refusal::Refusal,
    registry::v1::{DeleteRequest, EditRecord, ViewRequest},
};

use crate::rig::{CO, OTHER, Rig, by, fake, of_co, refused};

impl Rig {
    async fn edit_if(&self, id: i64, description: &str, if_match: &str) -> Result<(), Refusal> {
        let record = CoProvisioningTarget { description: Some(description.to_owned()), ..fake(CO, Mode::Automatic) };
        let sent = Some(prost_types::FieldMask { paths: Record::of(&record).sent() });
        let record = CoProvisioningTarget { id: Some(id), ..record }.encode_to_vec().into();
        let if_match = Some(if_match.to_owned());
        let message = EditRecord { record, unread: Vec::new(), sent, if_match };
        self.targets().edit(by(&of_co(CO), message)).await.map(|_| ()).map_err(refused)
    }

    async fn delete_if(&self, caller: &Caller, id: i64, if_match: &str) -> Result<(), Refusal> {
        let message = DeleteRequest { id, if_match: Some(if_match.to_owned()) };
        self.targets().delete(by(caller, message)).await.map(|_| ()).map_err(refused)
    }

    async fn cancel_if(&self, id: i64, if_match: &str) -> Result<(), Refusal> {
        let message = DeleteRequest { id, if_match: Some(if_match.to_owned()) };
        self.requests().delete(by(&of_co(CO), message)).await.map(|_| ()).map_err(refused)
    }

    async fn tag(&self, id: i64) -> String {
        let answer = self.targets().view(by(&of_co(CO), ViewRequest { id, as_of: None })).await.unwrap();
        answer.metadata().get(proto::tag::HEADER).unwrap().to_str().unwrap().to_owned()
    }

    async fn request_tag(&self, id: i64) -> String {
        let answer = self.requests().view(by(&of_co(CO), ViewRequest { id, as_of: None })).await.unwrap();
        answer.metadata().get(proto::tag::HEADER).unwrap().to_str().unwrap().to_owned()
    }
}

pub(crate) async fn of_many_that_name_one_tag_one_wins(rig: Rig) {
    let id = rig.target(CO, Mode::Automatic).await;
    for round in 0..4 {
        let tag = rig.tag(id).await;
        let one = async |number: i32| match rig.edit_if(id, &format!("{round} {number}"), &tag).await {
            Ok(()) => true,
            Err(Refusal::Precondition) => false,
            Err(other) => panic!("{other:?}"),
        };
        let (a, b, c) = tokio::join!(one(1), one(2), one(3));
        assert_eq!([a, b, c].into_iter().filter(|won| *won).count(), 1, "round {round}");
        assert_ne!(rig.tag(id).await, tag);
    }
    rig.end().await;
}

pub(crate) async fn targets_and_requests_are_held_against_their_tags(rig: Rig) {
    let id = rig.target(CO, Mode::Disabled).await;
    let old = rig.tag(id).await;
    rig.edit_if(id, "first", "*").await.unwrap();
    let new = rig.tag(id).await;
    assert_eq!(rig.edit_if(id, "first", &old).await, Err(Refusal::Precondition), "an edit that would change nothing");
    assert_eq!(rig.edit_if(id, &"x".repeat(300), &old).await, Err(Refusal::Precondition), "before wrong fields");
    assert_eq!(rig.edit_if(id + 50, "x", "*").await, Err(Refusal::Precondition), "what is not there");
    assert_eq!(rig.delete_if(&of_co(CO), id, &old).await, Err(Refusal::Precondition));
    assert_eq!(rig.delete_if(&of_co(OTHER), id, &new).await, Err(Refusal::Precondition), "what is of another CO");
    assert_eq!(rig.tag(id).await, new, "nothing was changed");
    rig.edit_if(id, "second", &new).await.unwrap();
    rig.edit_if(id, "first", "*").await.unwrap();
    assert_ne!(rig.tag(id).await, new, "it was something else in between, all in one instant");
    let new = rig.tag(id).await;

    let target = rig.target(CO, Mode::Automatic).await;
    let request = rig.provision(target, "copersonid", 10).await.unwrap();
    let tag = rig.request_tag(request).await;
    assert_eq!(rig.cancel_if(request, "\"other\"").await, Err(Refusal::Precondition));
    assert_eq!(rig.cancel_if(request + 50, "*").await, Err(Refusal::Precondition), "what is not there");
    rig.cancel_if(request, &tag).await.unwrap();
    assert_eq!(rig.cancel_if(request, &tag).await, Err(Refusal::Precondition), "it is another one now");
    assert!(matches!(rig.cancel_if(request, "*").await, Err(Refusal::Conflict { .. })));

    rig.delete_if(&of_co(CO), id, &new).await.unwrap();
    assert_eq!(rig.delete_if(&of_co(CO), id, "*").await, Err(Refusal::Precondition), "what was deleted");
    rig.end().await;
}
