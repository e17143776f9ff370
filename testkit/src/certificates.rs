//! Certificates of the tests' own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::folder::Folder;
use crate::process::find_program;

const NEW: [&str; 6] = ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/// A certification authority that is gone with the test.
#[derive(Debug)]
pub struct Authority {
    folder: Folder,
}

/// A certificate and its key, in PEM, by their files.
#[derive(Debug, Clone)]
pub struct Certificate {
    /// The file of the certificate.
    pub certificate: PathBuf,
    /// The file of the key.
    pub key: PathBuf,
}

impl Default for Authority {
    fn default() -> Self {
        let folder = Folder::new("authority");
        openssl(
            folder.path(),
            &[&NEW, &["-x509", "-days", "2", "-subj", "/CN=tests", "-keyout", "ca.key", "-out", "ca.pem"]],
        );
        Self { folder }
    }
}

impl Authority {
    /// The file of its own certificate.
    pub fn ca(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// Makes a certificate for a name, or finds the one that was made.
    pub fn issue(&self, name: &str) -> Certificate {
        self.signed(name, name, 2)
    }

    /// Makes a certificate for a name that is over.
    pub fn issue_expired(&self, name: &str) -> Certificate {
        self.signed(&format!("expired-{name}"), name, -1)
    }

    fn signed(&self, file: &str, name: &str, days: i32) -> Certificate {
        let folder = self.folder.path();
        let names = format!("subjectAltName=DNS:{name},IP:127.0.0.1");
        let certificate = folder.join(format!("{file}.pem"));
        if !certificate.is_file() {
            sign(folder, file, &names, days);
        }
        Certificate { certificate, key: folder.join(format!("{file}.key")) }
    }
}

/// Makes a certification authority (`ca.pem`), and a certificate by it for 127.0.0.1 and localhost (`server.pem`,
/// `server.key`), in a folder.
pub fn make(folder: &Path) {
    openssl(folder, &[&NEW, &["-x509", "-days", "2", "-subj", "/CN=tests", "-keyout", "ca.key", "-out", "ca.pem"]]);
    sign(folder, "server", "subjectAltName=IP:127.0.0.1,DNS:localhost", 2);
}

/// Gives the certificate of the certification authority in a folder, in PEM.
pub fn authority(folder: &Path) -> String {
    fs::read_to_string(folder.join("ca.pem")).expect("there is a certificate")
}

fn sign(folder: &Path, file: &str, names: &str, days: i32) {
    let [key, request, signed] = ["key", "csr", "pem"].map(|end| format!("{file}.{end}"));
    openssl(folder, &[&NEW, &["-subj", "/CN=tests of Cohort", "-keyout", &key, "-out", &request]]);
    let extensions = format!("{names}\nbasicConstraints=CA:FALSE\n");
    fs::write(folder.join("extensions"), extensions).expect("the extensions can be written");
    let days = days.to_string();
    let sign = ["x509", "-req", "-days", &days, "-in", &request, "-CA", "ca.pem", "-CAkey", "ca.key"];
    openssl(folder, &[&sign, &["-CAcreateserial", "-extfile", "extensions", "-out", &signed]]);
}

fn openssl(folder: &Path, arguments: &[&[&str]]) {
    let program = find_program("openssl", &[]);
    let program = program.unwrap_or_else(|| panic!("OpenSSL is missing; install it with: cargo xtask setup"));
    let mut command = Command::new(program);
    command.current_dir(folder).args(arguments.concat()).stdin(Stdio::null());
    let output = command.output().expect("the program starts");
    assert!(output.status.success(), "{command:?} failed: {}", String::from_utf8_lossy(&output.stderr));
}
