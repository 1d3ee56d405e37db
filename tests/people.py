"""Any person, doctor and practice that an input file may name, as hypothesis strategies."""

from hypothesis import strategies as st

LETTERS = "".join(
    char for code in range(0x21, 0x100) if code < 0x7F or code > 0xA0 for char in [bytes([code]).decode("iso8859-15")]
)


def words(longest: int) -> st.SearchStrategy[str]:
    """Text of printable ISO 8859-15 characters, single blanks inside, none at the ends."""
    raw = st.text(LETTERS + "     ", min_size=1, max_size=longest)
    return raw.map(lambda text: " ".join(text.split())).filter(bool)


def maybe(longest: int) -> st.SearchStrategy[str | None]:
    return st.none() | words(longest)


arzt = st.fixed_dictionaries(
    {
        "lanr": st.sampled_from(["838382202", "123456601"]),
        "titel": maybe(30),
        "vorname": words(45),
        "namenszusatz": maybe(20),
        "vorsatzwort": maybe(20),
        "nachname": words(45),
        "berufsbezeichnung": words(100),
    }
)
person = st.fixed_dictionaries(
    {
        "titel": maybe(20),
        "vorname": words(45),
        "namenszusatz": maybe(20),
        "vorsatzwort": maybe(20),
        "nachname": words(45),
        "geburtsdatum": st.sampled_from(["1984-05-23", "1984-05", "1984", None]),
        "anschrift": st.fixed_dictionaries(
            {
                "strasse": words(46),
                "hausnummer": words(9),
                "plz": st.just("12345"),
                "ort": words(40),
                "land": st.sampled_from(["D", None]),
            }
        ),
    }
)
place = st.fixed_dictionaries(
    {
        "name": words(60),
        "strasse": words(46),
        "hausnummer": words(9),
        "ort": words(40),
        "telefon": words(30),
        "fax": maybe(30),
        "email": maybe(100),
        "zusatz": maybe(40),
    }
)
