"""The whole input space of a sick note, and the official validator as a judge."""

import string
import sys
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

LETTERS = string.ascii_letters + "äöüÄÖÜßéèÀçñŠž"
SIGNS = LETTERS + string.digits + " .,-/&'()+€§"
WOP = [f"{n:02d}" for n in (0, 1, 2, 3, 17, 20, 38, *range(46, 53), 55, 60, 61, 62, 71, 72, 73, 78, 83, 88, 93, 98)]
DMP = [f"{number:02d}" for number in (*range(13), *range(30, 59))]
EARLIEST = date(2026, 4, 1)


class Judge:
    """The eAU validator; warnings about missing narrative are wanted by the profiles."""

    def __init__(self, referenz: Path) -> None:
        folder = str(referenz / "tools" / "eau_validator")
        if folder not in sys.path:
            sys.path.append(folder)
        from eau_oracle import Validator

        self._validator = Validator(data_dir=str(referenz / "data" / "kbv-eau" / "packages"))

    def findings(self, xml: bytes) -> list[str]:
        """Every issue except dom-6, as text."""
        return [str(issue) for issue in self._validator.validate(xml) if issue.key != "dom-6"]


def check_sum(digits: str, weights: tuple[int, int]) -> int:
    """Digit sums of weighted digits."""
    products = [int(digit) * weights[place % 2] for place, digit in enumerate(digits)]
    return sum(product // 10 + product % 10 for product in products)


@st.composite
def kvnr(draw: DrawFn) -> str:
    """A number with a right check digit."""
    letter, rest = draw(st.sampled_from(string.ascii_uppercase)), f"{draw(st.integers(0, 99_999_999)):08d}"
    number = f"{letter}{rest}{check_sum(f'{ord(letter) - 64:02d}{rest}', (1, 2)) % 10}"
    return number if number != "T555558879" else "A123456780"


@st.composite
def ik(draw: DrawFn) -> str:
    """An Institutionskennzeichen with a right check digit."""
    rest = f"{draw(st.integers(0, 999_999)):06d}"
    return f"10{rest}{check_sum(rest, (2, 1)) % 10}"


@st.composite
def lanr(draw: DrawFn) -> str:
    """A doctor's number with a right check digit."""
    rest = f"{draw(st.integers(1, 999_999)):06d}"
    total = sum(int(digit) * (4, 9)[place % 2] for place, digit in enumerate(rest))
    return f"{rest}{(10 - total % 10) % 10}{draw(st.integers(1, 99)):02d}"


@cache  # building a strategy costs more than drawing from it
def text(longest: int, alphabet: str = SIGNS) -> st.SearchStrategy[str]:
    """Non-empty text of a form field."""
    return st.text(alphabet, min_size=1, max_size=longest).filter(lambda t: bool(t.strip()))


@cache
def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """The value or nothing."""
    return st.none() | strategy


@st.composite
def doctor(draw: DrawFn, types: list[str | None]) -> dict[str, Any]:
    """A doctor."""
    return {
        "lanr": draw(lanr()),
        "titel": draw(maybe(text(20))),
        "vorname": draw(text(45, LETTERS + " -")),
        "namenszusatz": draw(maybe(text(20, LETTERS))),
        "vorsatzwort": draw(maybe(text(20, LETTERS))),
        "nachname": draw(text(45, LETTERS + " -")),
        "berufsbezeichnung": draw(text(100)),
        "asv_teamnummer": draw(maybe(_TEAM)),
        "qualifikation": draw(st.sampled_from(types)),
    }


@st.composite
def birthday(draw: DrawFn, issued: date) -> str:
    """Full or partial, never after the day of issue."""
    day = draw(st.dates(date(1915, 1, 1), issued))
    return day.isoformat()[: draw(st.sampled_from([10, 10, 7, 4]))]


_TEAM = st.from_regex(r"[0-9]{9}", fullmatch=True)
_PLZ = st.from_regex(r"[0-9]{5}", fullmatch=True)
_LAND = st.sampled_from(["D", "D", "D", "A", "CH", "PL"])
_ADDRESS = st.fixed_dictionaries(
    {
        "strasse": maybe(text(46)),
        "hausnummer": maybe(text(9)),
        "zusatz": maybe(text(40)),
        "plz": _PLZ,
        "ort": maybe(text(40)),
        "land": _LAND,
    }
)
_BOX = st.fixed_dictionaries({"postfach": text(8), "plz": _PLZ, "ort": maybe(text(40)), "land": _LAND})


@st.composite
def sick_notes(draw: DrawFn) -> dict[str, Any]:
    """The input file of any sick note that the practice may issue."""
    issued = draw(st.dates(EARLIEST, date(2027, 12, 31)))
    found = issued - timedelta(days=draw(st.integers(0, 10)))
    until = found + timedelta(days=draw(st.integers(0, 31)))
    first = draw(st.booleans())
    by_hand = draw(st.booleans())
    kind = draw(st.sampled_from(["GKV", "GKV", "GKV", "BG", "UK", "SKT", "PKV", "SEL"]))
    team = draw(st.booleans())
    with_responsible = draw(st.booleans())
    arzt = draw(doctor(["03", "04", None] if with_responsible else [None, "00", "03", "04"]))
    if team:
        arzt["asv_teamnummer"] = "345678901"
    only_box = draw(st.integers(0, 3)) == 0
    return {
        "versicherter": {
            "versicherten_id": draw(maybe(kvnr())) if by_hand else draw(kvnr()),
            "titel": draw(maybe(text(20))),
            "vorname": draw(text(45, LETTERS + " -")),
            "namenszusatz": draw(maybe(text(20, LETTERS))),
            "vorsatzwort": draw(maybe(text(20, LETTERS + " "))),
            "nachname": draw(text(45, LETTERS + " -'")),
            "geburtsdatum": draw(birthday(issued)),
            "geschlecht": draw(st.sampled_from("MWXD")),
            "anschrift": None if only_box else draw(_ADDRESS),
            "postfach": draw(_BOX) if only_box else draw(maybe(_BOX)),
        },
        "versicherung": {
            "typ": kind,
            "ik": draw(ik()),
            "name": draw(text(45)),
            "abrechnend_ik": draw(maybe(ik())),
            "abrechnend_name": draw(maybe(text(45))),
            "versichertenart": draw(st.sampled_from("135")),
            "personengruppe": draw(maybe(st.sampled_from(["00", "04", "06", "07", "08", "09"]))),
            "dmp": draw(maybe(st.sampled_from(DMP))),
            "wop": draw(maybe(st.sampled_from([*WOP, "99"]))),
            "rechtsgrundlage": "01" if team else draw(st.sampled_from(["00", "04", "07"])),
            "ende": draw(maybe(st.dates(date(2020, 1, 1), date(2035, 1, 1)).map(str))),
        },
        "herkunft": draw(st.sampled_from(["hand", "pvs", "eeb"])) if by_hand else "karte",
        "arzt": arzt,
        "verantwortlich": draw(doctor([None, "00", "04"])) if with_responsible else None,
        "betriebsstaette": {
            "bsnr": draw(st.from_regex(r"[0-9]{9}", fullmatch=True)),
            "name": draw(text(60)),
            "strasse": draw(text(46)),
            "hausnummer": draw(st.sampled_from(["1", "12 a", "N/A", "1+1"])),
            "zusatz": draw(maybe(text(40))),
            "plz": draw(_PLZ),
            "ort": draw(text(40)),
            "telefon": draw(text(30, string.digits + " /-")),
            "fax": draw(maybe(text(30, string.digits + " /-"))),
            "email": draw(maybe(st.just("praxis@beispiel.invalid"))),
        },
        "unfallversicherung": draw(
            maybe(
                st.fixed_dictionaries(
                    {"typ": st.sampled_from(["BG", "UK"]), "ik": maybe(ik()), "name": text(45)},
                )
            )
        ),
        "datum": str(issued),
        "au": {
            "art": "erst" if first else "folge",
            "endbescheinigung": draw(st.booleans()),
            "seit": str(min(found, until)) if first else None,
            "bis": str(until),
            "festgestellt": str(found),
            "ursachen": draw(st.lists(st.sampled_from(["arbeitsunfall", "sonstiger_unfall", "ser"]), unique=True)),
            "durchgangsarzt": draw(st.booleans()),
            "diagnosen": draw(
                st.lists(
                    st.fixed_dictionaries(
                        {
                            "icd": st.from_regex(r"[A-Z][0-9]{2}(\.[0-9]{1,2})?", fullmatch=True),
                            "sicherheit": st.sampled_from("AGVZ"),
                            "seite": maybe(st.sampled_from("RLB")),
                        }
                    ),
                    min_size=1,
                    max_size=6,
                )
            ),
            "diagnosetext": draw(maybe(text(70))),
            "reha": draw(st.booleans()),
            "wiedereingliederung": draw(st.booleans()),
            "sonstige_massnahme": draw(maybe(text(70))),
            "krankengeldfall": draw(st.booleans()),
        },
    }
