"""Composition root: the only file that names concrete adapters.

``Desk`` is what both surfaces, the command line and the window, work with: one data folder,
its settings, and the services over it. Everything is made on first use, so that ``rezept``
needs no store and ``karte`` needs no Konnektor. Heavy libraries are imported where they are
used, because the first thing that the desk sees is how long the window takes.
"""

import threading
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from papierbruecke.card.model import KarteGelesen, Kartenergebnis, Versicherung, Warnung
from papierbruecke.clock import Clock, SystemClock, local
from papierbruecke.outage.incident import Stoerung, dienste_in_papier
from papierbruecke.outage.model import Dienst, Lage, Messung, Umfeld
from papierbruecke.outbox.model import Uebersicht
from papierbruecke.outbox.store import Outbox
from papierbruecke.record.model import AuEingabe, Eingabe, RezeptEingabe
from papierbruecke.record.rules import Befund
from papierbruecke.record.take_beleg import accept_au, accept_rezept, check_au, check_personalien, check_rezept
from papierbruecke.settings import Einstellungen

if TYPE_CHECKING:
    from papierbruecke.card.read_card import CardReader
    from papierbruecke.forms.issue_beleg import IssueBeleg, Printer
    from papierbruecke.forms.vorrat import Vorrat
    from papierbruecke.kim.model import Kim
    from papierbruecke.konnektor.model import Konnektor
    from papierbruecke.outage.samples import Samples
    from papierbruecke.outage.switch_mode import SwitchMode
    from papierbruecke.outage.watch import Watch
    from papierbruecke.practice.find_kostentraeger import FindKostentraeger
    from papierbruecke.reconcile.ledger import Abgleich
    from papierbruecke.resubmit.by_hand import ByHand
    from papierbruecke.resubmit.drain_outbox import DrainErgebnis, DrainOutbox
    from papierbruecke.vault.key import Key

BELEGE = "belege.db"
LAGE = "lage.db"
SIMULATOR_MARKER = "simulator.json"


