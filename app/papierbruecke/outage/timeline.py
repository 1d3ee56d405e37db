"""The history as a timeline: what worked when, by our own measuring and by the Lagebild (pure).

Every row of the history says that somebody watched; between two rows that are further apart than
six minutes nobody did, and that time counts for nothing. Source: issue 3 item 5; ui/lage.png.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from papierbruecke.outage.answer import DIENST_NAMEN
from papierbruecke.outage.model import Dienst
from papierbruecke.outage.samples import TAKT, Zeile
from papierbruecke.redact import Value

VORLAUF = timedelta(days=1)
"""How much history before the begin is needed to know the state at the begin."""
_WATCHED = TAKT + timedelta(minutes=1)
_LAYERS = (("P3", "internet", "Internet"), ("P4", "konnektor", "Konnektor"), ("P12", "kim", "KIM-Programm"))
TUNNEL = "TI-Zugang"
GEMATIK = "laut gematik"
_GEMATIK_APPS = {"vsdm": Dienst.VSDM, "erezept": Dienst.EREZEPT, "kim": Dienst.KIM, "epa": Dienst.EPA}


class Farbton(StrEnum):
    """State of one piece of a timeline; the pattern comes from the window."""

    VERFUEGBAR = "verfuegbar"
    GESTOERT = "gestoert"
    UNKLAR = "unklar"
    KEINE_MESSUNG = "keine_messung"


WORTE = {
    Farbton.VERFUEGBAR: "verfügbar",
    Farbton.GESTOERT: "gestört",
    Farbton.UNKLAR: "unklar",
    Farbton.KEINE_MESSUNG: "keine Messung",
}


class Abschnitt(Value):
    """A stretch of time in one state."""

    von: datetime
    bis: datetime
    zustand: Farbton


class Spur(Value):
    """One line of the timeline. ``anteil``: available share of the time that was judged, 0 to 1."""

    name: str
    abschnitte: tuple[Abschnitt, ...]
    anteil: float | None
    ausfall_s: float


class Verlauf(Value):
    """All lines of a period."""

    von: datetime
    bis: datetime
    spuren: tuple[Spur, ...]


def build_verlauf(rows: Iterable[Zeile], von: datetime, bis: datetime) -> Verlauf:
    """The timeline of a period; ``rows``: history from ``VORLAUF`` before it, oldest first."""
    names = [name for *_, name in _LAYERS] + [TUNNEL, *DIENST_NAMEN.values()]
    names += [f"{DIENST_NAMEN[dienst]} ({GEMATIK})" for dienst in _GEMATIK_APPS.values()]
    pieces: dict[str, list[Abschnitt]] = {name: [] for name in names}
    for begin, end, state in _stretches(rows):
        lower, upper = max(begin, von), min(end, bis)
        if lower >= upper:
            continue
        for name in names:
            _append(pieces[name], lower, upper, state.get(name, Farbton.KEINE_MESSUNG))
    return Verlauf(von=von, bis=bis, spuren=tuple(_spur(name, pieces[name]) for name in names))


def _stretches(rows: Iterable[Zeile]) -> Iterator[tuple[datetime, datetime, dict[str, Farbton]]]:
    state: dict[str, Farbton] = {}
    last: datetime | None = None
    for row in rows:
        if last is not None and row.zeit > last:
            yield last, min(row.zeit, last + _WATCHED), state
            if row.zeit - last > _WATCHED:
                state = {}
        state = state | _told(row)
        last = row.zeit
    if last is not None:
        yield last, last + _WATCHED, state


def _told(row: Zeile) -> dict[str, Farbton]:
    """What a row says about the lines."""
    if row.was == "diagnose":
        dienste = row.inhalt.get("dienste", {})
        return {DIENST_NAMEN[Dienst(name)]: Farbton(zustand) for name, zustand in dienste.items()}
    words: list[dict[str, Any]] = row.inhalt.get("proben", []) if row.was == "takt" else [row.inhalt]
    told: dict[str, Farbton] = {}
    for word in words:
        told |= _word(word)
    return told


def _word(word: dict[str, Any]) -> dict[str, Farbton]:
    ergebnis = word.get("ergebnis")
    if ergebnis not in ("ok", "fehler"):
        return {}
    for probe, ziel, name in _LAYERS:
        if (word.get("probe"), word.get("ziel")) == (probe, ziel):
            return {name: _ton(ergebnis == "ok")}
    daten = word.get("daten", {})
    if word.get("probe") == "P7" and ergebnis == "ok":
        vpn = word.get("vpn_ti", daten.get("vpn_ti"))
        return {TUNNEL: _ton(vpn)} if isinstance(vpn, bool) else {}
    if word.get("probe") == "P13" and ergebnis == "ok":
        return {
            f"{DIENST_NAMEN[dienst]} ({GEMATIK})": _ton(daten[app] == "ok")
            for app, dienst in _GEMATIK_APPS.items()
            if app in daten
        }
    return {}


def _ton(ok: bool) -> Farbton:
    return Farbton.VERFUEGBAR if ok else Farbton.GESTOERT


def _append(pieces: list[Abschnitt], von: datetime, bis: datetime, zustand: Farbton) -> None:
    if pieces and pieces[-1].bis == von and pieces[-1].zustand is zustand:
        pieces[-1] = pieces[-1].model_copy(update={"bis": bis})
    else:
        pieces.append(Abschnitt(von=von, bis=bis, zustand=zustand))


def _spur(name: str, pieces: Sequence[Abschnitt]) -> Spur:
    length = dict.fromkeys(Farbton, 0.0)
    for piece in pieces:
        length[piece.zustand] += (piece.bis - piece.von).total_seconds()
    judged = length[Farbton.VERFUEGBAR] + length[Farbton.GESTOERT]
    shown = tuple(piece for piece in pieces if piece.zustand is not Farbton.KEINE_MESSUNG)
    share = length[Farbton.VERFUEGBAR] / judged if judged else None
    return Spur(name=name, abschnitte=shown, anteil=share, ausfall_s=length[Farbton.GESTOERT])


def buckets(spur: Spur, von: datetime, bis: datetime, anzahl: int) -> tuple[Farbton, ...]:
    """A line in equal fields: the worst state that a field saw, for a drawing of fixed width."""
    width = (bis - von) / anzahl
    worst = [Farbton.KEINE_MESSUNG] * anzahl
    rank = {Farbton.KEINE_MESSUNG: 0, Farbton.VERFUEGBAR: 1, Farbton.UNKLAR: 2, Farbton.GESTOERT: 3}
    for piece in spur.abschnitte:
        first = max(0, int((piece.von - von) / width))
        last = min(anzahl - 1, int((piece.bis - timedelta(microseconds=1) - von) / width))
        for index in range(first, last + 1):
            worst[index] = max(worst[index], piece.zustand, key=rank.__getitem__)
    return tuple(worst)
