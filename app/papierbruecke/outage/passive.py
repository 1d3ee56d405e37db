"""The passive probe P15: what real card reads, signatures, mails and E-Rezepte told (pure).

The rooms that do the work call these after each operation and hand the observation to the
samples. Nothing here names a patient or a card. Source: ti-detection §1.9, §5.1 P15.
"""

from datetime import datetime

from papierbruecke.outage.model import Ergebnis, Messung

_ONLINE_GOOD = (1, 2)
_CARD_INVALID = 4


def nachweis(zeit: datetime, e: int, ec: int | None, *, ik: str | None = None, dauer_ms: int | None = None) -> Messung:
    """A Prüfungsnachweis from the practice system: result ``e``, error code ``ec``.

    3, 5 and 6 without code are evidence of an outage; with a code the Fachdienst answered, so the
    way works. 4 is a bad card and says nothing about the TI.
    """
    if e in _ONLINE_GOOD:
        return _p15("vsdm", zeit, True, None, dauer_ms)
    if e == _CARD_INVALID:
        return Messung(probe="P15", ziel="vsdm", zeit=zeit, ergebnis=Ergebnis.KEINE_AUSSAGE, schluessel="pn.4")
    if ec is not None:
        daten = {"ec": ec} | ({"ik": ik} if ik else {})
        return _p15("vsdm", zeit, False, "pn.fachdienst", dauer_ms, **daten)
    return _p15("vsdm", zeit, False, f"pn.{e}", dauer_ms)


def signatur(
    zeit: datetime, ok: bool, *, dauer_ms: int | None = None, ocsp: bool = False, anbieter: str | None = None
) -> Messung:
    """One signature; ``ocsp``: it failed or warned because the card check did not answer."""
    daten = {"anbieter": anbieter} if anbieter else {}
    key = None if ok else ("sig.ocsp" if ocsp else "sig.fehler")
    return _p15("signatur", zeit, ok, key, dauer_ms, **daten)


def kim_sendung(zeit: datetime, schluessel: str | None, *, dauer_ms: int | None = None) -> Messung:
    """One mail handed over (None), or why not: ``kim.server`` (421, timeout, -ERR), ``kim.krypto``
    (451, X-KIM-Fehlermeldung 4009-4011), or another key of the KIM port."""
    return _p15("kim", zeit, schluessel is None, schluessel, dauer_ms)


def fachdienst(zeit: datetime, dienst: str, ok: bool, *, dauer_ms: int | None = None) -> Messung:
    """One real call of ``erezept`` or ``epa``; not ok = 5xx or no answer."""
    return _p15(dienst, zeit, ok, None if ok else f"{dienst}.fachdienst", dauer_ms)


def neustart(zeit: datetime) -> Messung:
    """A person says that the Konnektor is being restarted."""
    return Messung(probe="P15", ziel="konnektor", zeit=zeit, ergebnis=Ergebnis.KEINE_AUSSAGE, schluessel="kon.neustart")


def _p15(ziel: str, zeit: datetime, ok: bool, schluessel: str | None, dauer_ms: int | None, **daten: object) -> Messung:
    return Messung(
        probe="P15",
        ziel=ziel,
        zeit=zeit,
        ergebnis=Ergebnis.OK if ok else Ergebnis.FEHLER,
        schluessel=schluessel,
        dauer_ms=dauer_ms,
        daten=daten,
    )
