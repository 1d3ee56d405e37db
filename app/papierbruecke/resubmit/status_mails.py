"""What arrived in the KIM box and what became of it, so that nothing that arrived is invisible.

Status mails are hidden from the daily lists but kept (TA eAU V1.26 P5-04 AC16); what belongs to no
Beleg of ours lies in quarantine with its reason. Foreign mail is only counted: it is not ours to read.
"""

from datetime import datetime
from typing import Any

from papierbruecke.clock import local
from papierbruecke.outbox.model import GeleseneMail
from papierbruecke.outbox.store import Outbox
from papierbruecke.redact import Value

OHNE_SENDUNG = "gehört zu keiner Sendung dieses Platzes; vielleicht hat die Praxissoftware sie verschickt"
_SATZ = {
    "zugestellt": "Zustellbestätigung",
    "verzoegert": "Zustellung verzögert",
    "fehlgeschlagen": "Zustellung fehlgeschlagen",
    "lesebestaetigung": "Lesebestätigung",
    "fehlernachricht": "Fehlernachricht einer Krankenkasse",
    "ersatzbescheinigung": "Ersatzbescheinigung (eEB)",
    "clientmodul": "Fehlermeldung des KIM-Clientmoduls",
    "zustellnachricht": "Zustellnachricht",
}
_GRUND = {
    "ohne eigene Sendung": OHNE_SENDUNG,
    "zu einem erledigten Beleg": "kam, als der Beleg schon auf anderem Weg erledigt war; bitte prüfen",
    ", aber schon zugestellt": "kam nach der Bestätigung und ändert nichts",
}
FREMD = "fremd"


class Statusmail(Value):
    """One mail: when it was read, what it is, and why it changed nothing (``grund``), if so."""

    uidl: str
    zeit: datetime
    satz: str
    grund: str | None = None

    def line(self) -> str:
        """For people; names nobody."""
        return f"{local(self.zeit):%d.%m.%Y %H:%M}  {self.satz}{f' – {self.grund}' if self.grund else ''}"


class Postfach(Value):
    """The mails that this program read, newest first, and how many are none of its business."""

    mails: tuple[Statusmail, ...]
    fremde: int

    @property
    def quarantaene(self) -> int:
        """How many changed nothing, and somebody may want to look why."""
        return sum(mail.grund is not None for mail in self.mails)

    def as_dict(self) -> dict[str, Any]:
        """For the command line."""
        return {"mails": [mail.model_dump(mode="json") for mail in self.mails], "fremde": self.fremde}

    def lines(self) -> list[str]:
        """The same for people."""
        foreign = [f"Fremde Mails, die ungelesen bleiben: {self.fremde}."] if self.fremde else []
        return [*(mail.line() for mail in self.mails), *foreign] or ["Im KIM-Postfach wurde noch nichts gelesen."]


def status_mails(store: Outbox) -> Postfach:
    """What the Nachversand read in the box, at most the newest 500."""
    read = store.read_mails()
    mails = tuple(_statusmail(each) for each in read if each.was != FREMD)
    return Postfach(mails=mails, fremde=sum(each.was == FREMD for each in read))


def _statusmail(mail: GeleseneMail) -> Statusmail:
    kind = mail.was.replace(",", " ").split(" ", 1)[0]
    grund = next((text for key, text in _GRUND.items() if key in mail.was), None)
    codes = mail.was.removeprefix("clientmodul").strip() if kind == "clientmodul" and grund is None else ""
    satz = _SATZ.get(kind, mail.was)
    return Statusmail(uidl=mail.uidl, zeit=mail.zeit, satz=f"{satz} ({codes})" if codes else satz, grund=grund)
