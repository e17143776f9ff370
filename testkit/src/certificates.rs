//! Certificates of the tests' own.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::process::find_program;

/// Makes a certification authority (`ca.pem`), and a certificate by it for 127.0.0.1 and localhost (`server.pem`,
/// `server.key`), in a folder.
pub fn make(folder: &Path) {
    let openssl = |arguments: &[&[&str]]| {
        let program = find_program("openssl", &[]);
        let program = program.unwrap_or_else(|| panic!("OpenSSL is missing; install it with: cargo xtask setup"));
        let mut command = Command::new(program);
        command.current_dir(folder).args(arguments.concat()).stdin(Stdio::null());
        let output = command.output().expect("the program starts");
        assert!(output.status.success(), "{command:?} failed: {}", String::from_utf8_lossy(&output.stderr));
    };
    let new = ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    openssl(&[&new, &["-x509", "-days", "2", "-subj", "/CN=tests", "-keyout", "ca.key", "-out", "ca.pem"]]);
    openssl(&[&new, &["-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.csr"]]);
    let extensions = "subjectAltName=IP:127.0.0.1,DNS:localhost\nbasicConstraints=CA:FALSE\n";
    fs::write(folder.join("extensions"), extensions).expect("the extensions can be written");
    let sign = ["x509", "-req", "-days", "2", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key"];
    openssl(&[&sign, &["-CAcreateserial", "-extfile", "extensions", "-out", "server.pem"]]);
}

/// Gives the certificate of the certification authority in a folder, in PEM.
pub fn authority(folder: &Path) -> String {
    fs::read_to_string(folder.join("ca.pem")).expect("there is a certificate")
}
