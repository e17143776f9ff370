use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use reqwest::{Method, StatusCode};
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use testkit::certificates::Authority;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::connector::timely::Until;

/// A server of HTTP/2 that refuses some calls before it looks at them.
async fn refusing(authority: &Authority, refuses: usize) -> (String, Arc<AtomicUsize>) {
    let certificate = authority.issue("localhost");
    let chain = CertificateDer::pem_file_iter(&certificate.certificate).unwrap().collect::<Result<_, _>>().unwrap();
    let key = PrivateKeyDer::from_pem_file(&certificate.key).unwrap();
    let mut config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key).unwrap();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mut connection = h2::server::handshake(acceptor.accept(stream).await.unwrap()).await.unwrap();
            while let Some(Ok((_, mut answer))) = connection.accept().await {
                if counted.fetch_add(1, Ordering::SeqCst) < refuses {
                    answer.send_reset(h2::Reason::REFUSED_STREAM);
                } else {
                    answer.send_response(::http::Response::new(()), true).unwrap();
                }
            }
        }
    });
    (url, calls)
}

/// Also one that is looked at when it is written, which the client does not make again by itself.
#[tokio::test]
async fn what_a_server_has_not_looked_at_is_sent_again() {
    let authority = Authority::default();
    let client = Client::new(Dialer::new(&["127.0.0.0/8".parse().unwrap()])).unwrap();
    let pem = std::fs::read_to_string(authority.ca()).unwrap();
    for (refuses, arrive) in [(1, 2), (2, 3), (9, 3)] {
        for (method, body) in [(Method::PUT, Some("it")), (Method::DELETE, None)] {
            let (url, calls) = refusing(&authority, refuses).await;
            let request = client.request(method.clone(), &url, Some(&pem)).unwrap();
            let request = body.into_iter().fold(request, |request, body| request.body(body));
            let answered = Until::over(|| false).scope(send(request)).await;
            let status = answered.map(|answer| answer.status()).ok();
            assert_eq!(status, (refuses < 3).then_some(StatusCode::OK), "{method}, {refuses} refused");
            assert_eq!(calls.load(Ordering::SeqCst), arrive, "{method}, {refuses} refused");
        }
    }
}
