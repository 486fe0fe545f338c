//! Who may not be dealt with.

use contract::Refusal;

use crate::name;

/// Something that knows sanctioned people: a provider that keeps the official lists, or [`OwnList`].
pub trait SanctionsList: Sync {
    /// Whether somebody of this name is on it.
    ///
    /// # Errors
    /// [`Refusal::NoAnswer`] when a provider can't be asked: nobody is taken for unlisted then.
    fn lists(&self, name: &str) -> impl Future<Output = Result<bool, Refusal>> + Send;
}

/// A near miss is caught too, since transliterations differ: below [`name::SAME`], so that what passes for a document's
/// holder can't pass by the list.
const LISTED: f64 = 0.9;
const _: () = assert!(LISTED < name::SAME);

/// A handful of made-up names, so that the check can be seen at work without a provider.
pub struct OwnList;

impl SanctionsList for OwnList {
    async fn lists(&self, name: &str) -> Result<bool, Refusal> {
        const NAMES: [&str; 3] = ["Victor Sanctioned", "Ivana Embargo", "Max Blocked"];
        Ok(NAMES.iter().any(|listed| name::likeness(listed, name) >= LISTED))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn is_listed(name: &str) -> bool {
        OwnList.lists(name).await.expect("it always answers")
    }

    #[tokio::test]
    async fn order_and_case_and_a_letter_hide_nobody() {
        for name in ["SANCTIONED, VICTOR", "Ivana Émbargo", "Ictor Sanctioned", "Viktor Sanctioned"] {
            assert!(is_listed(name).await, "{name}");
        }
    }

    #[tokio::test]
    async fn the_same_first_name_alone_lists_nobody() {
        assert!(!is_listed("Victor Smith").await);
    }
}
