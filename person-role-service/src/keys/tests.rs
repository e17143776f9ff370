use super::*;

#[test]
fn no_key_fits_the_hash_that_stands_for_nobody() {
    assert_eq!(fits_hash("", NO_KEY), Some(false));
    assert_eq!(fits_hash("", "no hash"), None);
}

#[test]
fn a_digest_is_of_one_key_beside_one_hash() {
    let kept = digest("key", "hash");
    assert!(fits_digest("key", "hash", &kept));
    for (key, hash) in [("kez", "hash"), ("key", "another"), ("", "")] {
        assert!(!fits_digest(key, hash, &kept), "{key} {hash}");
    }
    assert!(is_digest_beside("hash", &kept) && !is_digest_beside("another", &kept) && !is_digest_beside("", ""));
    let made = make().unwrap();
    assert!(fits_digest(&made.key, &made.hash, &made.digest) && is_digest_beside(&made.hash, &made.digest));
    assert_eq!((fits_hash(&made.key, &made.hash), fits_hash("key", &made.hash)), (Some(true), Some(false)));
    assert!(looks_made(&BASE64_URL_SAFE_NO_PAD.encode([7; 32])));
    for chosen in ["", "password", "correct horse battery staple", &"A".repeat(64)] {
        assert!(!looks_made(chosen), "{chosen}");
    }
}

#[tokio::test]
async fn a_key_that_was_right_waits_for_no_wrong_one() {
    let hasher = Hasher::start().unwrap();
    let hash = Argon2::default().hash_password(b"right").unwrap().to_string();
    let fits = |key: &str, hash: &str| super::fits(&hasher, key.to_owned(), hash.to_owned());
    assert_eq!((fits("wrong", &hash).await.unwrap(), fits("right", &hash).await.unwrap()), (false, true));
    let (go_on, goes_on) = std::sync::mpsc::channel::<()>();
    let busy = move || {
        let _the_other_end_is_gone = goes_on.recv();
    };
    hasher.jobs.send(Box::new(busy)).await.unwrap();
    // The thread is busy for as long as it is not told to go on.
    assert!(fits("right", &hash).await.unwrap());
    drop(go_on);
    assert!(!fits("wrong", &hash).await.unwrap());
    let another = Argon2::default().hash_password(b"new").unwrap().to_string();
    assert!(!fits("right", &another).await.unwrap());
}

#[test]
fn the_memory_of_one_check_does_not_reach_the_next() {
    let made = |key: &str| Argon2::default().hash_password(key.as_bytes()).unwrap().to_string();
    let (first, second) = (made("first"), made("second"));
    for _ in 0..2 {
        assert_eq!((fits_hash("first", &first), fits_hash("second", &first)), (Some(true), Some(false)));
        assert_eq!((fits_hash("second", &second), fits_hash("first", &second)), (Some(true), Some(false)));
    }
}
