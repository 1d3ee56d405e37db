"""The Ersatzverfahren is not over with the entry: the card or an eEB is awaited until the quarter ends.

Source: KVDT P2-150; TA-EEB; domain sheet reconciliation §3.6, §3.7, §9.1.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from papierbruecke.clock import local
from papierbruecke.errors import Einwand, InputRefused
from papierbruecke.outbox.model import SPALTE, Spalte, Uebersicht
from papierbruecke.outbox.store import Outbox
from papierbruecke.practice.eeb import EebAnfrage, plan_request
from papierbruecke.record.model import BelegArt, ErsatzscheinEingabe
from papierbruecke.redact import PatientValue
from papierbruecke.resubmit.by_hand import proof_of
from papierbruecke.resubmit.fristen import FRISTEN, Kalender


class Nachlesen(PatientValue):
    """One slip that waits for a proof. ``anfrage``: the eEB that the patient agreed to, ready to copy."""

    beleg: Uebersicht
    bis: datetime
    ueberfaellig: bool
    anfrage: EebAnfrage | None

    def as_dict(self) -> dict[str, Any]:
        """For the command line."""
        return {
            "belegnummer": self.beleg.belegnummer,
            "patient": self.beleg.patient,
            "bis": self.bis.isoformat(),
            "ueberfaellig": self.ueberfaellig,
            "eeb_anfrage": self.anfrage.model_dump(mode="json") if self.anfrage else None,
            "satz": self.satz,
        }

    def line(self) -> str:
        """The same for people."""
        return f"{self.beleg.belegnummer}  {self.beleg.patient}  {self.satz} Bis {local(self.bis):%d.%m.%Y}."

    @property
    def satz(self) -> str:
        """What to do."""
        if self.ueberfaellig:
            return "Das Quartal ist vorbei: im Ersatzverfahren abrechnen, den unterschriebenen Schein aufheben."
        if self.anfrage is not None:
            return "Karte im selben Quartal einlesen, oder die Ersatzbescheinigung (eEB) bei der Kasse anfragen."
        return "Karte im selben Quartal in der Praxissoftware einlesen."


def read_later(store: Outbox, now: datetime) -> tuple[Nachlesen, ...]:
    """Every valid slip without a proof, also those that are entered already; the nearest deadline first."""
    found: list[Nachlesen] = []
    for zeile in store.find(art=BelegArt.ERSATZSCHEIN):
        if SPALTE[zeile.zustand] is Spalte.HINFAELLIG or proof_of(store.events(zeile.kennung)) is not None:
            continue
        bis = Kalender().due(FRISTEN["ersatzschein.karte"], zeile.angelegt)
        anfrage = _request(slip_of(store, zeile.kennung))
        found.append(Nachlesen(beleg=zeile, bis=bis, ueberfaellig=now > bis, anfrage=anfrage))
    return tuple(sorted(found, key=lambda each: (each.bis, each.beleg.patient.casefold(), each.beleg.belegnummer)))


def slip_of(store: Outbox, kennung: UUID) -> ErsatzscheinEingabe:
    """What stands on a stored slip; InputRefused if this Beleg is none."""
    beleg = store.get(kennung)
    if beleg is None or not isinstance(beleg.inhalt, ErsatzscheinEingabe):
        text = "Nur ein Ersatzschein wird mit der Karte verglichen."
        raise InputRefused((Einwand("nummer", "KVDT P2-150", text),))
    return beleg.inhalt


def _request(slip: ErsatzscheinEingabe) -> EebAnfrage | None:
    if slip.versicherter is None or not slip.ersatzschein.eeb_einverstanden:
        return None
    wanted = plan_request(slip.versicherter, slip.versicherung, slip.datum, einverstanden=True)
    return wanted if isinstance(wanted, EebAnfrage) else None
