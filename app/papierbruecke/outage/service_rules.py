"""Faults of cards and services behind a working connection: rows D29 to D44 and D50 (pure).

Evidence is the layer itself, the Lagebild, or real operations (P15: proof codes, signatures,
mails). Source: ti-detection §1.9, §4, §5.3.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from papierbruecke.clock import local
from papierbruecke.outage.layers import Schicht
from papierbruecke.outage.model import Ergebnis, Messung
from papierbruecke.outage.picture import Bild

Row = tuple[str, datetime | None, dict[str, str], bool, str | None]

_S = Schicht
_EPA = (_S.EPA1, _S.EPA2, _S.EPA3)
_SMCB_ROWS = {
    "card.missing": "D30",
    "card.expired": "D33",
    "card.pin": "D31",
    "card.pin_blocked": "D32",
    "card.transport_pin": "D32",
}
# Results that point to the check of card certificates, not to the line (ti-detection §1.9).
OCSP_KEYS = frozenset({"pn.3", "pn.5", "pn.6", "sig.ocsp"})
_OCSP_COUNT = 3
_KASSE_COUNT = 2
_SEND_COUNT = 2
_UNEXPLAINED_COUNT = 3


def card_rows(bild: Bild, now: datetime) -> Iterator[Row]:
    """Terminal, SMC-B and HBA; a terminal that is gone explains the cards in it."""
    if bild.down(_S.TERMINAL, now):
        yield "D29", bild.seit(_S.TERMINAL), {"Name": str(_last(bild, _S.TERMINAL).get("name", ""))}, False, None
        return
    if bild.down(_S.SMCB, now):
        yield _smcb(bild, now)
    if bild.down(_S.HBA, now):
        yield "D35", bild.seit(_S.HBA), {}, False, None


def _smcb(bild: Bild, now: datetime) -> Row:
    since = bild.seit(_S.SMCB)
    last = bild.staende[_S.SMCB].letzter_fehler
    key = (last.schluessel if last is not None else None) or "card.missing"
    until = smcb_until(bild)
    if until is not None and until <= now and key != "card.missing":
        key = "card.expired"  # an expired card must not ask for its PIN
    values = {"Datum": f"{local(until):%d.%m.%Y}"} if until is not None else {"Datum": "kurzem"}
    return _SMCB_ROWS.get(key, "D30"), since, values, False, key


def smcb_until(bild: Bild) -> datetime | None:
    """End of the SMC-B's certificate as the Konnektor told it last."""
    last = bild.letzte.get(("P8", "smcb"))
    try:
        until = datetime.fromisoformat(str(last.daten.get("bis"))) if last is not None else None
    except ValueError:
        return None
    return until if until is not None and until.tzinfo is not None else None


def service_rows(bild: Bild, now: datetime) -> Iterator[Row]:
    """Services, given that the tunnel is not down."""
    if all(bild.down(s, now) for s in (_S.IDP, *_EPA)):
        # The tunnel stands and no service answers this computer: the route is missing here.
        yield "D28", bild.seit(_S.IDP), {}, False, None
        return
    yield from _ocsp(bild, now)
    yield from _vsdm(bild, now)
    yield from _kim(bild, now)
    idp = list(_idp(bild, now))
    yield from idp
    if not idp:
        yield from _erezept(bild, now)
        yield from _epa(bild, now)


def recent(bild: Bild, now: datetime, *ziele: str) -> list[Messung]:
    """Real operations of the last half hour."""
    begin = now - timedelta(seconds=bild.z.passiv_s)
    counted = (Ergebnis.OK, Ergebnis.FEHLER)
    return [m for m in bild.passiv if m.ziel in ziele and begin <= m.zeit <= now and m.ergebnis in counted]


def _ocsp(bild: Bild, now: datetime) -> Iterator[Row]:
    seen = recent(bild, now, "vsdm", "signatur")
    slow_ms = bild.z.signatur_langsam_ms
    bad = [
        m
        for m in seen
        if m.schluessel in OCSP_KEYS or (m.ziel == "signatur" and m.dauer_ms is not None and m.dauer_ms > slow_ms)
    ]
    reported = bild.down(_S.LB_TSP, now)
    enough = len(bad) >= _OCSP_COUNT and 3 * len(bad) > len(seen)
    if bad and (enough or reported):
        checked = bild.letzte.get(("P9", "praxiskarte"))
        words = [*([checked] if checked is not None else []), *bad]
        name = next((n for m in reversed(words) if (n := m.daten.get("anbieter") or m.daten.get("aussteller"))), None)
        if not reported and _rsa_only(bild, now):
            # The issuer is well as far as anybody knows, and this card may be switched off by now.
            yield "D34", bad[0].zeit, {}, False, None
            return
        yield "D36", bad[0].zeit, {"Name": f"({name})"} if name else {}, reported, None


