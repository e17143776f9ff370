//! TLS of the listeners, and between the parts: rustls with certificates from files that may change.
//!
//! Guarantee: what the files hold is used for every new connection, at most [`LOOK`] later, without a restart; files that
//! fit together no more (one is replaced before the other, or is away) leave what was used before. Connections that are
//! open stay. Failure: files that cannot be used when the process begins are a [`ConfigError`].

use std::{sync::Arc, time::Duration};

pub use rustls::ServerConfig;
use rustls::{
    ClientConfig, RootCertStore,
    client::Resumption,
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::{NoServerSessionStorage, WebPkiClientVerifier},
    version::TLS13,
};

use crate::config::ConfigError;

mod renewed;
mod stream;

pub use self::{
    renewed::{LOOK, Renewed},
    stream::Stream,
};

/// How long a handshake may take.
pub const HANDSHAKE: Duration = Duration::from_secs(10);

/// What HTTP/2 is called in a handshake.
pub const HTTP_2: &[u8] = b"h2";

/// A listener that shows a certificate and asks for none: files of a certificate with its chain and of its key, in PEM.
/// Speaks HTTP/2 and HTTP/1.1.
///
/// # Errors
/// If the files cannot be used.
pub fn public(certificate: &str, key: &str) -> Result<Renewed<ServerConfig>, ConfigError> {
    Renewed::new(&[certificate, key], |files| {
        let [certificate, key] = files else { return Err("there are too few files".to_owned()) };
        let builder = ServerConfig::builder_with_provider(provider()).with_safe_default_protocol_versions();
        let builder = builder.map_err(text)?.with_no_client_auth();
        let mut config = builder.with_single_cert(chain(certificate)?, private(key)?).map_err(text)?;
        config.alpn_protocols = vec![HTTP_2.to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    })
}

/// A listener of a part: it shows a certificate and asks for one, which an authority has to have signed. The files are those
/// of the authorities, of the certificate and of its key. Nothing is resumed, so that each connection is asked.
pub(crate) fn listening(files: &[&str]) -> Result<Renewed<ServerConfig>, ConfigError> {
    Renewed::new(files, |files| {
        let [authorities, certificate, key] = files else { return Err("there are too few files".to_owned()) };
        let roots = Arc::new(roots(authorities)?);
        let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider()).build().map_err(text)?;
        let builder = ServerConfig::builder_with_provider(provider()).with_protocol_versions(&[&TLS13]);
        let builder = builder.map_err(text)?.with_client_cert_verifier(verifier);
        let mut config = builder.with_single_cert(chain(certificate)?, private(key)?).map_err(text)?;
        config.alpn_protocols = vec![HTTP_2.to_vec()];
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        Ok(config)
    })
}

/// A part that calls another: the same files.
pub(crate) fn calling(files: &[&str]) -> Result<Renewed<ClientConfig>, ConfigError> {
    Renewed::new(files, |files| {
        let [authorities, certificate, key] = files else { return Err("there are too few files".to_owned()) };
        let builder = ClientConfig::builder_with_provider(provider()).with_protocol_versions(&[&TLS13]);
        let builder = builder.map_err(text)?.with_root_certificates(roots(authorities)?);
        let mut config = builder.with_client_auth_cert(chain(certificate)?, private(key)?).map_err(text)?;
        config.alpn_protocols = vec![HTTP_2.to_vec()];
        config.resumption = Resumption::disabled();
        Ok(config)
    })
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

fn chain(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let chain: Vec<_> = CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>().map_err(text)?;
    if chain.is_empty() { Err("there is no certificate in PEM".to_owned()) } else { Ok(chain) }
}

fn private(pem: &[u8]) -> Result<PrivateKeyDer<'static>, String> {
    PrivateKeyDer::from_pem_slice(pem).map_err(|_| "there is no private key in PEM".to_owned())
}

fn roots(pem: &[u8]) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    for certificate in chain(pem)? {
        roots.add(certificate).map_err(text)?;
    }
    Ok(roots)
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