class Desk:
    """One desk: a data folder and every service over it.

    The store and the samples are opened once per thread (SQLCipher connections belong to
    the thread that opened them); ``close`` gives back those of the calling thread.
    """

    def __init__(
        self,
        daten: Path,
        *,
        passphrase: str | None = None,
        clock: Clock | None = None,
        card_reader: "CardReader | None" = None,
        printer: "Printer | None" = None,
    ) -> None:
        self.daten = daten
        self.clock: Clock = clock or SystemClock()
        self._passphrase = passphrase
        self._card_reader = card_reader
        self._printer = printer
        self._local = threading.local()
        self._key_lock = threading.Lock()
        self._key: Key | None = None

    @property
    def uebung(self) -> bool:
        """Whether everything here is a drill: only simulator folders carry the marker."""
        return (self.daten / SIMULATOR_MARKER).is_file()

    @property
    def set_up(self) -> bool:
        """Whether this folder holds anything yet; reading commands never create a store."""
        return (self.daten / "schluessel.json").exists() or any(self.daten.glob("*.db"))

    def key(self) -> "Key":
        """The key of this folder, made on first use; raises ``speicher.schluessel``."""
        from papierbruecke.vault.key import open_key

        with self._key_lock:
            if self._key is None:
                self.daten.mkdir(parents=True, exist_ok=True)
                self._key = open_key(self.daten, passphrase=self._passphrase, create=True)
            return self._key

    @cached_property
    def settings(self) -> Einstellungen:
        """What this desk knows about itself; defaults until something was set up."""
        from papierbruecke.practice.settings_file import load

        return load(self.daten, self.key()) if self.set_up else Einstellungen()

    def save_settings(self, settings: Einstellungen) -> None:
        """Store all settings of this desk at once; what was made from the old ones is made anew."""
        from papierbruecke.practice.settings_file import save

        save(self.daten, self.key(), settings)
        self.__dict__.pop("settings", None)

    # -- store ---------------------------------------------------------------

    def store(self) -> Outbox:
        """The store of the calling thread."""
        from papierbruecke.outbox.sqlcipher import open_outbox

        if not hasattr(self._local, "store"):
            self._local.store = open_outbox(self.daten / BELEGE, self.key(), self.clock)
        store: Outbox = self._local.store
        return store

    def samples(self) -> "Samples":
        """The stored observations, for the calling thread."""
        from papierbruecke.outage.sqlcipher_samples import open_samples

        if not hasattr(self._local, "samples"):
            self._local.samples = open_samples(self.daten / LAGE, self.key())
        samples: Samples = self._local.samples
        return samples

    def close(self) -> None:
        """Give back what the calling thread opened."""
        for name in ("store", "samples", "stammdaten"):
            opened = self._local.__dict__.pop(name, None)
            if opened is not None:
                opened.close()

    # -- outage --------------------------------------------------------------

    def konnektor(self) -> "Konnektor | None":
        """The Konnektor of this practice, or None until it is set up."""
        from papierbruecke.konnektor.client import SoapKonnektor

        settings = self.settings.konnektor
        return SoapKonnektor(settings, self.clock) if settings.adresse else None

    def kim(self) -> "Kim | None":
        """The KIM-Clientmodul of this practice, or None until it is set up."""
        from papierbruecke.kim.client import KimPostfach

        settings = self.settings.kim
        return KimPostfach(settings, self.clock) if settings.smtp_host else None

    def umfeld(self) -> Umfeld:
        """What the diagnosis must know about this practice."""
        settings = self.settings
        return Umfeld(
            anschlussart=settings.konnektor.anschlussart,
            ti_zugang_anbieter=settings.lagebild.ti_zugang_anbieter,
            ti_zugang_ci=settings.lagebild.ti_zugang_ci,
            kim_anbieter=settings.kim.anbieter,
            kim_ci=settings.kim.anbieter_ci,
        )

    def watch(self) -> "Watch":
        """The engine that asks every counterpart and judges the answers."""
        from papierbruecke.outage.watch import Watch, build_probes

        probes = build_probes(self.settings, self.konnektor(), self.kim(), self.clock)
        return Watch(probes, self.samples(), self.clock, self.umfeld())

    def ask_once(self) -> list[Messung]:
        """Ask every counterpart once and store nothing: the drill makes its played past of it."""
        from papierbruecke.outage.memory_samples import MemorySamples
        from papierbruecke.outage.watch import Watch, build_probes

        konnektor, heard = self.konnektor(), MemorySamples()
        probes = build_probes(self.settings, konnektor, self.kim(), self.clock)
        try:
            Watch(probes, heard, self.clock, self.umfeld()).round()
        finally:
            if konnektor is not None:
                konnektor.close()
        return heard.since(datetime.min.replace(tzinfo=UTC))

    def look(self) -> Lage:
        """One round of probes, judged together with the stored samples."""
        return self.watch().round()

    def switch(self) -> "SwitchMode":
        """Change of Betriebsart: always a person's decision."""
        from papierbruecke.outage.switch_mode import SwitchMode

        return SwitchMode(self.store(), self.clock)

    def papier(self) -> dict[Dienst, Stoerung]:
        """Which Dienste are on paper, and by which Störung."""
        return dienste_in_papier(self.store().stoerungen(nur_offene=True)) if self.set_up else {}

    def begin_stoerung(
        self, dienste: Collection[Dienst], grund: str | None, wer: str, diagnose: str | None = None
    ) -> Stoerung:
        """Put these Dienste on paper; ``diagnose`` is the row that was shown when the person decided."""
        return self.switch().begin(dienste, grund, wer, diagnose)

    def end_stoerung(self, dienste: Collection[Dienst] | None, wer: str) -> Stoerung | None:
        """Take these Dienste (None: all) back to online."""
        return self.switch().end(dienste, wer)

    # -- card ----------------------------------------------------------------

    def read_card(self, warten_s: float = 0.0, leser: str | None = None, mit_gvd: bool | None = None) -> Kartenergebnis:
        """Read the eGK in the PC/SC reader: data for the form, no proof of insurance."""
        from papierbruecke.card.read_card import read_card

        settings = self.settings.karten
        outcome = read_card(
            self.card_reader(),
            heute=local(self.clock.now()).date(),
            leser=leser or settings.leser,
            warten_s=warten_s,
            mit_gvd=settings.mit_gvd if mit_gvd is None else mit_gvd,
            lange_apdus=settings.lange_apdus,
        )
        if not isinstance(outcome, KarteGelesen):
            return outcome
        daten = outcome.daten
        cover, found = self.complete_cover(daten.versicherung)
        return KarteGelesen(daten.model_copy(update={"versicherung": cover, "warnungen": (*daten.warnungen, *found)}))

    def complete_cover(self, cover: Versicherung) -> tuple[Versicherung, tuple[Warnung, ...]]:
        """The cover with what the Kostenträgerdatei knows; unchanged without an imported one."""
        from papierbruecke.practice.complete_cover import complete_cover
        from papierbruecke.practice.sqlcipher_stammdaten import FILE

        if not (self.daten / FILE).exists():
            return cover, ()
        return complete_cover(cover, self.find_kostentraeger(), local(self.clock.now()).date())

    def find_kostentraeger(self) -> "FindKostentraeger":
        """Search and import of Krankenkassen, for the calling thread."""
        from papierbruecke.practice.find_kostentraeger import FindKostentraeger
        from papierbruecke.practice.sqlcipher_stammdaten import open_stammdaten

        if not hasattr(self._local, "stammdaten"):
            self._local.stammdaten = open_stammdaten(self.daten, self.key())
        return FindKostentraeger(self._local.stammdaten)

    def card_reader(self) -> "CardReader":
        """The PC/SC service of this computer, unless a test or the drill brought its own."""
        if self._card_reader is None:
            from papierbruecke.card.pcsc import PcscReader

            self._card_reader = PcscReader()
        return self._card_reader

    # -- forms ---------------------------------------------------------------

    def check_rezept(self, eingabe: RezeptEingabe) -> Befund:
        """Objections and warnings, also of what would not fit on the form; nothing is stored."""
        from papierbruecke.forms.muster16 import layout_objections

        befund = check_rezept(eingabe, local(self.clock.now()).date())
        if not befund.einwaende:
            befund.einwaende += layout_objections(eingabe)
        return befund

    def check_au(self, eingabe: AuEingabe) -> Befund:
        """Objections and warnings, without storing anything."""
        return check_au(eingabe, local(self.clock.now()).date())

    def check_personalien(self, eingabe: Eingabe) -> Befund:
        """Objections and warnings for a sheet that is filled in by hand."""
        return check_personalien(eingabe, local(self.clock.now()).date())

    def preview_rezept(self, eingabe: RezeptEingabe) -> bytes:
        """The sheet as it will look, with our drawing of the form behind it."""
        from papierbruecke.forms.render import render_muster16

        return render_muster16(eingabe, vorschau=True, uebung=self.uebung)

    def preview_au(self, eingabe: AuEingabe) -> bytes:
        """The KK copy as it will look; the Dokumenten-ID is drawn only when it is stored."""
        from papierbruecke.forms.render_au import render_au
        from papierbruecke.record.kennung import new_kennung
        from papierbruecke.record.model import BelegArt

        return render_au(
            eingabe,
            ("kk",),
            kennung=eingabe.kennung or new_kennung(BelegArt.AU),
            belegnummer=None,
            pruefnummer=self.settings.pruefnummer,
            uebung=self.uebung,
        )

    def issue(self) -> "IssueBeleg":
        """The service that stores first and prints then."""
        from papierbruecke.forms.issue_beleg import IssueBeleg

        return IssueBeleg(
            self.store(), self.clock, self.printer(), self.settings, self.uebung, self.vorrat() if self.set_up else None
        )

    def vorrat(self) -> "Vorrat":
        """The counters of special paper, for the calling thread."""
        from papierbruecke.forms.sqlcipher_vorrat import open_vorrat

        return self._once("vorrat", lambda: open_vorrat(self.daten, self.key()))

    def printer(self) -> "Printer":
        """The printers of this computer; without a choice the pages go into a folder as files."""
        if self._printer is None:
            settings = self.settings.druck
            if settings.muster16_drucker or settings.au_drucker:
                from papierbruecke.forms.printer import QtPrinter

                self._printer = QtPrinter(settings)
            else:
                from papierbruecke.forms.file_printer import FilePrinter

                self._printer = FilePrinter(self.daten / "gedruckt")
        return self._printer

    def print_calibration(self) -> None:
        """The page that shows how far the printer of Muster 16 is off."""
        from papierbruecke.forms.calibration import TITEL, render_calibration

        self.printer().print("muster16", render_calibration(self.settings.druck), TITEL)

    def stoerung_for(self, dienst: Dienst, wer: str) -> Stoerung:
        """The Störung that a new Beleg belongs to; without one, the Einzelfälle of the day."""
        open_one = dienste_in_papier(self.store().stoerungen(nur_offene=True)).get(dienst)
        if open_one is not None:
            return open_one
        now = self.clock.now()
        return self.store().einzelfaelle(local(now).date(), now, wer)

    def issue_rezept(self, eingabe: RezeptEingabe, wer: str) -> tuple[Uebersicht, ...]:
        """Store a prescription, one Beleg per sheet; nothing is printed yet."""
        accept_rezept(eingabe, local(self.clock.now()).date())
        return self.issue().issue_rezept(eingabe, stoerung=self.stoerung_for(Dienst.EREZEPT, wer).id, wer=wer)

    def issue_au(self, eingabe: AuEingabe, wer: str) -> Uebersicht:
        """Store a sick note with its three copies; nothing is printed yet."""
        accept_au(eingabe, local(self.clock.now()).date())
        return self.issue().issue_au(eingabe, stoerung=self.stoerung_for(Dienst.KIM, wer).id, wer=wer)

    def print_beleg(self, kennung: UUID, wer: str, grund: str = "", freigabe: str = "") -> None:
        """Send the stored pages to the printer; again only with a reason (``IssueBeleg.print_beleg``)."""
        self.issue().print_beleg(kennung, wer=wer, grund=grund, freigabe=freigabe)

    def replace_beleg(self, kennung: UUID, wer: str, grund: str, freigabe: str = "") -> Uebersicht:
        """A new Beleg for one that was lost; not printed yet."""
        return self.issue().replace(kennung, wer=wer, grund=grund, freigabe=freigabe)

    def confirm_printed(self, kennung: UUID, wer: str) -> None:
        """A person saw the paper: it is right."""
        self.issue().confirm_printed(kennung, wer)

    def spoilt(self, kennung: UUID, wer: str, grund: str) -> None:
        """The sheet is spoilt and was never handed over."""
        self.issue().spoilt(kennung, wer, grund)

    def belege(self) -> list[Uebersicht]:
        """Everything that was stored here."""
        return self.store().find() if self.set_up else []

    # -- afterwards ----------------------------------------------------------

    def drain(
        self,
        wer: str,
        on_progress: Callable[[int, int], None] | None = None,
        cancel: threading.Event | None = None,
        nur: str | None = None,
        automatisch: bool = False,
    ) -> "DrainErgebnis":
        """Send what is owed electronically; ``automatisch`` keeps to the pauses between attempts."""
        return self._nachversand().drain(
            nur=nur, wer=wer, on_progress=on_progress, cancel=cancel, automatisch=automatisch
        )

    def drain_and_wait(self, wer: str, *, nur: str | None = None, warten_s: float = 0.0) -> "DrainErgebnis":
        """Send what is owed, then wait for the confirmations for at most ``warten_s`` seconds."""
        return self._nachversand().drain_and_wait(nur=nur, wer=wer, warten_s=warten_s)

    def _nachversand(self) -> "DrainOutbox":
        from papierbruecke.resubmit.drain_outbox import DrainOutbox

        return DrainOutbox(self.store(), self.konnektor(), self.kim(), self.clock, self.settings)

    def abgleich(self) -> "Abgleich":
        """Every Beleg of every Störung in exactly one column, newest Störung first."""
        from papierbruecke.reconcile.ledger import Abgleich, build_abgleich

        if not self.set_up:
            return Abgleich(self.clock.now(), ())
        return build_abgleich(self.store(), self.clock, self.settings.praxis.bundesland)

    def abgleich_pdf(self) -> bytes:
        """The Abgleich as a sheet to sign by hand."""
        from papierbruecke.reconcile.report_abgleich import render_abgleich

        return render_abgleich(self.abgleich(), self.settings, self.uebung)

    def document(self, kennung: UUID, wer: str, hinweis: str) -> None:
        """Somebody entered this paper in the practice system."""
        self.by_hand().document(kennung, wer, hinweis)

    def by_hand(self) -> "ByHand":
        """What only a person can decide about a Beleg: posted, stays paper, void, checked off."""
        from papierbruecke.resubmit.by_hand import ByHand

        return ByHand(self.store())
