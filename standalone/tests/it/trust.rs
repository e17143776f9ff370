//! Trust between the parts: an auditor asks who can speak to a service, as whom, and to the databases and the broker.

use std::{net::SocketAddr, path::Path, time::Instant};

use messaging::Broker;
use person_role_service::PersonRoleService;
use proto::caller::Caller;
use service_kit::{
    clock::Clock,
    database::Database,
    health::Health,
    rpc::{
        self, Channel,
        trust::{Part, TlsSettings, Trust},
    },
};
use tempfile::TempDir;
use testkit::{
    certificates::{Authority, Certificate},
    client::Client,
    ports::free_port,
};
use tokio_util::sync::{CancellationToken, DropGuard};
use tonic::{Code, Status};

mod servers;

/// What is answered on the thread of its connection.
const VIEW_MANY: &str = "/cohort.registry.v1.Views/ViewMany";
const LIST_COS: &str = "/cohort.registry.v1.Cos/List";
const READ_SUBJECTS: &str = "/cohort.registry.v1.Subjects/Read";

fn settings(ca: &Path, Certificate { certificate, key }: &Certificate) -> TlsSettings {
    let [ca, certificate, key] = [ca, certificate, key].map(|file| file.display().to_string());
    let name = |text: &str| text.to_owned();
    TlsSettings {
        ca,
        certificate,
        key,
        gateway: name("gateway"),
        person_role_service: name("person-role-service"),
        provisioning_service: name("provisioning-service"),
    }
}

fn trust(authority: &Authority, certificate: &Certificate) -> Trust {
    settings(&authority.ca(), certificate).trust().unwrap()
}

/// The registry on a port of its own.
struct Served {
    port: u16,
    _stop: DropGuard,
    _data: TempDir,
}

