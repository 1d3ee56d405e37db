"""Every German sentence of the diagnosis: short, kind, without jargon, and it names the next step."""

import re

import pytest

from papierbruecke.outage.catalogue import Zeile, fill, katalog

MAX_SATZ, MAX_MASSNAHME, MAX_TITEL = 130, 190, 50
# Words that an MFA does not know or that blame or frighten; the technical words live one click deeper.
JARGON = re.compile(
    r"timeout|handshake|fehler 0x|exception|socket|tcp|ipsec|ocsp|\bsds\b|soap|fault|port\b|bestandsnetz|"
    r"verbindungsabbruch|konnektivität|authentifizier|instanz|terminierung|\bec_|schuld an|versagt|katastrophe",
    re.IGNORECASE,
)
# Abbreviations that a practice knows or that stand in brackets or quotation marks for somebody else.
KNOWN = {
    "TI",
    "PC",
    "DVO",
    "PIN",
    "PUK",
    "VPN",
    "KIM",
    "IDP",
    "ePA",
    "eAU",
    "SMC",
    "IT",
    "ID",
    "AK",
    "AUT",
    "TSL",
    "CRL",
    "DNS",
    "EC",
    "HBA",
    "SMC-B",
}
STEPS = re.compile(
    r"\b[Bb]itte\b|weiterarbeiten|einlesen|werden gespeichert|Muster 16|ausstellen|einstellen", re.IGNORECASE
)
VALUES = {
    "Name": "(Beispiel-Zugangsdienst GmbH)",
    "Zeit": "23.11.2026 08:19 Uhr",
    "Datum": "01.12.2026",
    "Code": "4010",
}
VALUES |= {
    "EC": "den Zustand EC_FIREWALL_NOT_RELIABLE",
    "Was": "Der Heilberufsausweis",
    "Dienst": "E-Rezept, ePA",
    "Tage": "30",
}

ROWS = sorted(katalog().diagnosen.items())
SENTENCES = [(f"{name}", row.satz, row.massnahme) for name, row in ROWS]
SENTENCES += [(f"{name}-{key}", v.satz, v.massnahme) for name, row in ROWS for key, v in sorted(row.varianten.items())]


@pytest.mark.parametrize(("satz", "massnahme"), [s[1:] for s in SENTENCES], ids=[s[0] for s in SENTENCES])
def test_sentences(satz: str, massnahme: str) -> None:
    for text, limit in ((satz, MAX_SATZ), (massnahme, MAX_MASSNAHME)):
        filled = fill(text, VALUES)
        assert len(filled) <= limit, len(filled)
        assert filled[-1] in ".?!"
        assert "{" not in filled
        assert "  " not in filled
        assert filled[0].isupper() or filled.startswith(("eAU ", "ePA "))
        plain = re.sub(r"\{\w+\}|„[^“]*“", "", text)
        assert not JARGON.search(plain)
        shouted = {word for word in re.findall(r"\b[A-Z]{2,}\b", plain)}
        assert shouted <= KNOWN, shouted - KNOWN
    assert STEPS.search(massnahme), "names no next step"


@pytest.mark.parametrize(("name", "row"), ROWS, ids=[name for name, _ in ROWS])
def test_rows(name: str, row: Zeile) -> None:
    assert 0 < len(row.titel) <= MAX_TITEL
    assert row.verantwortlich
    assert not row.titel.endswith(".")
    wanted = {"D05", "D45", "D46", "D47", "D48", "D49", "D53"}
    broken = any(state.value != "verfuegbar" for state in row.dienste.values())
    assert broken is (name not in wanted)


def test_a_missing_value_leaves_no_gap() -> None:
    assert fill("Der TI-Zugang Ihres Anbieters {Name} ist gestört.", {}) == "Der TI-Zugang Ihres Anbieters ist gestört."
    assert fill("Bitte {Name}, dann", {}) == "Bitte, dann"


def test_a_certificate_or_restart_is_never_called_a_dead_konnektor() -> None:
    """Order rule of ti-detection §5.3: D12 to D14 are never "Konnektor ausgefallen"."""
    for name in ("D08", "D11", "D12", "D13", "D14", "D15", "D16"):
        row = katalog().diagnosen[name]
        assert "antwortet nicht" not in row.satz
        assert "ausgefallen" not in row.satz


def test_cards_are_still_read_where_konnektor_and_terminal_work() -> None:
    """Correction of design §12."""
    for name in ("D22", "D23", "D24", "D25", "D26", "D27", "D28"):
        assert "Karten wie immer in der Praxissoftware einlesen." in katalog().diagnosen[name].massnahme
