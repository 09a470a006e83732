//! Two-letter country codes (ISO 3166-1), and what is written in their place.

/// Three-letter code, then two-letter code (ISO 3166-1), for the three-letter ones that people write.
const CODES: &str = "ABWAW AFGAF AGOAO ALBAL ANDAD AREAE ARGAR ARMAM ATGAG AUSAU AUTAT AZEAZ BDIBI BELBE BENBJ BFABF BGDBD \
BGRBG BHRBH BHSBS BIHBA BLRBY BLZBZ BMUBM BOLBO BRABR BRBBB BRNBN BTNBT BWABW CAFCF CANCA CHECH CHLCL CHNCN CIVCI CMRCM \
CODCD COGCG COLCO COMKM CPVCV CRICR CUBCU CYPCY CZECZ DEUDE DJIDJ DMADM DNKDK DOMDO DZADZ ECUEC EGYEG ERIER ESPES ESTEE \
ETHET FINFI FJIFJ FRAFR FSMFM GABGA GBRGB GEOGE GHAGH GINGN GMBGM GNBGW GNQGQ GRCGR GRDGD GTMGT GUYGY HKGHK HNDHN HRVHR \
HTIHT HUNHU IDNID INDIN IRLIE IRNIR IRQIQ ISLIS ISRIL ITAIT JAMJM JORJO JPNJP KAZKZ KENKE KGZKG KHMKH KIRKI KNAKN KORKR \
KWTKW LAOLA LBNLB LBRLR LBYLY LCALC LIELI LKALK LSOLS LTULT LUXLU LVALV MACMO MARMA MCOMC MDAMD MDGMG MDVMV MEXMX MHLMH \
MKDMK MLIML MLTMT MMRMM MNEME MNGMN MOZMZ MRTMR MUSMU MWIMW MYSMY NAMNA NERNE NGANG NICNI NLDNL NORNO NPLNP NRUNR NZLNZ \
OMNOM PAKPK PANPA PERPE PHLPH PLWPW PNGPG POLPL PRIPR PRKKP PRTPT PRYPY PSEPS QATQA ROURO RUSRU RWARW SAUSA SDNSD SENSN \
SGPSG SLBSB SLESL SLVSV SMRSM SOMSO SRBRS SSDSS STPST SURSR SVKSK SVNSI SWESE SWZSZ SYCSC SYRSY TCDTD TGOTG THATH TJKTJ \
TKMTM TLSTL TONTO TTOTT TUNTN TURTR TUVTV TWNTW TZATZ UGAUG UKRUA URYUY USAUS UZBUZ VATVA VCTVC VENVE VNMVN VUTVU WSMWS \
YEMYE ZAFZA ZMBZM ZWEZW";

/// What else stands where a code belongs, in capitals.
const NAMES: [(&str, &str); 12] = [
    // Reserved for the United Kingdom and Greece by others than ISO 3166-1; authorities refuse them.
    ("UK", "GB"),
    ("EL", "GR"),
    ("GERMANY", "DE"),
    ("DEUTSCHLAND", "DE"),
    ("AUSTRIA", "AT"),
    ("SWITZERLAND", "CH"),
    ("FRANCE", "FR"),
    ("ITALY", "IT"),
    ("SPAIN", "ES"),
    ("UNITED KINGDOM", "GB"),
    ("UNITED STATES", "US"),
    ("NETHERLANDS", "NL"),
];

/// The code in capitals. Any two letters are taken, for codes come and go; the error is what was probably meant.
pub(super) fn code(given: &str) -> Result<String, Option<&'static str>> {
    let capital = given.to_ascii_uppercase();
    if let Some((_, meant)) = NAMES.iter().find(|(name, _)| *name == capital) {
        return Err(Some(meant));
    }
    let letters = capital.chars().all(|c| c.is_ascii_uppercase());
    match capital.len() {
        2 if letters => Ok(capital),
        3 => Err(from_three_letters(&capital)),
        _ => Err(None),
    }
}

fn from_three_letters(capital: &str) -> Option<&'static str> {
    CODES.split(' ').find_map(|pair| pair.strip_prefix(capital))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_holds_three_and_two_letters_each() {
        assert!(CODES.split(' ').all(|pair| pair.len() == 5 && pair.bytes().all(|b| b.is_ascii_uppercase())));
    }

    #[test]
    fn a_wrong_code_suggests_the_right_one_where_it_is_obvious() {
        assert_eq!(code("de"), Ok("DE".into()));
        for (given, meant) in
            [("DEU", Some("DE")), ("gbr", Some("GB")), ("UK", Some("GB")), ("Germany", Some("DE")), ("XYZ", None)]
        {
            assert_eq!(code(given), Err(meant), "{given}");
        }
        for bad in ["D", "D1", "ß", "", "Atlantis"] {
            assert_eq!(code(bad), Err(None), "{bad}");
        }
    }
}
