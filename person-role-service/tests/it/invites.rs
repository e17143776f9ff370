//! Invitations, from the mail to the answer (neighbours.md CoInvite).

use chrono::Duration;
use person_role_service::{
    app::{add::add, erase::erase, reply_invite::reply_invite, send_invites::send_invites},
    context::{App, Fault},
    domain::invitation::digest,
    mail::{MailSettings, Mailer},
    store::entity::{
        co_invite, co_invite::CoInvites, co_person::CoPeople, email_address::EmailAddresses,
        history_record::HistoryRecords, name::Names,
    },
};
use proto::{
    caller::Caller,
    record::Record,
    refusal::Refusal,
    registry::v1::{self as v1, ReplyRequest, Status},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use service_kit::config::Secret;
use testkit::{Folder, MailServer};

use crate::house::House;

fn settings() -> MailSettings {
    MailSettings {
        smtp_url: Secret::default(),
        folder: String::new(),
        from: "Lab <lab@example.org>".to_owned(),
        invite_template: String::new(),
        invite_url: String::new(),
        invite_days: 7,
        invites_per_hour: 3,
    }
}

fn into_folder(folder: &Folder) -> Mailer {
    let folder = folder.path().display().to_string();
    Mailer::new(&MailSettings { folder, ..settings() }).unwrap().unwrap()
}

fn by_smtp(server: &MailServer) -> Mailer {
    Mailer::new(&MailSettings { smtp_url: Secret::new(server.url()), ..settings() }).unwrap().unwrap()
}

async fn invitee(house: &House, co: i64) -> i64 {
    let person = house.person(co, Status::Pending).await;
    let name = v1::Name {
        given: Some("Ada".to_owned()),
        family: Some("Lovelace".to_owned()),
        r#type: Some("official".to_owned()),
        co_person_id: Some(person),
        ..v1::Name::default()
    };
    house.add::<Names>(name).await.unwrap();
    let mail = v1::EmailAddress {
        mail: Some(format!("ada{person}@example.org")),
        r#type: Some("official".to_owned()),
        co_person_id: Some(person),
        ..v1::EmailAddress::default()
    };
    house.add::<EmailAddresses>(mail).await.unwrap();
    person
}

async fn invite(house: &House, person: i64) -> i64 {
    house.add::<CoInvites>(v1::CoInvite { co_person_id: Some(person), ..v1::CoInvite::default() }).await.unwrap()
}

/// The mails in a folder, the newest last.
fn mails(folder: &Folder) -> Vec<String> {
    let mut files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort_by_key(|file| (file.metadata().unwrap().modified().unwrap(), file.clone()));
    files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect()
}

/// The secret of a mail: the one word of 48 letters and digits.
fn secret_of(mail: &str) -> String {
    let words = mail.split_whitespace().filter(|word| word.len() == 48);
    let mut secrets = words.filter(|word| word.chars().all(|letter| letter.is_ascii_alphanumeric()));
    secrets.next().unwrap_or_else(|| panic!("no secret in\n{mail}")).to_owned()
}

async fn reply(house: &House, caller: &Caller, secret: &str, reply: &str) -> Result<(), Fault> {
    let request = ReplyRequest { inviteid: secret.to_owned(), reply: reply.to_owned() };
    reply_invite(house.app(), caller, &request).await
}

/// The phrase of a refusal, or its wrong fields.
fn why<T: std::fmt::Debug>(result: Result<T, Fault>) -> String {
    match result.expect_err("a refusal").into_refusal() {
        Refusal::InvalidFields(wrong) => wrong.0.into_keys().collect::<Vec<_>>().join(" "),
        Refusal::Forbidden { phrase, .. } | Refusal::Unknown { phrase, .. } | Refusal::Unfit { phrase, .. } => phrase,
        other => panic!("{other:?}"),
    }
}

async fn told(house: &House, person: i64) -> Vec<String> {
    let records = house.list::<HistoryRecords>("copersonid", person).await;
    records.into_iter().filter_map(|record| record.action).filter(|action| action.starts_with("INV")).collect()
}

async fn digests(house: &House) -> Vec<Option<String>> {
    let all = co_invite::Entity::find().all(house.app().database.reader()).await.unwrap();
    all.into_iter().map(|invite| invite.invitation).collect()
}

pub(crate) async fn an_invitation_is_answered_once(house: &House) {
    let (folder, co) = (Folder::new("mails"), house.co("Invites").await);
    let stranger = Caller { co_id: Some(house.co("Other").await), ..house.caller.clone() };
    let (mailer, person) = (into_folder(&folder), invitee(house, co).await);
    let nobody =
        v1::CoInvite { co_person_id: Some(house.person(co, Status::Pending).await), ..v1::CoInvite::default() };
    assert_eq!(why(house.add::<CoInvites>(nobody).await), "No Email Address");
    assert_eq!(why(house.add::<CoInvites>(v1::CoInvite::default()).await), "co_person_id");

    invite(house, person).await;
    assert_eq!(house.status(person).await, Status::Invited);
    assert_eq!(digests(house).await, [None], "the secret is made when the mail is sent");
    send_invites(house.app(), &mailer).await.unwrap();
    send_invites(house.app(), &mailer).await.unwrap();
    let [mail] = &mails(&folder)[..] else { panic!("one mail") };
    assert!(mail.contains(&format!("ada{person}@example.org")) && mail.contains("Ada Lovelace"), "{mail}");
    assert!(mail.contains("Subject: Invitation to join Invites"), "{mail}");
    let secret = secret_of(mail);
    assert_eq!(digests(house).await, [Some(digest(&secret))], "only a digest is kept");

    assert_eq!(why(reply(house, &house.caller, "", "perhaps").await), "inviteid reply");
    assert_eq!(why(reply(house, &house.caller, &digest(&secret), "confirm").await), "CoInvite Unknown");
    assert_eq!(why(reply(house, &stranger, &secret, "confirm").await), "CoInvite Unknown");
    reply(house, &house.caller, &secret, "confirm").await.unwrap();
    assert_eq!(house.status(person).await, Status::Active);
    assert!(house.list::<EmailAddresses>("copersonid", person).await[0].verified());
    assert_eq!(why(reply(house, &house.caller, &secret, "decline").await), "CoInvite Unknown");
    assert_eq!(told(house, person).await, ["INVS", "INVC"]);

    let other = invitee(house, co).await;
    invite(house, other).await;
    send_invites(house.app(), &mailer).await.unwrap();
    let secret = mails(&folder).iter().find(|mail| mail.contains(&format!("ada{other}@"))).map(|mail| secret_of(mail));
    reply(house, &house.caller, &secret.unwrap(), "decline").await.unwrap();
    assert_eq!(house.status(other).await, Status::Declined);
    assert!(!house.list::<EmailAddresses>("copersonid", other).await[0].verified());
    assert_eq!(told(house, other).await, ["INVS", "INVD"]);
}

pub(crate) async fn an_invitation_expires_and_gives_way_to_a_newer_one(house: &House) {
    let (folder, co) = (Folder::new("mails"), house.co("Expiry").await);
    let (mailer, person) = (into_folder(&folder), invitee(house, co).await);
    invite(house, person).await;
    send_invites(house.app(), &mailer).await.unwrap();
    let first = secret_of(&mails(&folder)[0]);
    // Two at once: one of them stays, and each was told.
    futures::future::join(invite(house, person), invite(house, person)).await;
    assert_eq!(house.list::<CoInvites>("copersonid", person).await.len(), 1, "a person has one");
    assert_eq!(why(reply(house, &house.caller, &first, "confirm").await), "CoInvite Unknown");
    while send_invites(house.app(), &mailer).await.unwrap() {}
    let all = mails(&folder);
    assert_eq!(all.len(), 2, "what was replaced is not mailed");
    let second = all.iter().map(|mail| secret_of(mail)).find(|secret| *secret != first).unwrap();
    house.clock.advance(Duration::days(7));
    assert_eq!(why(reply(house, &house.caller, &second, "confirm").await), "Expired");
    assert_eq!(why(reply(house, &house.caller, &second, "decline").await), "Expired");
    assert_eq!(house.status(person).await, Status::Invited);
    let late = invitee(house, co).await;
    invite(house, late).await;
    house.clock.advance(Duration::days(8));
    send_invites(house.app(), &mailer).await.unwrap();
    assert_eq!(mails(&folder).len(), 2, "what has expired is not mailed");
    house.delete::<CoPeople>(person).await.unwrap();
    assert_eq!(why(reply(house, &house.caller, &second, "confirm").await), "CoInvite Unknown");
}

pub(crate) async fn a_mail_that_could_not_be_sent_is_sent_later(house: &House) {
    let (folder, person) = (Folder::new("mails"), invitee(house, house.co("Later").await).await);
    invite(house, person).await;
    send_invites(house.app(), &by_smtp(&MailServer::stopped())).await.unwrap();
    let mailer = into_folder(&folder);
    send_invites(house.app(), &mailer).await.unwrap();
    assert!(mails(&folder).is_empty(), "it is not due yet");
    house.clock.advance(Duration::seconds(30));
    // Two processes at once: one of them takes it.
    let (one, other) = futures::join!(send_invites(house.app(), &mailer), send_invites(house.app(), &mailer));
    one.unwrap();
    other.unwrap();
    let [mail] = &mails(&folder)[..] else { panic!("one mail") };
    reply(house, &house.caller, &secret_of(mail), "confirm").await.unwrap();
}

/// Mails go out in the site's name, eight at once: nobody fills the hour with his.
pub(crate) async fn the_users_of_a_co_send_so_many_and_keep_nobody_waiting(house: &House) {
    let (folder, busy, other) = (Folder::new("mails"), house.co("Busy").await, house.co("Beside").await);
    let app = App { invites_per_hour: 12, ..house.app().clone() };
    let user = Caller { co_id: Some(busy), ..house.caller.clone() };
    let to = async |caller: &Caller, person: i64| {
        let wish = v1::CoInvite { co_person_id: Some(person), ..v1::CoInvite::default() };
        add::<CoInvites>(&app, caller, Record::of(&wish), &[]).await
    };
    let send = async |caller: &Caller| to(caller, invitee(house, busy).await).await;
    let erased = invitee(house, busy).await;
    to(&user, erased).await.unwrap();
    for _ in 0..11 {
        send(&user).await.unwrap();
    }
    assert_eq!(why(send(&user).await), "Limit Reached");
    // Nothing says to whom it was, and yet it was one.
    erase(&app, &user, erased).await.unwrap();
    assert_eq!(why(send(&user).await), "Limit Reached");
    let left = co_invite::Entity::find().filter(co_invite::Column::CoPersonId.eq(erased)).all(app.database.reader());
    let left: Vec<_> = left.await.unwrap().into_iter().map(|row| (row.mail, row.invitation, row.deleted)).collect();
    assert_eq!(left, [(String::new(), None, true)]);
    send(&house.caller).await.unwrap();
    house.clock.advance(Duration::seconds(1));
    let beside = invitee(house, other).await;
    invite(house, beside).await;
    send_invites(&app, &into_folder(&folder)).await.unwrap();
    let sent = mails(&folder);
    assert_eq!(sent.len(), 8);
    assert!(sent.iter().any(|mail| mail.contains(&format!("ada{beside}@example.org"))), "another CO's has its turn");
    house.clock.advance(Duration::hours(1));
    send(&user).await.unwrap();
}

mod smtp {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_mail_server_that_comes_back_gets_what_waited() {
        let (house, mut server) = (House::on_sqlite().await, MailServer::stopped());
        let mailer = by_smtp(&server);
        let person = invitee(&house, house.co("Müller & Søn").await).await;
        invite(&house, person).await;
        send_invites(house.app(), &mailer).await.unwrap();
        assert!(server.mails().is_empty());
        server.start().await;
        house.clock.advance(Duration::seconds(30));
        send_invites(house.app(), &mailer).await.unwrap();
        let [mail] = &server.mails()[..] else { panic!("one mail") };
        assert!(mail.contains(&format!("X-RcptTo: ada{person}@example.org")), "{mail}");
        assert!(
            mail.contains("From: Lab <lab@example.org>") || mail.contains("From: \"Lab\" <lab@example.org>"),
            "{mail}"
        );
        reply(&house, &house.caller, &secret_of(mail), "confirm").await.unwrap();
        assert_eq!(house.status(person).await, Status::Active);
    }
}
