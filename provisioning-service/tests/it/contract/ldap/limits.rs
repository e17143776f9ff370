//! Directories that tell whoever logs in only so much at once.

use std::fs;

use ldap3::Mod;
use provisioning_service::domain::eligibility::Work;
use serde_json::json;
use testkit::{Slapd, slapd};

use crate::contract::{
    Place,
    ldap::{Server, admin, base, below, configuration, member},
};

const GROUPS: usize = 620;
const WHO: &str = "cn=cohort,dc=example,dc=org";

/// Somebody who may write, and is told no more than others are.
async fn log_in(server: &Server) {
    let mut ldap = admin(server).await;
    let classes = ["organizationalRole", "simpleSecurityObject"].into();
    let role = vec![("objectClass", classes), ("cn", ["cohort"].into()), ("userPassword", ["s3cret"].into())];
    ldap.add(WHO, role).await.unwrap().success().unwrap();
    match server {
        Server::OpenLdap(slapd) => set(slapd, &format!("access to * by dn.exact={WHO} write by * read\n")).await,
        Server::Dirsrv(_) => {
            let may = format!("(targetattr=\"*\")(version 3.0; acl \"cohort\"; allow (all) userdn=\"ldap:///{WHO}\";)");
            let may = vec![Mod::Add("aci", [may.as_str()].into())];
            ldap.modify(Slapd::BASE, may).await.unwrap().success().unwrap();
            limit(&mut ldap, &[("nsSizeLimit", "500"), ("nsPagedSizeLimit", "500")]).await;
        }
    }
}

async fn limit(ldap: &mut ldap3::Ldap, limits: &[(&str, &str)]) {
    let limits = limits.iter().map(|(name, value)| Mod::Replace(*name, [*value].into())).collect();
    ldap.modify(WHO, limits).await.unwrap().success().unwrap();
}

/// Adds lines to the settings of a directory, which stand beside the certificate that it shows.
async fn set(server: &Slapd, lines: &str) {
    let all = fs::read_dir(std::env::temp_dir()).unwrap().flatten().filter_map(|one| fs::read_dir(one.path()).ok());
    let mut all = all.flatten().flatten().map(|one| one.path());
    let folder = all.find(|path| fs::read_to_string(path.join("ca.pem")).is_ok_and(|ca| ca == server.ca())).unwrap();
    let settings = fs::read_to_string(folder.join("slapd.conf")).unwrap();
    fs::write(folder.join("slapd.conf"), settings.replace("overlay ", &format!("{lines}overlay "))).unwrap();
    server.restart().await;
}

/// A person's place at a target that logs in as somebody who may not have all told.
fn place(server: &Server) -> Place {
    let change = json!({"GroupBaseDn": format!("ou=groups,{}", Slapd::BASE), "BindDn": WHO, "Password": "s3cret"});
    Place::new("LdapProvisioner", 2, 1, &configuration(&server.url(), 2, change))
}

pub(crate) async fn who_is_in_more_groups_than_are_told_at_once_is_in_all_of_them(server: &Server) {
    log_in(server).await;
    let mut mira = place(server);
    mira.apply("mira", "Oduya").await;
    let (mut ldif, key) = (String::new(), mira.key());
    for n in 0..GROUPS {
        ldif += &format!(
            "dn: cn=g{n},ou=groups,{}\nchangetype: add\nobjectClass: groupOfNames\ncn: g{n}\nmember: {key}\n\n",
            Slapd::BASE
        );
    }
    let url = server.url();
    tokio::task::spawn_blocking(move || slapd::modify(&url, &ldif)).await.unwrap();
    let names: Vec<(i64, String)> = (0..GROUPS).map(|n| (i64::try_from(n).unwrap(), format!("g{n}"))).collect();
    let all: Vec<(i64, &str)> = names.iter().map(|(id, name)| (*id, name.as_str())).collect();
    let state = member("mira", &all[1..GROUPS - 1]);

    // What is missing is told.
    let refused = mira.call_and_crash(&state, Work::Apply).await.unwrap_err().to_string();
    for limit in ["answered 4 (", "size=unlimited size.prtotal=unlimited", "nsSizeLimit and nsPagedSizeLimit"] {
        assert!(refused.contains(limit), "{refused}");
    }
    match server {
        Server::OpenLdap(slapd) => set(slapd, &format!("limits dn.exact={WHO} size.prtotal=unlimited\n")).await,
        Server::Dirsrv(_) => limit(&mut admin(server).await, &[("nsPagedSizeLimit", "-1")]).await,
    }
    let mut mira = place(server);
    let groups = |name: &str| format!("cn={name},ou=groups,{}", Slapd::BASE);
    mira.world().groups.lock().unwrap().extend(all.iter().map(|(id, name)| (groups(name), *id)));
    let plan = mira.plan(&state, Work::Apply).await;
    assert_eq!(plan.steps.len(), 2, "{plan:#?}");
    // Side by side on one connection, on which a directory keeps the place of one listing.
    let (mut other, mut third) = (mira.another(1), mira.another(1));
    let (one, two, three) = tokio::join!(
        mira.call_and_crash(&state, Work::Apply),
        other.call_and_crash(&state, Work::Apply),
        third.call_and_crash(&state, Work::Apply)
    );
    for applied in [one, two, three] {
        applied.unwrap();
    }
    mira.call(&state, Work::Apply).await.unwrap();
    assert_eq!(below(server, &format!("ou=groups,{}", Slapd::BASE)).await.len(), GROUPS - 2);
    assert_eq!(mira.group(7).keys().await.len(), GROUPS - 2, "all of them are listed");
    assert_eq!(below(server, &base(2)).await.len(), 1);
}
