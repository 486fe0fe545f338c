//! Numbers that the schema has bounded.

/// `value` as an unsigned type; what the schema refuses becomes the nearest that fits.
pub(crate) fn clamp<T: TryFrom<i64> + TryFrom<u8> + Bounded>(value: i64) -> T {
    if value < 0 { T::MIN } else { <T as TryFrom<i64>>::try_from(value).unwrap_or(T::MAX) }
}

pub(crate) trait Bounded {
    const MIN: Self;
    const MAX: Self;
}

impl Bounded for u8 {
    const MIN: Self = Self::MIN;
    const MAX: Self = Self::MAX;
}

impl Bounded for u16 {
    const MIN: Self = Self::MIN;
    const MAX: Self = Self::MAX;
}

impl Bounded for u32 {
    const MIN: Self = Self::MIN;
    const MAX: Self = Self::MAX;
}

/// A decimal of at most 18 digits before the point and 9 after it, in billionths.
pub(crate) fn decimal(text: &str) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let number = |digits: &str, most: usize| {
        let fits =
            !digits.is_empty() && digits.len() <= most && digits.bytes().all(|byte| byte.is_ascii_digit());
        fits.then(|| digits.parse::<i128>().ok())?
    };
    if fraction.is_empty() {
        return None;
    }
    let billionths = number(whole, 18)? * 1_000_000_000 + number(&format!("{fraction:0<9}"), 9)?;
    Some(if negative { -billionths } else { billionths })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_compared_exactly() {
        assert_eq!(decimal("0.05"), Some(50_000_000));
        assert_eq!(decimal("-3"), Some(-3_000_000_000));
        assert!(decimal("0.1") < decimal("0.10000001"));
        for text in ["", ".5", "5.", "1e3", "+1", "1.0000000001", "1234567890123456789", "1.2.3"] {
            assert_eq!(decimal(text), None, "{text}");
        }
    }

    #[test]
    fn what_does_not_fit_becomes_the_nearest() {
        assert_eq!(clamp::<u8>(300), 255);
        assert_eq!(clamp::<u32>(-1), 0);
        assert_eq!(clamp::<u16>(7), 7);
    }
}
