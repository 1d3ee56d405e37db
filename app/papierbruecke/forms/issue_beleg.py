"""From a decision to paper: stored first, printed then, and asked whether paper came out.

The order may never change (design §3 rule 1): pages are rendered in memory, committed with
their Beleg, and only then sent to a printer; the job itself is an event before its bytes leave.
What is printed again is always the stored file. A spooler's yes is not paper: a person confirms.
"""

import logging
from collections.abc import Collection
from typing import Literal, Protocol
from uuid import UUID, uuid4

from papierbruecke.clock import Clock, local
from papierbruecke.errors import Einwand, EnvironmentFailure, InputRefused
from papierbruecke.forms.muster16 import blaetter, eingabe_of
from papierbruecke.forms.render import render_muster16
from papierbruecke.forms.render_ersatzschein import render_ersatzschein
from papierbruecke.forms.vorrat import Vordruck, Vorrat
from papierbruecke.outbox.model import Ereignis, Uebersicht, Zustand, may_follow
from papierbruecke.outbox.store import Outbox
from papierbruecke.record.kennung import new_kennung
from papierbruecke.record.model import (
    AuEingabe,
    Beleg,
    BelegArt,
    ErsatzscheinEingabe,
    Inhalt,
    RezeptEingabe,
    Weg,
)
from papierbruecke.settings import Einstellungen

Formular = Literal["muster16", "au", "ersatzschein"]
AUFTRAG, FEHLER, NACHDRUCK, VERDORBEN = "druckauftrag", "druckfehler", "nachdruck", "verdorben"
AUSFERTIGUNGEN: tuple[Literal["kk", "v", "ag"], ...] = ("kk", "v", "ag")
_FORMULAR: dict[BelegArt, Formular] = {
    BelegArt.REZEPT: "muster16",
    BelegArt.AU: "au",
    BelegArt.ERSATZSCHEIN: "ersatzschein",
}
_LOG = logging.getLogger(__name__)
_NAME = {"muster16": "Muster 16", "au": "AU", "ersatzschein": "Ersatzschein"}


class Printer(Protocol):
    """A way to paper."""

    def print(self, formular: str, pdf: bytes, titel: str) -> None:
        """Print these pages at 100 %, on the paper of this form.

        ``titel`` shows in print queues and never names a person. Returns when the job is
        handed over; raises EnvironmentFailure ``drucker.*`` if it is not.
        """


