"""Remarks that stop nobody's work: slow, maintenance, wrong clock, expiry ahead, unstable (pure).

Rows D45 to D49 of ti-detection §5.3, D52 and D53 for what this desk cannot know; warning steps of design §12.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from papierbruecke.clock import local
from papierbruecke.outage.catalogue import fill, katalog
from papierbruecke.outage.layers import Schicht
from papierbruecke.outage.model import Ergebnis, Hinweis
from papierbruecke.outage.picture import Bild

_MIN_BASELINE = 12
_MIN_RECENT = 5
_KIND_NAMES = {
    "SMC-B": "Die Praxiskarte (SMC-B)",
    "HBA": "Ein Heilberufsausweis",
    "SMC-KT": "Die Gerätekarte eines Kartenterminals",
    "gSMC-K": "Das Gerätezertifikat des Konnektors",
    "TLS": "Das TLS-Zertifikat des Konnektors",
    "P12": "Das Clientzertifikat dieses Programms",
    "KIM": "Das Zertifikat des KIM-Programms",
}


_SHOWN = (
    (("P5", "konnektor"), "TLS"),
    (("P8", "smcb"), "SMC-B"),
    (("P8", "hba"), "HBA"),
    (("P12", "kim"), "KIM"),
)


def hints(bild: Bild, now: datetime) -> tuple[Hinweis, ...]:
    """Every remark that holds now, in order of the table."""
    return tuple(
        hint
        for found in (
            _slow(bild, now),
            _maintenance(bild, now),
            _clock(bild, now),
            _expiry(bild, now),
            _flap(bild, now),
            _without_kim(bild, now),
            _without_lagebild(bild, now),
        )
        for hint in found
    )


def _hint(row: str, werte: dict[str, str] | None = None, variante: str | None = None) -> Hinweis:
    zeile = katalog().diagnosen[row]
    text = zeile.varianten.get(variante or "", zeile)
    return Hinweis(id=row, satz=fill(f"{text.satz} {text.massnahme}", werte or {}))


def _slow(bild: Bild, now: datetime) -> Iterator[Hinweis]:
    for series, kept in bild.dauern.items():
        fresh = list(bild.zuletzt.get(series, ()))
        begin = now - timedelta(seconds=bild.z.passiv_s)
        baseline = [ms for moment, ms in kept if moment < begin]
        last = bild.letzte.get(series)
        if len(fresh) < _MIN_RECENT or len(baseline) < _MIN_BASELINE or last is None or last.zeit < begin:
            continue
        usual, today = median(baseline), median(fresh)
        if today > bild.z.langsam_faktor * usual and today >= bild.z.langsam_mindestens_ms:
            yield _hint("D45")
            return


def _maintenance(bild: Bild, now: datetime) -> Iterator[Hinweis]:
    report = bild.gut.get(("P13", "lagebild"))
    if report is None or not bild.staende[Schicht.LAGEBILD].fresh(now):
        return
    listed = report.daten.get("wartung")
    names = [str(name) for name in listed] if isinstance(listed, list) else []
    if names:
        yield _hint("D46", {"Dienst": ", ".join(names)})


def _clock(bild: Bild, now: datetime) -> Iterator[Hinweis]:
    seen = bild.letzte.get(("P14", "uhr"))
    if seen is None or seen.ergebnis is not Ergebnis.FEHLER or now - seen.zeit > bild.z.stale_after("P14"):
        return
    yield _hint("D47")


def _expiry(bild: Bild, now: datetime) -> Iterator[Hinweis]:
    for kind, until in expiries(bild):
        step = warning_step((until - now) / timedelta(days=1), bild.z.warnstufen_tage)
        if step is not None:
            yield _hint(
                "D48", {"Was": _KIND_NAMES.get(kind, kind), "Datum": f"{local(until):%d.%m.%Y}", "Tage": str(step)}
            )


def warning_step(days_left: float, steps: tuple[int, ...]) -> int | None:
    """The narrowest warning step that is reached; None = not yet, or already expired."""
    if days_left <= 0:
        return None
    return min((step for step in steps if days_left <= step), default=None)


def expiries(bild: Bild) -> list[tuple[str, datetime]]:
    """Every known end of validity: kind and moment, soonest first, one per kind and moment."""
    found: set[tuple[str, datetime]] = set()
    inventory = bild.gut.get(("P9", "zertifikate"))
    entries = inventory.daten.get("zertifikate") if inventory is not None else None
    for entry in entries if isinstance(entries, list) else ():
        _collect(found, entry.get("was"), entry.get("bis"))
    for series, kind in _SHOWN:
        good = bild.gut.get(series)
        if good is not None:
            _collect(found, kind, good.daten.get("not_after") or good.daten.get("bis"))
    return sorted(found, key=lambda row: row[1])


def _collect(found: set[tuple[str, datetime]], kind: Any, text: Any) -> None:
    try:
        until = datetime.fromisoformat(str(text))
    except ValueError:
        return
    if until.tzinfo is not None and not any(k == str(kind) and u.date() == until.date() for k, u in found):
        found.add((str(kind), until))


def _flap(bild: Bild, now: datetime) -> Iterator[Hinweis]:
    if any(bild.flapping(schicht, now) for schicht in Schicht):
        yield _hint("D49")


def kim_not_set_up(bild: Bild, now: datetime) -> bool:
    """Whether nobody ever told this program where the KIM-Clientmodul is: then KIM stays unknown."""
    last = bild.letzte.get(("P12", "kim"))
    if last is None or now - last.zeit > bild.z.stale_after("P12"):
        return False
    return last.ergebnis is Ergebnis.KEINE_AUSSAGE and last.schluessel == "kim.not_set_up"


def _without_kim(bild: Bild, now: datetime) -> Iterator[Hinweis]:
    if kim_not_set_up(bild, now):
        yield _hint("D52")


def _without_lagebild(bild: Bild, now: datetime) -> Iterator[Hinweis]:
    """Without the Lagebild a fault of a central service may stay unseen: that is said (rule 32).

    While the tunnel is down no central service can be used anyway, and D26 says what is missing.
    """
    if not bild.down(Schicht.LAGEBILD, now) or bild.blocked(Schicht.LAGEBILD, now) or bild.down(Schicht.VPN, now):
        return
    last = bild.staende[Schicht.LAGEBILD].letzter_fehler
    yield _hint("D53", variante=last.schluessel if last is not None else None)


def steps_passed(before: datetime, after: datetime, until: datetime, steps: tuple[int, ...]) -> tuple[int, ...]:
    """Warning steps that were crossed between two looks, also if days lie between them."""
    return tuple(step for step in steps if before < until - timedelta(days=step) <= after)
