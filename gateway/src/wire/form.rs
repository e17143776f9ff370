//! Bodies of forms where a document belongs: what `curl -d name=value` and `-F` send.

/// What kind of form a body is, if it is one. A document of ours never looks like one.
#[must_use]
pub fn kind(text: &str) -> Option<&'static str> {
    let text = text.trim_start();
    if text.starts_with("--") && text.to_ascii_lowercase().contains("content-disposition: form-data") {
        return Some("a multipart form");
    }
    let (name, _) = text.split('&').next()?.split_once('=')?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.+%[]".contains(&byte);
    // `[` alone begins a list of JSON.
    let named = !name.is_empty() && !name.starts_with('[') && name.bytes().all(plain);
    named.then_some("form-encoded, name=value")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_told_from_documents() {
        for form in ["Affiliation=staff", "a=", " data%5BCou%5D%5Bname%5D=x&b=c", "data[Cou][name]=x", "a=1&b=2\n"] {
            assert!(kind(form).is_some_and(|kind| kind.contains("form-encoded")), "{form}");
        }
        let multipart = "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x--\r\n";
        assert!(kind(multipart).is_some_and(|kind| kind.contains("multipart")));
        for other in
            ["", "null", "{\"a\":\"b=c\"}", "[\"a=b\"]", "[a=b]", "<a b=\"c\"/>", "hello", "a b=c", "=x", "--x"]
        {
            assert_eq!(kind(other), None, "{other}");
        }
    }
}