class IssueBeleg:
    """Issue, print, confirm. Belongs to the lane of its store."""

    def __init__(
        self,
        store: Outbox,
        clock: Clock,
        printer: Printer,
        settings: Einstellungen,
        uebung: bool = False,
        vorrat: Vorrat | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._printer = printer
        self._settings = settings
        self._uebung = uebung
        self._vorrat = vorrat

    # -- issue ---------------------------------------------------------------

    def issue_rezept(self, eingabe: RezeptEingabe, *, stoerung: UUID, wer: str) -> tuple[Uebersicht, ...]:
        """Store a prescription: one Beleg per pink sheet, all of one Vorgang. Nothing is printed yet."""
        sheets = blaetter(eingabe)
        if eingabe.kennung is not None and len(sheets) > 1:
            raise InputRefused((Einwand("kennung", "Design §6.4", "Eine Kennung gilt nur für ein einzelnes Blatt."),))
        vorgang = uuid4()
        return tuple(
            self._put(
                eingabe_of(eingabe, sheet), BelegArt.REZEPT, stoerung, wer, vorgang=vorgang, blatt=number, ersetzt=None
            )
            for number, sheet in enumerate(sheets, start=1)
        )

    def issue_au(self, eingabe: AuEingabe, *, stoerung: UUID, wer: str) -> Uebersicht:
        """Store a sick note with its three copies, each a file of its own. Nothing is printed yet."""
        return self._put(eingabe, BelegArt.AU, stoerung, wer, vorgang=uuid4(), blatt=1, ersetzt=None)

    def issue_ersatzschein(self, eingabe: ErsatzscheinEingabe, *, stoerung: UUID, wer: str) -> Uebersicht:
        """Store a slip of the Ersatzverfahren. Nothing is printed yet."""
        return self._put(eingabe, BelegArt.ERSATZSCHEIN, stoerung, wer, vorgang=uuid4(), blatt=1, ersetzt=None)

    def _put(
        self,
        inhalt: Inhalt,
        art: BelegArt,
        stoerung: UUID,
        wer: str,
        *,
        vorgang: UUID,
        blatt: int,
        ersetzt: UUID | None,
    ) -> Uebersicht:
        kennung = inhalt.kennung or new_kennung(art)
        stored = self._store.get(kennung)
        if stored is not None:
            return self._again(stored, inhalt)
        if self._store.uebersicht(kennung) is not None:
            raise _content_is_gone()
        now = self._clock.now()
        platz = self._settings.praxis.platz
        beleg = Beleg(
            kennung=kennung,
            belegnummer=self._nummer_on_paper(inhalt) or self._store.reserve_nummer(local(now).date(), platz),
            art=art,
            stoerung=stoerung,
            vorgang=vorgang,
            angelegt=now,
            platz=platz,
            weg=self._weg(art),
            inhalt=inhalt,
            blatt=blatt,
            ersetzt=ersetzt,
        )
        line = self._store.put(beleg, self._pages(beleg), wer)
        if isinstance(inhalt, ErsatzscheinEingabe) and inhalt.ersatzschein.auf_muster5:
            # Nothing of ours is printed on it: the patient signs a Vordruck out of the drawer.
            self._count("muster5")
        return line

    def _nummer_on_paper(self, inhalt: Inhalt) -> str | None:
        """The number of the Notfallmappe, if this was written by hand on one of its sheets."""
        if inhalt.kennung is None:
            return None
        return next((n for n, kennung in self._store.preprinted().items() if kennung == inhalt.kennung), None)

    def _again(self, stored: Beleg, inhalt: Inhalt) -> Uebersicht:
        """The same Kennung again: the same Beleg, or a refusal; never two contents under one number."""
        line = self._store.uebersicht(stored.kennung)
        if stored.inhalt != inhalt or line is None:
            text = "Diese Kennung gehört schon zu einem anderen Beleg. Bitte die Angabe weglassen."
            raise InputRefused((Einwand("kennung", "Design §3", text),))
        return line

    def _weg(self, art: BelegArt) -> Weg:
        if art is BelegArt.ERSATZSCHEIN:
            return Weg.PVS  # only the practice system reads the card later
        return self._settings.weg_au if art is BelegArt.AU else self._settings.weg_rezept

    def _pages(self, beleg: Beleg) -> dict[str, bytes]:
        if isinstance(beleg.inhalt, RezeptEingabe):
            status = self._settings.druck.unfall_mit_status
            return {"muster16": render_muster16(beleg.inhalt, uebung=self._uebung, unfall_mit_status=status)}
        if isinstance(beleg.inhalt, ErsatzscheinEingabe):
            kim_adresse = self._settings.kim.adresse
            pdf = render_ersatzschein(
                beleg.inhalt, belegnummer=beleg.belegnummer, kim_adresse=kim_adresse, uebung=self._uebung
            )
            return {"ersatzschein": pdf}
        from papierbruecke.forms.render_au import render_au

        return {
            copy: render_au(
                beleg.inhalt,
                (copy,),
                kennung=beleg.kennung,
                belegnummer=beleg.belegnummer,
                pruefnummer=self._settings.pruefnummer,
                papier="a4" if self._settings.druck.au_papier == "a4" else "a5",
                uebung=self._uebung,
            )
            for copy in AUSFERTIGUNGEN
        }

    # -- print ---------------------------------------------------------------

    def print_beleg(
        self,
        kennung: UUID,
        *,
        wer: str,
        grund: str = "",
        freigabe: str = "",
        ausfertigungen: Collection[str] = AUSFERTIGUNGEN,
    ) -> None:
        """Send the stored pages to the printer, always the same bytes.

        ``ausfertigungen``: which copies of an AU (TA eAU P6-02 AK4), for example only the one
        that jammed; they leave in the order kk, v, ag.

        A first print needs nothing more, and a spoilt sheet may simply be printed again. What is
        on paper already needs a ``grund``. A pink sheet is never sent twice unasked: as long as
        nobody answered what became of the last job it is refused; if it was confirmed once, it
        needs the doctor's ``freigabe`` (the sign of the doctor, design §4), and while the first
        sheet is valid there is no second one at all, only ``replace``. Raises EnvironmentFailure
        ``drucker.*`` with the Belegnummer: the Beleg is stored and not printed.
        """
        line = self._line(kennung)
        _demand_paper(line)
        on_paper = line.zustand not in (Zustand.ERFASST, Zustand.VERDORBEN)
        if not set(AUSFERTIGUNGEN) & set(ausfertigungen):
            raise InputRefused((Einwand("ausfertigungen", "TA eAU P6-02 AK4", "Möglich sind kk, v und ag."),))
        if line.art is BelegArt.REZEPT:
            self._check_pink(line, on_paper, freigabe)
        elif on_paper:
            _demand(grund)
        if grund.strip() or freigabe.strip():
            self._store.note(kennung, NACHDRUCK, wer, _detail(grund, freigabe))
        self._send(line, wer, ausfertigungen)

    def _check_pink(self, line: Uebersicht, on_paper: bool, freigabe: str) -> None:
        if on_paper:
            text = "Dieses Rezept ist schon gedruckt. Ist es verloren: bitte ein Ersatzblatt mit Grund ausstellen."
            raise InputRefused((Einwand("beleg", "Design §4", text),))
        events = self._store.events(line.kennung)
        if _unanswered(events):
            text = "Der letzte Druck ist noch nicht beantwortet: Ist das Papier richtig herausgekommen?"
            raise InputRefused((Einwand("beleg", "Design §8", text),))
        if any(event.zustand is Zustand.GEDRUCKT for event in events):
            _demand_freigabe(freigabe)

    def _send(self, line: Uebersicht, wer: str, ausfertigungen: Collection[str]) -> None:
        formular = _FORMULAR[line.art]
        pages = self._store.seiten(line.kennung)
        if not pages:
            raise _content_is_gone()
        copies = line.art is BelegArt.AU
        chosen = [name for name in AUSFERTIGUNGEN if name in ausfertigungen]
        names = [name for name in chosen if name in pages] if copies else sorted(pages)
        for name in names:
            titel = f"{_NAME[formular]} {line.belegnummer}" + (f" {name}" if copies else "")
            try:
                self._store.note(line.kennung, AUFTRAG, wer, {"formular": formular, "seite": name})
                self._printer.print(formular, pages[name], titel)
            except EnvironmentFailure as failure:
                self._note_failure(line.kennung, wer, name, failure)
                raise EnvironmentFailure(
                    failure.code, failure.text, retryable=failure.retryable, belegnummer=line.belegnummer
                ) from failure
            if formular == "muster16":
                self._count("muster16")

    def _note_failure(self, kennung: UUID, wer: str, seite: str, failure: EnvironmentFailure) -> None:
        try:
            self._store.note(kennung, FEHLER, wer, {"seite": seite, "code": failure.code})
        except EnvironmentFailure as full:
            # The desk hears of the first failure; without its note somebody will be asked about the paper.
            _LOG.warning("druckfehler %s", full.code)

    def _count(self, vordruck: Vordruck) -> None:
        if self._vorrat is None:
            return
        try:
            self._vorrat.take(vordruck, 1)
        except EnvironmentFailure as failure:
            # A counter that cannot be written must never stand between a patient and the paper.
            _LOG.warning("vorrat %s", failure.code)

    # -- what became of the paper --------------------------------------------

    def confirm_printed(self, kennung: UUID, wer: str) -> Uebersicht:
        """A person saw the paper and it is right."""
        line = self._line(kennung)
        if line.zustand not in (Zustand.ERFASST, Zustand.VERDORBEN):
            return line
        return self._store.advance(kennung, line.zustand, Zustand.GEDRUCKT, wer)

    def spoilt(self, kennung: UUID, wer: str, grund: str) -> Uebersicht:
        """The sheet is spoilt and was never handed over; the same bytes may be printed again."""
        line = self._line(kennung)
        _demand(grund)
        detail = {"grund": grund.strip()}
        if line.zustand is Zustand.VERDORBEN:
            self._store.note(kennung, VERDORBEN, wer, detail)
            return line
        return self._store.advance(kennung, line.zustand, Zustand.VERDORBEN, wer, detail)

    def replace(
        self, kennung: UUID, *, wer: str, grund: str, freigabe: str = "", eingabe: Inhalt | None = None
    ) -> Uebersicht:
        """A new Beleg in the place of one that is lost or wrong; the old one points nowhere any more.

        Without ``eingabe`` the content is the same (lost paper). It has its own Kennung and
        Belegnummer and is not printed yet. For a Muster 16 the doctor decides (``freigabe``),
        because the lost sheet may still reach a pharmacy (design §4).
        """
        line, old = self._line(kennung), self._store.get(kennung)
        _demand_paper(line)
        _demand(grund)
        if line.art is BelegArt.REZEPT:
            _demand_freigabe(freigabe)
        if old is None or not may_follow(line.art, line.zustand, Zustand.ERSETZT):
            text = "Dieser Beleg lässt sich in seinem jetzigen Stand nicht ersetzen."
            raise InputRefused((Einwand("beleg", "Design §4", text),))
        inhalt = (eingabe or old.inhalt).model_copy(update={"kennung": None})
        made = self._put(inhalt, line.art, old.stoerung, wer, vorgang=old.vorgang, blatt=old.blatt, ersetzt=old.kennung)
        # The new one first: a crash in between leaves two papers to ask about, never none.
        detail = _detail(grund, freigabe) | {"ersetzt_durch": made.belegnummer}
        self._store.advance(kennung, line.zustand, Zustand.ERSETZT, wer, detail)
        return made

    def _line(self, kennung: UUID) -> Uebersicht:
        line = self._store.uebersicht(kennung)
        if line is None:
            raise InputRefused((Einwand("beleg", "Design §3", "Diesen Beleg gibt es hier nicht."),))
        return line


def _demand_paper(line: Uebersicht) -> None:
    if line.art not in _FORMULAR:
        raise InputRefused((Einwand("beleg", "Design §3", "Davon druckt dieses Programm kein Papier."),))


def _content_is_gone() -> InputRefused:
    text = "Der Inhalt dieses Belegs ist nach der Aufbewahrungsregel gelöscht; er steht in der Praxissoftware."
    return InputRefused((Einwand("beleg", "Design §3", text),))


def _unanswered(events: list[Ereignis]) -> bool:
    """Whether a job left for the printer and nobody has said yet what became of it."""
    open_job = False
    for event in events:
        if event.was == AUFTRAG:
            open_job = True
        elif event.was in (FEHLER, VERDORBEN) or event.zustand in (Zustand.GEDRUCKT, Zustand.VERDORBEN):
            open_job = False
    return open_job


def _detail(grund: str, freigabe: str) -> dict[str, str]:
    return {name: text.strip() for name, text in (("grund", grund), ("freigabe", freigabe)) if text.strip()}


def _demand(grund: str) -> None:
    if not grund.strip():
        raise InputRefused((Einwand("grund", "Design §8", "Bitte einen Grund angeben."),))


def _demand_freigabe(freigabe: str) -> None:
    if not freigabe.strip():
        text = "Ein zweites rosa Blatt gibt nur die Ärztin oder der Arzt frei."
        raise InputRefused((Einwand("freigabe", "Design §4", text),))
