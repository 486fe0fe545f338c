//! What is sold, and what it costs.

use contract::{Decimal, Refusal};
use events::shared::InsuranceKind;

/// One policy of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Product {
    /// `LIFE-TERM-20`
    pub id: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// What it insures.
    pub insurance: InsuranceKind,
    /// The ages at which it is sold, both included.
    pub ages: (i64, i64),
    /// The covers at which it is sold, both included.
    pub cover: (u32, u32),
    /// Per mille of the cover, a year, for a 35-year-old who doesn't smoke; in thousandths.
    pub rate: u32,
    /// How much it covers besides the bare minimum, 0 to 100.
    pub breadth: i64,
}

/// The catalogue, widest cover first within a kind.
pub const PRODUCTS: [Product; 11] = [
    product("LIFE-WHOLE", "Whole life", InsuranceKind::Life, (18, 70), (10_000, 1_000_000), 9_500, 95),
    product(
        "LIFE-TERM-20",
        "Term life, 20 years",
        InsuranceKind::Life,
        (18, 60),
        (10_000, 2_000_000),
        1_900,
        70,
    ),
    product(
        "LIFE-TERM-10",
        "Term life, 10 years",
        InsuranceKind::Life,
        (18, 70),
        (10_000, 2_000_000),
        1_300,
        50,
    ),
    product(
        "HEALTH-PREMIER",
        "Health premier",
        InsuranceKind::Health,
        (18, 99),
        (50_000, 5_000_000),
        24_000,
        95,
    ),
    product("HEALTH-PLUS", "Health plus", InsuranceKind::Health, (18, 99), (20_000, 1_000_000), 16_000, 75),
    product("HEALTH-BASIC", "Health basic", InsuranceKind::Health, (18, 99), (10_000, 250_000), 9_000, 45),
    product(
        "HOME-ALL-RISKS",
        "Home, all risks",
        InsuranceKind::Home,
        (18, 120),
        (50_000, 5_000_000),
        2_400,
        90,
    ),
    product(
        "HOME-STANDARD",
        "Home, standard",
        InsuranceKind::Home,
        (18, 120),
        (20_000, 1_000_000),
        1_500,
        60,
    ),
    product(
        "AUTO-COMPREHENSIVE",
        "Car, comprehensive",
        InsuranceKind::Auto,
        (18, 85),
        (5_000, 250_000),
        38_000,
        90,
    ),
    product(
        "AUTO-PARTIAL",
        "Car, fire and theft",
        InsuranceKind::Auto,
        (18, 85),
        (5_000, 150_000),
        22_000,
        65,
    ),
    product("AUTO-LIABILITY", "Car, liability", InsuranceKind::Auto, (18, 90), (5_000, 100_000), 13_000, 40),
];

const fn product(
    id: &'static str,
    name: &'static str,
    insurance: InsuranceKind,
    ages: (i64, i64),
    cover: (u32, u32),
    rate: u32,
    breadth: i64,
) -> Product {
    Product { id, name, insurance, ages, cover, rate, breadth }
}

/// What is known of whoever is to be insured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Risk {
    /// In years.
    pub age: i64,
    /// Whether they smoke.
    pub smoker: bool,
    /// How many live on their income.
    pub dependants: i64,
}

/// Something that prices a policy: a rating provider, or [`OwnTariff`].
pub trait Rating: Sync {
    /// The premium for a month, in whole cents.
    ///
    /// # Errors
    /// [`Refusal::NoAnswer`] when a provider can't be asked.
    fn monthly_premium(
        &self,
        product: &Product,
        cover: Decimal,
        risk: Risk,
    ) -> impl Future<Output = Result<Decimal, Refusal>> + Send;
}

/// The tariff that the catalogue's rates make.
pub struct OwnTariff;

impl Rating for OwnTariff {
    async fn monthly_premium(
        &self,
        product: &Product,
        cover: Decimal,
        risk: Risk,
    ) -> Result<Decimal, Refusal> {
        let yearly = cover * Decimal::new(i64::from(product.rate), 6);
        let factors = percent(age_percent(product.insurance, risk.age))
            * percent(smoker_percent(product.insurance, risk));
        let monthly = yearly * factors / Decimal::from(12);
        // A policy costs at least what its paperwork does.
        Ok(monthly.round_dp(2).max(Decimal::new(500, 2)))
    }
}

/// Lives get dearer with every year, cars get cheaper until they don't.
fn age_percent(insurance: InsuranceKind, age: i64) -> i64 {
    match insurance {
        InsuranceKind::Life => 100 + (age - 35).max(-10) * 4 + (age - 50).max(0) * 8,
        InsuranceKind::Health => 100 + (age - 35).max(-10) * 2 + (age - 60).max(0) * 3,
        InsuranceKind::Home => 100,
        InsuranceKind::Auto => match age {
            ..25 => 180,
            25..70 => 100,
            70.. => 140,
        },
    }
}

fn smoker_percent(insurance: InsuranceKind, risk: Risk) -> i64 {
    match insurance {
        InsuranceKind::Life if risk.smoker => 175,
        InsuranceKind::Health if risk.smoker => 130,
        _ => 100,
    }
}

fn percent(value: i64) -> Decimal {
    Decimal::new(value, 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn premium(id: &str, cover: u32, age: i64, smoker: bool) -> Decimal {
        let product = PRODUCTS.iter().find(|product| product.id == id).expect("a product");
        let premium = OwnTariff.monthly_premium(product, cover.into(), Risk { age, smoker, dependants: 0 });
        premium.await.expect("it always answers")
    }

    #[tokio::test]
    async fn the_rate_is_that_of_a_35_year_old_who_does_not_smoke() {
        // 100,000 at 1.9 per mille is 190 a year.
        assert_eq!(premium("LIFE-TERM-20", 100_000, 35, false).await, Decimal::new(1583, 2));
    }

    #[tokio::test]
    async fn smoking_and_age_make_a_life_dearer() {
        let young = premium("LIFE-TERM-20", 100_000, 35, false).await;
        assert!(premium("LIFE-TERM-20", 100_000, 35, true).await > young);
        assert!(premium("LIFE-TERM-20", 100_000, 55, false).await > young);
    }

    #[tokio::test]
    async fn smoking_does_not_make_a_house_dearer() {
        assert_eq!(
            premium("HOME-STANDARD", 200_000, 35, true).await,
            premium("HOME-STANDARD", 200_000, 35, false).await
        );
    }

    #[tokio::test]
    async fn a_premium_is_never_below_the_paperwork() {
        assert_eq!(premium("LIFE-TERM-10", 10_000, 18, false).await, Decimal::new(500, 2));
    }

    #[tokio::test]
    async fn ids_are_unique() {
        for (index, product) in PRODUCTS.iter().enumerate() {
            assert!(PRODUCTS[..index].iter().all(|earlier| earlier.id != product.id), "{}", product.id);
        }
    }
}
