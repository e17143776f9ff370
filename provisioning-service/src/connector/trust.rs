//! Whom connections with TLS trust that connectors make by themselves.

use std::sync::{Arc, OnceLock};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, pem::PemObject},
};
use rustls_platform_verifier::{ConfigVerifierExt, Verifier};

use crate::domain::outcome::ConnectorError;

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// Those that this machine trusts; with certificates of a target, these alone.
///
/// # Errors
/// If certificates cannot be read.
pub(super) fn instead(pem: Option<&str>) -> Result<Arc<ClientConfig>, ConnectorError> {
    match pem {
        Some(pem) => trusting(pem),
        None => of_the_machine(),
    }
}

/// Those that this machine trusts, and those of certificates of a target.
///
/// # Errors
/// If certificates cannot be read.
pub(super) fn besides(pem: Option<&str>) -> Result<Arc<ClientConfig>, ConnectorError> {
    let Some(pem) = pem else { return of_the_machine() };
    let verifier = Verifier::new_with_extra_roots(certificates(pem)?, provider()).map_err(|_| wrong())?;
    let builder = ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions();
    let builder = builder.map_err(|_| unread())?.dangerous().with_custom_certificate_verifier(Arc::new(verifier));
    Ok(Arc::new(builder.with_no_client_auth()))
}

fn of_the_machine() -> Result<Arc<ClientConfig>, ConnectorError> {
    static MACHINE: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    // A second installation in one process keeps the first.
    let _installed = ring::default_provider().install_default();
    if let Some(config) = MACHINE.get() {
        return Ok(Arc::clone(config));
    }
    let config = ClientConfig::with_platform_verifier().map_err(|_| unread())?;
    Ok(Arc::clone(MACHINE.get_or_init(|| Arc::new(config))))
}

/// Trusts these certificates and no others.
fn trusting(pem: &str) -> Result<Arc<ClientConfig>, ConnectorError> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(pem)? {
        roots.add(certificate).map_err(|_| wrong())?;
    }
    let builder = ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions();
    Ok(Arc::new(builder.map_err(|_| unread())?.with_root_certificates(roots).with_no_client_auth()))
}

fn certificates(pem: &str) -> Result<Vec<CertificateDer<'static>>, ConnectorError> {
    CertificateDer::pem_slice_iter(pem.as_bytes()).map(|certificate| certificate.map_err(|_| wrong())).collect()
}

fn wrong() -> ConnectorError {
    ConnectorError::permanent("The CaCertificates of the target cannot be used.")
}

fn unread() -> ConnectorError {
    ConnectorError::retryable("The certificates of this machine cannot be read.")
}
