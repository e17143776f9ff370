//! Where secrets are planted, and searched for.

use std::path::Path;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};

/// A text of 32 letters that nobody else writes, and that is base64 as well.
fn planted(name: &str) -> String {
    format!("{:A<32}", format!("planted{name}{:08x}", rand::random::<u32>()))
}

/// What was planted, and where it may be: nowhere.
#[derive(Default)]
pub(super) struct Garden {
    secrets: Vec<(String, String)>,
}

impl Garden {
    pub(super) fn plant(&mut self, name: &str) -> String {
        let secret = planted(name);
        self.note(name, &secret);
        secret
    }

    /// Notes a secret, in the spellings in which it may be found.
    pub(super) fn note(&mut self, name: &str, secret: &str) {
        let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
        let bytes = format!("{:?}", secret.as_bytes());
        let in_basic = BASE64.encode(format!("kit:{secret}"));
        for spelling in [secret.to_owned(), hex, bytes, in_basic, BASE64.encode(secret)] {
            self.secrets.push((name.to_owned(), spelling));
        }
    }

    /// Looks into something; `sign` stands there for sure, and shows that one can find what is there.
    pub(super) fn search(&self, place: &str, found: &[u8], sign: &str) {
        assert!(has(found, sign), "{place} is not what it should be: {sign} is not there");
        for (name, spelling) in &self.secrets {
            assert!(
                !has(found, spelling),
                "{place} holds the secret {name}, as {spelling}: {}",
                around(found, spelling)
            );
        }
    }
}

fn has(found: &[u8], text: &str) -> bool {
    found.windows(text.len()).any(|window| window == text.as_bytes())
}

fn around(found: &[u8], text: &str) -> String {
    let at = found.windows(text.len()).position(|window| window == text.as_bytes()).unwrap_or_default();
    let part = &found[at.saturating_sub(200)..found.len().min(at + text.len() + 100)];
    String::from_utf8_lossy(part).into_owned()
}

/// All files below a folder, one after the other, but those that are the places of secrets.
pub(super) fn files(folder: &Path, but: &[&str]) -> Vec<u8> {
    let (mut all, mut left) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(path) = left.pop() {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if but.contains(&name.as_str()) {
            continue;
        }
        // What lives for a moment may be gone.
        match std::fs::read_dir(&path) {
            Ok(entries) => left.extend(entries.flatten().map(|entry| entry.path())),
            Err(_) => all.extend(std::fs::read(&path).unwrap_or_default()),
        }
    }
    all
}

#[test]
fn a_secret_is_found_in_each_spelling() {
    let mut garden = Garden::default();
    let secret = garden.plant("Test");
    for spelling in [secret.clone(), BASE64.encode(&secret), BASE64.encode(format!("kit:{secret}"))] {
        let text = format!("sign, and in the middle {spelling} of it");
        let found = std::panic::catch_unwind(|| garden.search("a text", text.as_bytes(), "sign"));
        assert!(found.is_err(), "{spelling}");
    }
    garden.search("a text", b"sign, and nothing else", "sign");
    assert!(std::panic::catch_unwind(|| garden.search("nothing", b"", "sign")).is_err());
}
