//! RSA moduli that anybody can factor, found in some microseconds.

use x509_parser::num_bigint::BigUint;

/// Why a modulus is no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weakness {
    Negative,
    SmallFactor(u32),
    /// Fermat's method finds them.
    ClosePrimes,
    /// CVE-2017-15361.
    Roca,
}

/// Said of the modulus.
impl std::fmt::Display for Weakness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Weakness::Negative => f.write_str("is negative"),
            Weakness::SmallFactor(prime) => write!(f, "has the factor {prime}"),
            Weakness::ClosePrimes => f.write_str("is the product of two primes that lie close together"),
            Weakness::Roca => f.write_str("was made by a faulty chip (ROCA)"),
        }
    }
}

/// Primes below this are tried (NIST SP 800-89 section 5.3.3).
const LAST_FACTOR: u32 = 752;

/// Steps of Fermat's method. Primes made independently need astronomically many; faulty generators one or two.
const FERMAT_STEPS: usize = 100;

/// Primes up to this one leave a trace in the moduli of the faulty library.
const LAST_ROCA_PRIME: u32 = 167;

/// Odd primes below `LAST_FACTOR`, in groups whose products fit in 32 bits, so that one division serves a group.
static GROUPS: std::sync::LazyLock<Vec<(u32, Vec<u32>)>> = std::sync::LazyLock::new(|| {
    let is_prime =
        |number: &u32| (2..*number).take_while(|low| low * low <= *number).all(|low| !number.is_multiple_of(low));
    let mut groups: Vec<(u32, Vec<u32>)> = Vec::new();
    for prime in (3..LAST_FACTOR).filter(is_prime) {
        match groups.last_mut().and_then(|group| Some((group.0.checked_mul(prime)?, group))) {
            Some((product, group)) => {
                group.0 = product;
                group.1.push(prime);
            }
            None => groups.push((prime, vec![prime])),
        }
    }
    groups
});

/// What is wrong with a modulus, as the content of an INTEGER.
pub(super) fn weakness(modulus: &[u8]) -> Option<Weakness> {
    if modulus.first().is_some_and(|first| *first >= 0x80) {
        return Some(Weakness::Negative);
    }
    if modulus.last().is_none_or(|last| last & 1 == 0) {
        return Some(Weakness::SmallFactor(2));
    }
    // Nobody has keys beyond 16 Ki bits, and hostile ones shall not cost.
    if modulus.len() > 2049 {
        return None;
    }
    let mut is_roca = true;
    for (product, primes) in GROUPS.iter() {
        let rest = remainder(modulus, *product);
        for prime in primes {
            let rest = rest % prime;
            if rest == 0 {
                return Some(Weakness::SmallFactor(*prime));
            }
            is_roca = is_roca && (*prime > LAST_ROCA_PRIME || is_power_of_65537(rest, *prime));
        }
    }
    if is_roca {
        return Some(Weakness::Roca);
    }
    has_close_primes(modulus).then_some(Weakness::ClosePrimes)
}

/// `number % divisor`, four octets a step.
fn remainder(number: &[u8], divisor: u32) -> u32 {
    let divisor = u64::from(divisor);
    let (head, rest) = number.split_at(number.len() % 4);
    let head = head.iter().fold(0, |value, octet| value << 8 | u64::from(*octet)) % divisor;
    let rest = rest.chunks_exact(4).fold(head, |rest, four| {
        let limb = four.iter().fold(0, |limb, octet| limb << 8 | u64::from(*octet));
        (rest << 32 | limb) % divisor
    });
    // Less than the divisor, which had 32 bits.
    rest as u32
}

/// The faulty library made primes of the form k * M + (65537^a mod M), M being the product of the first primes; so the modulus
/// is a power of 65537 modulo each of them.
fn is_power_of_65537(rest: u32, prime: u32) -> bool {
    let mut power = 1;
    for _ in 1..prime {
        if power == rest {
            return true;
        }
        power = power * (65_537 % prime) % prime;
    }
    false
}

/// Fermat's method: n = a^2 - b^2, with a little above the root of n when the primes are close.
fn has_close_primes(modulus: &[u8]) -> bool {
    let modulus = BigUint::from_bytes_be(modulus);
    let mut a = modulus.sqrt();
    if &a * &a < modulus {
        a += 1u32;
    }
    let mut square = &a * &a - &modulus;
    let mut step = a * 2u32 + 1u32;
    for _ in 0..FERMAT_STEPS {
        if is_square(&square) {
            return true;
        }
        square += &step;
        step += 2u32;
    }
    false
}

