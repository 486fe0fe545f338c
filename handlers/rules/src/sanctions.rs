//! Who may not be dealt with.

use crate::name;

/// Something that knows sanctioned people: a provider that keeps the official lists, or [`OwnList`].
pub trait SanctionsList {
    /// Whether somebody of this name is on it.
    fn lists(&self, name: &str) -> bool;
}

/// A handful of made-up names, so that the check can be seen at work without a provider.
pub struct OwnList;

impl SanctionsList for OwnList {
    fn lists(&self, name: &str) -> bool {
        const NAMES: [&str; 3] = ["Victor Sanctioned", "Ivana Embargo", "Max Blocked"];
        // A near miss is caught too: transliterations differ.
        NAMES.iter().any(|listed| name::likeness(listed, name) > 0.95)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_case_hide_nobody() {
        assert!(OwnList.lists("SANCTIONED, VICTOR"));
        assert!(OwnList.lists("Ivana Émbargo"));
    }

    #[test]
    fn the_same_first_name_alone_lists_nobody() {
        assert!(!OwnList.lists("Victor Smith"));
    }
}
