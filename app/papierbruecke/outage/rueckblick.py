"""The outages of one calendar year: each with cause, length and Dienste, each Dienst with its figures (pure).

A Störung that crosses the border of the year belongs to both years, with its part in each; its
length is always the whole one. Lengths are real time, also across the change of the clocks.
Source: issue 8 item 6 (outage history); issue 3 item 5 (availability figures per Dienst).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from papierbruecke.clock import PRAXISZEIT, local
from papierbruecke.outage.answer import DIENST_NAMEN
from papierbruecke.outage.catalogue import fill, katalog
from papierbruecke.outage.incident import Stoerung
from papierbruecke.outage.model import Dienst
from papierbruecke.outage.timeline import Verlauf
from papierbruecke.redact import Value

UNBENANNT = "Ursache nicht benannt"


class Strecke(Value):
    """A stretch of time within the year."""

    von: datetime
    bis: datetime

    @property
    def dauer_s(self) -> float:
        """Its length in seconds."""
        return (self.bis - self.von).total_seconds()


class Ausfall(Value):
    """One Störung. ``teil`` and ``dienste``: what of it lies in the year; ``dauer_s``: its whole length until now."""

    nummer: int
    beginn: datetime
    ende: datetime | None
    teil: Strecke
    dienste: dict[Dienst, Strecke]
    dauer_s: float
    ursache: str
    zustaendig: str


class DienstJahr(Value):
    """One Dienst. ``anteil``: measured availability of the time that was judged, 0 to 1; None: nobody measured."""

    dienst: Dienst
    ausfaelle: int
    papier_s: float
    anteil: float | None


class Rueckblick(Value):
    """The year, oldest outage first; ``stand`` is the moment until which it can be known."""

    jahr: int
    von: datetime
    bis: datetime
    stand: datetime
    ausfaelle: tuple[Ausfall, ...]
    dienste: tuple[DienstJahr, ...]

    @property
    def papier_s(self) -> float:
        """How long at least one Dienst was on paper, in seconds; overlapping outages count once."""
        return _union(a.teil for a in self.ausfaelle)


def year(jahr: int) -> tuple[datetime, datetime]:
    """Begin and end of a calendar year on the practice's clock."""
    return datetime(jahr, 1, 1, tzinfo=PRAXISZEIT), datetime(jahr + 1, 1, 1, tzinfo=PRAXISZEIT)


def years(stoerungen: Iterable[Stoerung], now: datetime) -> tuple[int, int]:
    """The first and the last year that have something to show."""
    this = local(now).year
    return min((local(s.beginn).year for s in stoerungen if not s.einzelfaelle), default=this), this


def build_rueckblick(stoerungen: Iterable[Stoerung], verlauf: Verlauf, jahr: int, now: datetime) -> Rueckblick:
    """The year in review; ``verlauf``: the measured timeline of the same year. Einzelfälle are no outage."""
    von, bis = year(jahr)
    stand = max(von, min(bis, now))
    known = sorted((s for s in stoerungen if not s.einzelfaelle), key=lambda s: s.beginn)
    within = [s for s in known if s.beginn < stand and (s.ende or now) > von]
    ausfaelle = tuple(_ausfall(number, s, von, stand, now) for number, s in enumerate(within, start=1))
    shares = {spur.name: spur.anteil for spur in verlauf.spuren}
    return Rueckblick(
        jahr=jahr,
        von=von,
        bis=bis,
        stand=stand,
        ausfaelle=ausfaelle,
        dienste=tuple(_figures(dienst, ausfaelle, shares.get(DIENST_NAMEN[dienst])) for dienst in Dienst),
    )


def _ausfall(nummer: int, stoerung: Stoerung, von: datetime, stand: datetime, now: datetime) -> Ausfall:
    end = stoerung.ende or now
    back = dict(stoerung.wieder)
    parts = {dienst: _part(stoerung.beginn, back.get(dienst, end), von, stand) for dienst in stoerung.dienste}
    row = katalog().diagnosen.get(stoerung.diagnose or "")
    titel = fill(row.titel, {}) if row is not None else ""
    return Ausfall(
        nummer=nummer,
        beginn=stoerung.beginn,
        ende=stoerung.ende,
        teil=Strecke(von=max(stoerung.beginn, von), bis=min(end, stand)),
        dienste={dienst: part for dienst, part in parts.items() if part is not None},
        dauer_s=(end - stoerung.beginn).total_seconds(),
        ursache=titel or stoerung.grund or UNBENANNT,
        zustaendig=fill(row.verantwortlich, {}) if row is not None else "",
    )


def _part(begin: datetime, end: datetime, von: datetime, bis: datetime) -> Strecke | None:
    lower, upper = max(begin, von), min(end, bis)
    return Strecke(von=lower, bis=upper) if lower < upper else None


def _figures(dienst: Dienst, ausfaelle: tuple[Ausfall, ...], anteil: float | None) -> DienstJahr:
    parts = [a.dienste[dienst] for a in ausfaelle if dienst in a.dienste]
    return DienstJahr(dienst=dienst, ausfaelle=len(parts), papier_s=_union(parts), anteil=anteil)


def _union(parts: Iterable[Strecke]) -> float:
    total, reached = timedelta(), None
    for part in sorted(parts, key=lambda p: p.von):
        begin = part.von if reached is None else max(part.von, reached)
        if part.bis > begin:
            total += part.bis - begin
            reached = part.bis
    return total.total_seconds()


def dauer(seconds: float) -> str:
    """A length as one says it: ``47 Min.``, ``5 Std. 47 Min.``, ``3 Tage 4 Std.``"""
    minutes = round(seconds / 60)
    hours, rest = divmod(minutes, 60)
    if hours < 48:
        words = [f"{hours} Std."] if hours else []
        return " ".join([*words, f"{rest} Min."] if rest or not hours else words)
    days, left = divmod(round(minutes / 60), 24)
    return f"{days} Tage {left} Std." if left else f"{days} Tage"
