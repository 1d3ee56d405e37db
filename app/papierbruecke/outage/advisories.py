"""Known problems as data: condition, sentence, instruction for the IT-Betreuer, validity.

Own files lie in ``resources/advisories``; a practice or its IT-Betreuer may drop more into the
folder ``hinweise`` of the data folder. Source: issue 3 item 7, ti-detection §5.3 D13, §6.
"""

import json
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from papierbruecke.clock import local
from papierbruecke.redact import Value
from papierbruecke.resources import folder


class Bedingung(Value):
    """When an advisory applies; every given part must hold."""

    hersteller: str | None = None  # ProductVendorID or name contains this, without case
    firmware_ab: str | None = None
    firmware_bis: str | None = None
    schluesselart: str | None = None  # beginning of the kind of the certificate shown: "RSA"
    ereignis: Literal["zertifikat", "karte", "immer"] = "immer"


class Hinweisblatt(Value):
    """One known problem."""

    id: str
    titel: str
    bedingung: Bedingung
    satz: str
    anweisung: str  # for the IT-Betreuer
    gueltig_ab: date | None = None
    gueltig_bis: date | None = None
    diagnose: str | None = None  # the row that it makes more exact
    quelle: str


@cache
def shipped() -> tuple[Hinweisblatt, ...]:
    """The known problems of this installation; a broken file is a broken installation."""
    files = sorted((folder() / "advisories").glob("*.json"))
    return tuple(Hinweisblatt.model_validate_json(path.read_text(encoding="utf-8")) for path in files)


def dropped_in(place: Path) -> tuple[tuple[Hinweisblatt, ...], tuple[str, ...]]:
    """Advisories from a folder of the practice, and the names of files that cannot be read."""
    good: list[Hinweisblatt] = []
    bad: list[str] = []
    for path in sorted(place.glob("*.json")) if place.is_dir() else ():
        try:
            good.append(Hinweisblatt.model_validate(json.loads(path.read_text(encoding="utf-8"))))
        except (OSError, UnicodeDecodeError, json.JSONDecodeError, ValidationError, RecursionError):
            bad.append(path.name)
    return tuple(good), tuple(bad)


def applies(
    blatt: Hinweisblatt, verzeichnis: dict[str, Any], schluesselart: str, now: datetime, karten: str = ""
) -> bool:
    """Whether a known problem fits this Konnektor today; ``karten``: the weakest kind of its cards."""
    today = local(now).date()
    if (blatt.gueltig_ab and today < blatt.gueltig_ab) or (blatt.gueltig_bis and today > blatt.gueltig_bis):
        return False
    wanted = blatt.bedingung
    vendor = f"{verzeichnis.get('hersteller', '')} {verzeichnis.get('produkt', '')}".lower()
    if wanted.hersteller is not None and wanted.hersteller.lower() not in vendor:
        return False
    firmware = version(str(verzeichnis.get("firmware", "")))
    if wanted.firmware_ab is not None and (not firmware or firmware < version(wanted.firmware_ab)):
        return False
    if wanted.firmware_bis is not None and (not firmware or firmware > version(wanted.firmware_bis)):
        return False
    kind = karten if wanted.ereignis == "karte" else schluesselart
    return wanted.schluesselart is None or kind.upper().startswith(wanted.schluesselart.upper())


def matching(
    blaetter: Iterable[Hinweisblatt], verzeichnis: dict[str, Any], schluesselart: str, now: datetime, karten: str = ""
) -> tuple[Hinweisblatt, ...]:
    """The known problems that fit."""
    return tuple(blatt for blatt in blaetter if applies(blatt, verzeichnis, schluesselart, now, karten))


def known_certificate_problem(verzeichnis: dict[str, Any], zertifikat: dict[str, Any], now: datetime) -> bool:
    """Whether a changed or expired certificate is the known one (D13)."""
    kind = str(zertifikat.get("schluesselart_bisher") or zertifikat.get("schluesselart") or "")
    fitting = matching(shipped(), verzeichnis, kind, now)
    return any(blatt.bedingung.ereignis == "zertifikat" and blatt.diagnose == "D13" for blatt in fitting)


def version(text: str) -> tuple[int, ...]:
    """``5.50.3`` as something that compares; what is no number ends it."""
    parts: list[int] = []
    for part in text.split("."):
        digits = "".join(character for character in part if character.isdigit())
        if not digits:
            break
        parts.append(int(digits[:9]))
    return tuple(parts)
