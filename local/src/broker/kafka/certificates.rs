//! A certificate authority for this folder alone, and the server's certificate.

use std::path::Path;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose};

use crate::{LocalError, private};

/// The certificate authority's file, for clients.
pub(super) const CA: &str = "ca.pem";
/// The server's key and certificate.
pub(super) const BROKER: &str = "broker.pem";

/// Makes both, unless they are there.
pub(super) fn make(folder: &Path) -> Result<(), LocalError> {
    if folder.join(CA).is_file() && folder.join(BROKER).is_file() {
        return Ok(());
    }
    let (ca, broker) =
        sign().map_err(|error| LocalError::Kafka(format!("no certificate can be made: {error}")))?;
    private::write(&folder.join(CA), &ca)?;
    private::write(&folder.join(BROKER), &broker)
}

fn sign() -> Result<(String, String), rcgen::Error> {
    let mut authority = CertificateParams::new(vec![])?;
    authority.distinguished_name.push(DnType::CommonName, "local Kafka");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;
    let mut server = CertificateParams::new(vec!["localhost".to_owned(), "127.0.0.1".to_owned()])?;
    server.distinguished_name = rcgen::DistinguishedName::new();
    server.distinguished_name.push(DnType::CommonName, "broker");
    let key = KeyPair::generate()?;
    let certificate = server.signed_by(&key, &authority)?;
    Ok((authority.pem(), format!("{}{}", key.serialize_pem(), certificate.pem())))
}