/// Moduli that share no factor, with the squares modulo each as bits: of a hundred numbers that pass, 99 fail one of these.
const RESIDUES: [(u64, u128); 5] = [
    (63, squares_modulo(63)),
    (65, squares_modulo(65)),
    (11, squares_modulo(11)),
    (17, squares_modulo(17)),
    (25, squares_modulo(25)),
];

const fn squares_modulo(modulus: u64) -> u128 {
    let (mut squares, mut root) = (0, 0);
    while root < modulus {
        squares |= 1 << (root * root % modulus);
        root += 1;
    }
    squares
}

/// A root costs as much as a signature; a remainder next to nothing.
fn is_square_in_residues(number: &BigUint) -> bool {
    let product = RESIDUES.iter().map(|(modulus, _)| modulus).product::<u64>();
    let rest = number.iter_u32_digits().rev().fold(0, |rest, digit| (rest << 32 | u64::from(digit)) % product);
    RESIDUES.iter().all(|(modulus, squares)| squares >> (rest % modulus) & 1 == 1)
}

fn is_square(number: &BigUint) -> bool {
    // Squares are 0, 1, 4, 9, 16, 17, 25, 33, 36, 41, 49 or 57 modulo 64: most numbers need no root.
    const ENDINGS: u64 = 0x0202_0212_0203_0213;
    let low = number.iter_u64_digits().next().unwrap_or(0) % 64;
    if ENDINGS >> low & 1 == 0 || !is_square_in_residues(number) {
        return false;
    }
    let root = number.sqrt();
    &root * &root == *number
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(number: &BigUint) -> Vec<u8> {
        [vec![0], number.to_bytes_be()].concat()
    }

    fn prime(hex: &str) -> BigUint {
        BigUint::parse_bytes(hex.as_bytes(), 16).unwrap()
    }

    #[test]
    fn small_factors_and_neighbours_are_found() {
        // 2^127 - 1, 2^89 - 1 and 2^107 - 1 are primes.
        let (a, b) = ((BigUint::from(1u8) << 127) - 1u8, (BigUint::from(1u8) << 89) - 1u8);
        let c = (BigUint::from(1u8) << 107) - 1u8;
        assert_eq!(weakness(&bytes(&(&a * 751u32))), Some(Weakness::SmallFactor(751)));
        assert_eq!(weakness(&bytes(&(&a * 2u32))), Some(Weakness::SmallFactor(2)));
        assert_eq!(weakness(&bytes(&(&a * &b))), None);
        assert_eq!(weakness(&bytes(&(&a * &c))), None);
        // Two primes near 2^128: 2^128 - 159 and 2^128 - 173.
        let near = prime("ffffffffffffffffffffffffffffff61") * prime("ffffffffffffffffffffffffffffff53");
        assert_eq!(weakness(&bytes(&near)), Some(Weakness::ClosePrimes));
        assert_eq!(weakness(&[0xff]), Some(Weakness::Negative));
        assert_eq!(weakness(&[]), Some(Weakness::SmallFactor(2)));
    }

    #[test]
    fn the_trace_of_the_faulty_library_is_found() {
        // A power of 65537 modulo the product of the primes up to 167 is one modulo each of them.
        let product = GROUPS.iter().flat_map(|(_, primes)| primes).filter(|prime| **prime <= LAST_ROCA_PRIME);
        let product = product.fold(BigUint::from(1u8), |product, prime| product * *prime);
        let modulus = (0..400u32)
            .map(|lift| BigUint::from(65_537u32).modpow(&BigUint::from(12_345u32), &product) + &product * lift)
            .find(|number| weakness(&bytes(number)) == Some(Weakness::Roca));
        assert!(modulus.is_some());
    }

    #[test]
    fn every_square_passes_the_sieve_of_residues_and_few_others_do() {
        let wide: BigUint = BigUint::from(1u8) << 200u32;
        let above = |offset: u32| -> BigUint { &wide + offset };
        assert!((0..2_000).all(|root| is_square(&above(root).pow(2))));
        let passing = (1..10_000).filter(|offset| is_square_in_residues(&above(*offset))).count();
        assert!(passing < 200, "{passing}");
        assert!(!is_square(&(&wide.pow(2) + 1u32)));
    }

    #[test]
    fn remainders_are_those_of_long_division() {
        let number = [0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf1, 0x23];
        let wanted = BigUint::from_bytes_be(&number) % 4_294_967_291u32;
        assert_eq!(BigUint::from(remainder(&number, 4_294_967_291)), wanted);
    }
}