async fn serve(trust: Trust) -> Served {
    let data = tempfile::tempdir().unwrap();
    let database = Database::open(&format!("sqlite://{}", data.path().join("r.sqlite").display()), 2).await.unwrap();
    let registry = PersonRoleService::build(database, Broker::in_process(), Clock::system()).await.unwrap();
    let (port, stop) = (free_port(), CancellationToken::new());
    let listen = SocketAddr::from(([127, 0, 0, 1], port));
    tokio::spawn(rpc::serve(listen, trust, registry.routes(), Some(registry.near()), Health::new(), stop.clone()));
    let began = Instant::now();
    while tokio::net::TcpStream::connect(listen).await.is_err() {
        assert!(began.elapsed() < crate::PATIENCE, "nothing is served");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    Served { port, _stop: stop.drop_guard(), _data: data }
}

impl Served {
    fn reached_by(&self, trust: &Trust) -> Channel {
        let url = format!("https://127.0.0.1:{}", self.port);
        Channel::trusting(&url, "url", trust, Part::PersonRole).unwrap()
    }
}

/// What comes of a call in the name of a platform user.
async fn call(channel: &Channel, method: &'static str) -> Code {
    let path = http::uri::PathAndQuery::from_static(method);
    let answer = rpc::call_raw(channel, path, Vec::new().into(), &Caller::house()).await;
    answer.map_or_else(|status: Status| status.code(), |_| Code::Ok)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_method_answers_only_the_part_that_it_is_for() {
    let house = Authority::default();
    let served = serve(trust(&house, &house.issue("person-role-service"))).await;
    let (yes, no) = (Code::Ok, Code::PermissionDenied);
    for (name, expected) in [
        ("gateway", [yes, yes, no]),
        ("provisioning-service", [no, no, yes]),
        ("person-role-service", [no, no, no]),
        ("gateway.elsewhere", [no, no, no]),
    ] {
        let channel = served.reached_by(&trust(&house, &house.issue(name)));
        // Whoever it is says that he is a platform user: only the gateway is believed.
        let found =
            [call(&channel, LIST_COS).await, call(&channel, VIEW_MANY).await, call(&channel, READ_SUBJECTS).await];
        assert_eq!(found, expected, "{name}");
        assert_eq!(rpc::check_health(channel).await, Ok(()), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_let_in_without_a_certificate_of_the_house() {
    let (house, other) = (Authority::default(), Authority::default());
    let served = serve(trust(&house, &house.issue("person-role-service"))).await;
    for (who, certificate) in [
        ("a certificate of another authority", other.issue("gateway")),
        ("a certificate that is over", house.issue_expired("gateway")),
    ] {
        let channel = served.reached_by(&trust(&house, &certificate));
        assert_ne!(call(&channel, LIST_COS).await, Code::Ok, "{who}");
        assert!(rpc::check_health(channel).await.is_err(), "{who}");
    }
    let plain = Channel::remote(&format!("http://127.0.0.1:{}", served.port), "url").unwrap();
    assert!(rpc::check_health(plain).await.is_err(), "plain text");
    let client = Client::new(&format!("https://127.0.0.1:{}", served.port), "", "").trusting(&house.ca());
    let answer = client.try_send(reqwest::Method::GET, "/grpc.health.v1.Health/Check", None).await;
    assert!(answer.is_err(), "no certificate: {answer:?}");
    let gateway = served.reached_by(&trust(&house, &house.issue("gateway")));
    assert_eq!(call(&gateway, LIST_COS).await, Code::Ok, "and who has one is served still");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_part_that_is_meant_is_told_anything() {
    let (house, other) = (Authority::default(), Authority::default());
    let gateway = trust(&house, &house.issue("gateway"));
    for (who, shown) in [
        ("another part", trust(&house, &house.issue("provisioning-service"))),
        ("a stranger", trust(&other, &other.issue("person-role-service"))),
        ("one whose certificate is over", trust(&house, &house.issue_expired("person-role-service"))),
        ("one without a certificate", Trust::default()),
    ] {
        let served = serve(shown).await;
        assert_eq!(call(&served.reached_by(&gateway), LIST_COS).await, Code::Unavailable, "{who}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_are_read_anew_when_they_change() {
    let (old, new) = (Authority::default(), Authority::default());
    let folder = tempfile::tempdir().unwrap();
    let [ca, certificate, key] = ["ca.pem", "own.pem", "own.key"].map(|name| folder.path().join(name));
    let put = |authority: &Authority| {
        let issued = authority.issue("person-role-service");
        for (from, to) in [(&authority.ca(), &ca), (&issued.certificate, &certificate), (&issued.key, &key)] {
            std::fs::copy(from, to).unwrap();
        }
    };
    put(&old);
    let shown = settings(&ca, &Certificate { certificate: certificate.clone(), key: key.clone() });
    let served = serve(shown.trust().unwrap()).await;
    let [of_old, of_new] = [&old, &new].map(|authority| trust(authority, &authority.issue("gateway")));
    let kept = served.reached_by(&of_old);
    assert_eq!(call(&kept, LIST_COS).await, Code::Ok);

    // While files do not fit together, what was there before counts.
    std::fs::write(&key, "half of a ke").unwrap();
    tokio::time::sleep(service_kit::tls::LOOK).await;
    assert_eq!(call(&served.reached_by(&of_old), LIST_COS).await, Code::Ok);

    put(&new);
    let began = Instant::now();
    while call(&served.reached_by(&of_new), LIST_COS).await != Code::Ok {
        assert!(began.elapsed() < crate::PATIENCE, "the new certificates are not shown");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_ne!(call(&served.reached_by(&of_old), LIST_COS).await, Code::Ok, "the old authority counts no more");
    assert_eq!(call(&kept, LIST_COS).await, Code::Ok, "what is connected stays so");
}

#[test]
fn half_of_the_settings_is_refused() {
    let house = Authority::default();
    let all = settings(&house.ca(), &house.issue("gateway"));
    let refused = |change: fn(&mut TlsSettings)| {
        let mut settings = all.clone();
        change(&mut settings);
        settings.trust().unwrap_err().0
    };
    assert!(refused(|tls| tls.ca.clear()).contains("set all three"));
    assert!(refused(|tls| tls.key = "/nowhere".to_owned()).contains("/nowhere cannot be read"));
    assert!(refused(|tls| tls.key.clone_from(&tls.certificate)).contains("no private key"));
    assert!(refused(|tls| tls.gateway = "no name".to_owned()).contains("tls.gateway"));
    let given = all.trust().unwrap();
    assert_eq!((given.note(), Trust::default().note().is_some()), (None, true));
    for (url, trust) in [("http://127.0.0.1:1", &given), ("https://127.0.0.1:1", &Trust::default())] {
        let refused = Channel::trusting(url, "person_role.url", trust, Part::PersonRole).unwrap_err().0;
        assert!(refused.contains("person_role.url must begin with"), "{refused}");
    }
}