def _rsa_only(bild: Bild, now: datetime) -> bool:
    """Whether the practice card has no ECC keys although RSA is being switched off (ti-detection §6)."""
    card = bild.letzte.get(("P8", "smcb"))
    return card is not None and card.daten.get("nur_rsa") is True and local(now).date() >= bild.z.rsa_ende


def _vsdm(bild: Bild, now: datetime) -> Iterator[Row]:
    if bild.down(_S.LB_VSDM, now):
        yield "D37", bild.seit(_S.LB_VSDM), {}, True, None
        return
    failed: dict[Any, list[Messung]] = {}
    for messung in recent(bild, now, "vsdm"):
        kasse = messung.daten.get("ik")
        if messung.ergebnis is Ergebnis.OK:
            failed.pop(kasse, None)
        elif messung.schluessel == "pn.fachdienst":
            failed.setdefault(kasse, []).append(messung)
    for row in failed.values():
        if len(row) >= _KASSE_COUNT:
            yield "D37", row[0].zeit, {}, False, None
            return


def trailing(bild: Bild, now: datetime, ziel: str) -> list[Messung]:
    """The failures of real operations since the last success, as long as nobody tried again."""
    begin = now - timedelta(seconds=bild.z.passiv_letztes_wort_s)
    run: list[Messung] = []
    for messung in reversed(bild.passiv):
        if messung.ziel != ziel or messung.zeit > now:
            continue
        if messung.ergebnis is not Ergebnis.FEHLER or messung.zeit < begin:
            break
        run.append(messung)
    return run[::-1]


def _kim(bild: Bild, now: datetime) -> Iterator[Row]:
    if bild.down(_S.KIM, now):
        last = bild.staende[_S.KIM].letzter_fehler
        yield "D38", bild.seit(_S.KIM), {}, False, last.schluessel if last is not None else None
        return
    name = {"Name": f"({bild.umfeld.kim_anbieter})"} if bild.umfeld.kim_anbieter else {}
    failed = trailing(bild, now, "kim")
    crypto = [m for m in failed if m.schluessel == "kim.krypto"]
    server = [m for m in failed if m.schluessel == "kim.server"]
    if bild.down(_S.LB_KIM, now):
        yield "D39", bild.seit(_S.LB_KIM), name, True, None
    elif crypto and failed[-1].schluessel == "kim.krypto":
        yield "D40", crypto[0].zeit, {}, False, None
    elif len(server) >= _SEND_COUNT:
        yield "D39", server[0].zeit, name, False, None


def _idp(bild: Bild, now: datetime) -> Iterator[Row]:
    if bild.down(_S.LB_IDP, now):
        yield "D41", bild.seit(_S.LB_IDP), {}, True, None
    elif bild.down(_S.IDP, now):
        yield "D41", bild.seit(_S.IDP), {}, False, None


def _erezept(bild: Bild, now: datetime) -> Iterator[Row]:
    if bild.down(_S.LB_EREZEPT, now):
        yield "D42", bild.seit(_S.LB_EREZEPT), {}, True, None
        return
    failed = [m for m in trailing(bild, now, "erezept") if m.schluessel == "erezept.fachdienst"]
    if len(failed) >= _SEND_COUNT:
        yield "D42", failed[0].zeit, {}, False, None
    elif bild.down(_S.EREZEPT, now):
        yield "D42", bild.seit(_S.EREZEPT), {}, False, None


def _epa(bild: Bild, now: datetime) -> Iterator[Row]:
    if bild.down(_S.LB_EPA, now):
        report = bild.staende[_S.LB_EPA].letzter_fehler
        partial = report is not None and report.daten.get("epa") == "teilweise"
        yield ("D43" if partial else "D44"), bild.seit(_S.LB_EPA), {}, True, None
        return
    broken = [s for s in _EPA if bild.down(s, now)]
    if broken:
        begin = min((b for b in map(bild.seit, broken) if b is not None), default=None)
        yield ("D44" if len(broken) == len(_EPA) else "D43"), begin, {}, False, None


def unexplained(bild: Bild, now: datetime) -> datetime | None:
    """Since when real operations fail although no rule says why (D50)."""
    failed = [m for ziel in ("vsdm", "signatur", "erezept", "epa", "kim") for m in trailing(bild, now, ziel)]
    begin = now - timedelta(seconds=bild.z.passiv_s)
    failed = sorted((m for m in failed if m.zeit >= begin), key=lambda m: m.zeit)
    return failed[0].zeit if len(failed) >= _UNEXPLAINED_COUNT else None


def _last(bild: Bild, schicht: Schicht) -> dict[str, Any]:
    last = bild.staende[schicht].letzter_fehler
    return last.daten if last is not None else {}
