//! Files on their way in (fact sheet §6.10): `multipart/form-data` with one part named `file` (§9 P19).

use bytes::{BufMut, Bytes, BytesMut};
use sha2::{Digest, Sha256};

/// A PDF or a picture of 6 MB at most.
#[derive(Clone, PartialEq, Eq)]
pub struct Upload {
    /// Its name, with the extension by which Dinero knows its kind.
    pub name: String,
    /// Its media type, such as `application/pdf`.
    pub content_type: String,
    /// What is in it.
    pub content: Bytes,
}

impl std::fmt::Debug for Upload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Upload").field("name", &self.name).field("bytes", &self.content.len()).finish_non_exhaustive()
    }
}

impl Upload {
    /// The content type with its boundary, and the body.
    pub(crate) fn encode(&self) -> (String, Bytes) {
        // A boundary made of the content's digest cannot stand in the content, and needs no chance.
        let digest = Sha256::digest(&self.content);
        let boundary: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        let name: String = self.name.chars().map(escaped).collect();
        let content_type: String = self.content_type.chars().filter(|c| !c.is_control()).collect();
        let mut body = BytesMut::with_capacity(self.content.len() + 256);
        body.put_slice(format!("--{boundary}\r\n").as_bytes());
        body.put_slice(format!("Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n").as_bytes());
        body.put_slice(format!("Content-Type: {content_type}\r\n\r\n").as_bytes());
        body.put_slice(&self.content);
        body.put_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
        (format!("multipart/form-data; boundary={boundary}"), body.freeze())
    }
}

/// As browsers do it: what would end the name is written as a percent code.
fn escaped(c: char) -> String {
    match c {
        '"' => "%22".to_owned(),
        '\r' => "%0D".to_owned(),
        '\n' => "%0A".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::Upload;

    #[test]
    fn a_file_is_one_part_that_its_name_cannot_break_out_of() {
        let upload = Upload {
            name: "bilag \"1\"\r\n.pdf".to_owned(),
            content_type: "application/pdf".to_owned(),
            content: Bytes::from_static(b"%PDF-1.7"),
        };
        let (content_type, body) = upload.encode();
        let boundary = content_type.strip_prefix("multipart/form-data; boundary=").unwrap();
        let expected = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"bilag %221%22%0D%0A.pdf\"\r\n\
             Content-Type: application/pdf\r\n\r\n%PDF-1.7\r\n--{boundary}--\r\n"
        );
        assert_eq!(body, expected);
    }
}
