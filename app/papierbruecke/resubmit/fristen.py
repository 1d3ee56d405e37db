"""Until when? Every deadline of the day after as data, counted in Werktage of the practice's Land (pure).

A Werktag is Monday to Friday without the public holidays of the Bundesland; the sources define it
only for the Storno (Saturday excluded), the rest is our reading (domain sheet eau-kim §1.3).
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from papierbruecke.clock import PRAXISZEIT, local

if TYPE_CHECKING:
    from holidays import HolidayBase

Ab = Literal["moment", "tag_ende", "werktag_ende", "quartal_ende"]


@dataclass(frozen=True, slots=True)
class Frist:
    """One rule: after what, how long, what then; ``region`` is a KV or ``bund``, ``gilt_ab`` its first day."""

    id: str
    ab: Ab  # how the length is counted: from the moment, to the end of that day, Werktag or quarter
    laenge: int  # hours (moment), days (tag_ende), Werktage (werktag_ende), quarters (quartal_ende)
    satz: str  # what the practice must do by then
    quelle: str
    region: str = "bund"
    gilt_ab: date = date(2022, 7, 1)


FRISTEN: dict[str, Frist] = {
    frist.id: frist
    for frist in (
        Frist("au.senden", "werktag_ende", 1, "Krankschreibung elektronisch senden.", "TA eAU V1.26 P6-03 AC3a"),
        Frist(
            "au.post",
            "werktag_ende",
            1,
            "Krankenkassen-Ausfertigung mit der Post schicken, wenn das Senden bis dahin nicht gelingt.",
            "TA eAU V1.26 P6-02 AC1c; KBV, Elektronische Arbeitsunfähigkeitsbescheinigung",
        ),
        Frist("au.dsn", "moment", 24, "Die Zustellbestätigung müsste jetzt da sein.", "TA eAU V1.26 P5-04 AC5"),
        Frist(
            "au.kassenfehler",
            "werktag_ende",
            1,
            "Fehler der Krankenkasse beheben, sonst Ausfertigung mit der Post schicken.",
            "TA eAU V1.26 P5-04 AC6",
        ),
        Frist("au.wiederholen", "moment", 4, "Noch einmal senden.", "TA eAU V1.26 P5-04 AC15"),
        Frist("au.aufgeben", "werktag_ende", 3, "Ab jetzt nur noch von Hand senden.", "TA eAU V1.26 P5-04 AC15"),
        Frist("au.storno", "werktag_ende", 120, "Danach ist kein Storno mehr möglich.", "TA eAU V1.26 P6-04 AC5"),
        Frist("rezept.dokumentieren", "tag_ende", 0, "In der Praxissoftware dokumentieren.", "§ 630f Abs. 1 BGB"),
        Frist("ersatzschein.pvs", "tag_ende", 0, "In die Praxissoftware übernehmen.", "§ 630f Abs. 1 BGB"),
        Frist("ersatzschein.karte", "quartal_ende", 0, "Karte im selben Quartal einlesen.", "KVDT 6.06 P2-150"),
        Frist("stoerung.nachfragen", "tag_ende", 7, "Besteht die Störung noch?", "TA eAU V1.26 P6-05 AC3a"),
    )
}


class Kalender:
    """Counts Werktage in one Bundesland (``BY``, ``NW``, …; empty: the holidays of all Länder)."""

    def __init__(self, bundesland: str = "") -> None:
        self._bundesland = bundesland

    @cached_property
    def _feiertage(self) -> "HolidayBase":
        import holidays  # 0.3 s that the window need not wait for

        known = holidays.country_holidays("DE").subdivisions
        return holidays.country_holidays("DE", subdiv=self._bundesland if self._bundesland in known else None)

    def is_werktag(self, tag: date) -> bool:
        """Monday to Friday and no public holiday."""
        return tag.weekday() < 5 and tag not in self._feiertage

    def werktage_after(self, tag: date, count: int) -> date:
        """The ``count``-th Werktag after a day (0: the day itself)."""
        for _ in range(count):
            tag += timedelta(days=1)
            while not self.is_werktag(tag):
                tag += timedelta(days=1)
        return tag

    def due(self, frist: Frist, start: datetime) -> datetime:
        """When a deadline that started at ``start`` runs out; aware, in the practice's time."""
        if frist.ab == "moment":
            return start + timedelta(hours=frist.laenge)
        tag = local(start).date()
        if frist.ab == "tag_ende":
            tag += timedelta(days=frist.laenge)
        elif frist.ab == "werktag_ende":
            tag = self.werktage_after(tag, frist.laenge)
        else:
            months = tag.year * 12 + (tag.month - 1) // 3 * 3 + 3 * (frist.laenge + 1)
            tag = date(months // 12, months % 12 + 1, 1) - timedelta(days=1)
        return datetime.combine(tag, time(23, 59, 59), tzinfo=PRAXISZEIT)
