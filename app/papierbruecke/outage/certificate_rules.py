"""What a failing handshake means: rows D10 to D15 (pure).

A handshake that fails is never "Konnektor ausgefallen". Source: ti-detection §1.3, §5.3.
"""

import re
from datetime import datetime
from typing import Any

from papierbruecke.clock import local
from papierbruecke.outage.advisories import known_certificate_problem
from papierbruecke.outage.layers import Schicht
from papierbruecke.outage.model import Messung
from papierbruecke.outage.picture import Bild

Row = tuple[str, datetime | None, dict[str, str], bool, str | None]

# What only the certificate of a Konnektor carries (ti-detection §1.3: gSMC-K, GEM.KOMP-CA, konnektor.konlan).
_KONNEKTOR_MARK = re.compile(r"gem\.|komp-?ca|konnektor|konlan|smc-?k|\b80276\d{10,}", re.IGNORECASE)


def certificate_row(bild: Bild, now: datetime) -> Row:
    """The row for a handshake layer that is down."""
    stand = bild.staende[Schicht.KON_TLS]
    last = stand.letzter_fehler
    key = (last.schluessel if last is not None else None) or ""
    since = stand.fehler_seit
    if key == "kon.tls_parameters":
        return "D14", since, {}, False, None
    if key == "kon.client_cert_rejected" or key.startswith("kon.p12"):
        return "D15", since, {}, False, key
    if key == "kon.wrong_device" or (last is not None and foreign_device(bild, last)):
        return "D10", since, {}, False, None
    if key in ("kon.server_cert_changed", "kon.server_cert_expired") and last is not None:
        values = {"Zeit": _moment(since), "Datum": _day(last.daten.get("not_after"))}
        if known_certificate_problem(_directory(bild), last.daten, now):
            return "D13", since, values, False, None
        return ("D11" if key == "kon.server_cert_expired" else "D12"), since, values, False, None
    if key == "kon.not_paired":
        return "D12", since, {}, False, key
    return "D14", since, {}, False, None


def foreign_device(bild: Bild, shown: Messung) -> bool:
    """Whether the certificate is none of a Konnektor although the last good one was."""
    good = bild.gut.get(("P5", "konnektor"))
    if good is None or shown.schluessel != "kon.server_cert_changed":
        return False
    return _looks_like_konnektor(good.daten) and not _looks_like_konnektor(shown.daten)


def _looks_like_konnektor(daten: dict[str, Any]) -> bool:
    return bool(_KONNEKTOR_MARK.search(f"{daten.get('subject', '')} {daten.get('issuer', '')}"))


def _directory(bild: Bild) -> dict[str, Any]:
    known = bild.gut.get(("P6", "konnektor"))
    return known.daten if known is not None else {}


def _moment(moment: datetime | None) -> str:
    return f"{local(moment):%d.%m.%Y %H:%M} Uhr" if moment is not None else "kurzem"


def _day(text: object) -> str:
    try:
        return f"{local(datetime.fromisoformat(str(text))):%d.%m.%Y}"
    except (ValueError, AssertionError):
        return "kurzem"
