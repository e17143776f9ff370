//! Large groups.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use provisioning_service::domain::eligibility::Work;
use serde_json::json;
use testkit::{Slapd, slapd};
use tokio::net::{TcpListener, TcpStream};

use crate::contract::{
    Place,
    ldap::{Server, base, configuration, group, groups, member},
};

const MEMBERS: usize = 20_000;

/// A way to a directory on which bytes are counted.
async fn counted(server: &Server) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ldap://{}", listener.local_addr().unwrap());
    let (bytes, to) = (Arc::new(AtomicUsize::new(0)), server.url().replace("ldap://", ""));
    let count = Arc::clone(&bytes);
    tokio::spawn(async move {
        while let Ok((mut from, _)) = listener.accept().await {
            let (to, count) = (to.clone(), Arc::clone(&count));
            tokio::spawn(async move {
                let to = TcpStream::connect(to).await.unwrap();
                let (mut read, mut write) = from.split();
                let (mut back, mut forth) = to.into_split();
                let answers = async {
                    let mut some = [0; 1 << 16];
                    while let Ok(read @ 1..) = tokio::io::AsyncReadExt::read(&mut back, &mut some).await {
                        count.fetch_add(read, Ordering::SeqCst);
                        tokio::io::AsyncWriteExt::write_all(&mut write, &some[..read]).await.unwrap();
                    }
                };
                let _ended = tokio::join!(answers, tokio::io::copy(&mut read, &mut forth));
            });
        }
    });
    (url, bytes)
}

pub(crate) async fn a_change_of_one_membership_reads_no_other_members(server: &Server) {
    let (url, read) = counted(server).await;
    let change = json!({"GroupBaseDn": format!("ou=groups,{}", Slapd::BASE)});
    let mut ada = Place::new("LdapProvisioner", 2, 1, &configuration(&url, 2, change));
    let (mut team, world) = (ada.group(7), ada.world().clone());
    ada.call(&member("ada", &[]), Work::Apply).await.unwrap();
    let all: Vec<String> = (0..MEMBERS).map(|n| format!("uid=person{n},{}", base(2))).collect();
    // The directory has most of them, and two whom nobody knows.
    let mut ldif = format!("dn: cn=Team,ou=groups,{}\nobjectClass: groupOfNames\ncn: Team\n", Slapd::BASE);
    for dn in all.iter().skip(3).chain(&["cn=stranger".to_owned(), "cn=another".to_owned()]) {
        ldif += &format!("member: {dn}\n");
    }
    let to = server.url();
    tokio::task::spawn_blocking(move || slapd::modify(&to, &ldif)).await.unwrap();
    world.pages.store(1000, Ordering::SeqCst);
    world.members.lock().unwrap().insert(7, all.clone());
    let plan = team.plan(&group(7, "Team"), Work::Apply).await;
    let changed: Vec<usize> = plan.steps.iter().map(|step| step.text.matches("\nmember: ").count()).collect();
    assert_eq!(changed, [3, 2], "only what differs");
    team.call(&group(7, "Team"), Work::Apply).await.unwrap();
    world.groups.lock().unwrap().insert(team.key(), 7);

    read.store(0, Ordering::SeqCst);
    world.members.lock().unwrap().insert(7, [all.clone(), vec![ada.key()]].concat());
    ada.call(&member("ada", &[(7, "Team")]), Work::Apply).await.unwrap();
    ada.call(&member("ada", &[]), Work::Apply).await.unwrap();
    let bytes = read.load(Ordering::SeqCst);
    assert!(bytes < 20_000, "{bytes} bytes were read of a group of {MEMBERS}");
    assert_eq!(groups(server).await["Team"].len(), MEMBERS);
}
