//! Times: what is read is written in one way, and that is read as the same.
#![no_main]

use proto::time;

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Some(seconds) = time::read(text) {
        let mut written = Vec::new();
        time::write(seconds, &mut written);
        let written = String::from_utf8(written).unwrap();
        assert_eq!(written.len(), 19, "{written}");
        assert_eq!(time::read(&written), Some(seconds), "{written}");
    }
});
