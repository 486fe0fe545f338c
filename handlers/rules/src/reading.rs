//! What a document is, when its sender doesn't say.

use contract::Refusal;
use events::shared::{Document, DocumentKind};

/// Something that looks at a document: a provider that reads scans, or [`FileNames`].
pub trait DocumentReader: Sync {
    /// What it is; [`DocumentKind::Other`] when that can't be told.
    ///
    /// # Errors
    /// [`Refusal::NoAnswer`] when a provider can't be asked.
    fn classify(&self, document: &Document) -> impl Future<Output = Result<DocumentKind, Refusal>> + Send;
}

/// Goes by the file's name, as people name their scans.
pub struct FileNames;

impl DocumentReader for FileNames {
    async fn classify(&self, document: &Document) -> Result<DocumentKind, Refusal> {
        // The first that fits wins, so the more telling words come first.
        const WORDS: [(&str, DocumentKind); 18] = [
            ("passport", DocumentKind::Passport),
            ("driving", DocumentKind::DrivingLicence),
            ("driver", DocumentKind::DrivingLicence),
            ("licence", DocumentKind::DrivingLicence),
            ("license", DocumentKind::DrivingLicence),
            ("payslip", DocumentKind::ProofOfIncome),
            ("payroll", DocumentKind::ProofOfIncome),
            ("salary", DocumentKind::ProofOfIncome),
            ("income", DocumentKind::ProofOfIncome),
            ("tax", DocumentKind::ProofOfIncome),
            ("utility", DocumentKind::ProofOfAddress),
            ("bill", DocumentKind::ProofOfAddress),
            ("council", DocumentKind::ProofOfAddress),
            ("tenancy", DocumentKind::ProofOfAddress),
            ("address", DocumentKind::ProofOfAddress),
            ("bank", DocumentKind::ProofOfAddress),
            ("identity", DocumentKind::IdCard),
            ("id", DocumentKind::IdCard),
        ];
        let name = document.file_name.to_lowercase();
        let words: Vec<&str> = name.split(|letter: char| !letter.is_alphanumeric()).collect();
        let kind = WORDS
            .into_iter()
            // Short words stand in too many others: `id` in `david.pdf`.
            .find(|(word, _)| if word.len() <= 3 { words.contains(word) } else { name.contains(word) })
            .map_or(DocumentKind::Other, |(_, kind)| kind);
        Ok(kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn names_of_files_tell_what_is_in_them() {
        for (name, kind) in [
            ("Passport_2024.PDF", DocumentKind::Passport),
            ("my driving licence.jpg", DocumentKind::DrivingLicence),
            ("ID-front.png", DocumentKind::IdCard),
            ("payslip-october.pdf", DocumentKind::ProofOfIncome),
            ("electricity-bill.pdf", DocumentKind::ProofOfAddress),
            ("david.pdf", DocumentKind::Other),
            ("scan0001.pdf", DocumentKind::Other),
        ] {
            let document = Document {
                document_id: "d-1".into(),
                file_name: name.into(),
                kind: None,
                holder_name: None,
                issued_on: None,
                expires_on: None,
            };
            assert_eq!(FileNames.classify(&document).await, Ok(kind), "{name}");
        }
    }
}
