"""Input files of obviously synthetic people, for every test that needs one."""

import copy
import json
from typing import Any

HEUTE = "2026-11-23"

ARZT: dict[str, Any] = {
    "lanr": "838382202",
    "titel": "Dr. med.",
    "vorname": "Anna",
    "nachname": "Testfall",
    "berufsbezeichnung": "Fachärztin für Allgemeinmedizin",
}
BETRIEBSSTAETTE: dict[str, Any] = {
    "bsnr": "031234567",
    "name": "Praxis Dr. Testfall",
    "strasse": "Musterplatz",
    "hausnummer": "1",
    "plz": "12345",
    "ort": "Musterhausen",
    "telefon": "030 000000",
}
VERSICHERTER: dict[str, Any] = {
    "versicherten_id": "A123456780",
    "vorname": "Erika",
    "nachname": "Beispiel-Testfrau",
    "geburtsdatum": "1984-05-23",
    "geschlecht": "W",
    "anschrift": {
        "strasse": "Musterweg",
        "hausnummer": "6",
        "plz": "12345",
        "ort": "Musterhausen",
        "land": "D",
    },
}
VERSICHERUNG: dict[str, Any] = {
    "typ": "GKV",
    "ik": "101234561",
    "name": "AOK Musterland",
    "versichertenart": "1",
    "wop": "72",
    "beginn": "2019-01-01",
    "ende": "2027-12-31",
}


def _base() -> dict[str, Any]:
    return {
        "versicherter": copy.deepcopy(VERSICHERTER),
        "versicherung": copy.deepcopy(VERSICHERUNG),
        "herkunft": "karte",
        "arzt": copy.deepcopy(ARZT),
        "betriebsstaette": copy.deepcopy(BETRIEBSSTAETTE),
        "datum": HEUTE,
    }


def rezept() -> dict[str, Any]:
    """A Muster 16 with two medicines."""
    return _base() | {
        "rezept": {
            "gebuehr": "pflichtig",
            "positionen": [
                {
                    "form": "pzn",
                    "name": "Ramipril Test 5 mg TAB",
                    "packung": "100 St",
                    "norm": "N3",
                    "pzn": "01234562",
                    "dosierung": "1-0-0",
                },
                {
                    "form": "wirkstoff",
                    "name": "Metformin",
                    "staerke": "1000 mg",
                    "darreichung": "Filmtabletten",
                    "packung": "180 St",
                    "dosierung": "dj",
                },
            ],
        }
    }


def au() -> dict[str, Any]:
    """A first sick note for five days."""
    return _base() | {
        "au": {
            "art": "erst",
            "seit": "2026-11-23",
            "bis": "2026-11-27",
            "festgestellt": "2026-11-23",
            "diagnosen": [{"icd": "J06.9", "sicherheit": "G"}],
        }
    }


def ersatzschein() -> dict[str, Any]:
    """A slip of the Ersatzverfahren, typed in by hand because the reader is broken."""
    return _base() | {"herkunft": "hand", "ersatzschein": {"grund": "technik_defekt"}}


def rezept_of(given: dict[str, Any]) -> dict[str, Any]:
    """A Muster 16 that says what a worked example of the Personalienfeld says."""

    def day(text: str) -> str | None:
        return f"{text[:4]}-{text[4:6]}-{text[6:]}".removesuffix("-00").removesuffix("-00") if text else None

    def text(key: str) -> str | None:
        return given.get(key) or None

    document = rezept()
    document["datum"] = day(given["datum"])
    document["arzt"]["lanr"] = given["lanr"]
    document["betriebsstaette"]["bsnr"] = given["bsnr"]
    document["versicherter"] = {
        key: text(key) for key in ("titel", "vorname", "namenszusatz", "vorsatzwort", "nachname", "versicherten_id")
    } | {
        "geburtsdatum": day(given["geburtsdatum"]),
        "anschrift": {key: text(key) for key in ("strasse", "hausnummer", "land", "plz", "ort")},
        "postfach": {key: text(f"postfach_{key}") for key in ("land", "plz", "ort")} | {"postfach": given["postfach"]}
        if "postfach" in given
        else None,
    }
    document["versicherung"] = {
        "name": given["bedruckungsname"],
        "ende": day(given["schutz_ende"]),
        **{key: text(key) for key in ("ik", "wop", "versichertenart", "personengruppe", "dmp")},
        "rechtsgrundlage": given["rechtsgrundlage"],
    }
    document["skt_zusatz"] = text("skt_zusatz")
    if given.get("arbeitsunfall"):
        document["versicherung"]["name"] = "AOK Musterland"
        document["rezept"]["arbeitsunfall"] = {
            "unfalltag": "2026-11-15",
            "unfallbetrieb": "Bau Muster",
            "traeger": given["bedruckungsname"],
        }
    return document


def as_bytes(document: dict[str, Any]) -> bytes:
    """The document as an input file."""
    return json.dumps(document, ensure_ascii=False).encode()
