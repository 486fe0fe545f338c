//! Ages.

use contract::Date;

/// Whole years from `born` to `today`; negative before the birth. Somebody born on 29 February has their birthday
/// on 1 March in other years.
pub fn years(born: Date, today: Date) -> i16 {
    let before_birthday = (today.month(), today.day()) < (born.month(), born.day());
    today.year() - born.year() - i16::from(before_birthday)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(year: i16, month: i8, day: i8) -> Date {
        Date::new(year, month, day).expect("a date")
    }

    #[test]
    fn a_year_is_complete_on_the_birthday() {
        let born = date(2008, 11, 23);
        assert_eq!(years(born, date(2026, 11, 22)), 17);
        assert_eq!(years(born, date(2026, 11, 23)), 18);
    }

    #[test]
    fn a_leap_day_counts_from_the_first_of_march() {
        let born = date(2008, 2, 29);
        assert_eq!(years(born, date(2026, 2, 28)), 17);
        assert_eq!(years(born, date(2026, 3, 1)), 18);
    }

    #[test]
    fn the_unborn_have_a_negative_age() {
        assert!(years(date(2030, 1, 1), date(2026, 1, 1)) < 0);
    }
}
