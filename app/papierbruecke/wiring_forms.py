"""The desk's paper: check, preview, store, print, confirm. Part of the composition root."""

import logging
import threading
from collections.abc import Callable, Collection
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from papierbruecke.card.model import Versicherter
from papierbruecke.clock import local
from papierbruecke.errors import EnvironmentFailure
from papierbruecke.outage.incident import Stoerung, dienste_in_papier
from papierbruecke.outage.model import Dienst
from papierbruecke.outbox.model import Uebersicht
from papierbruecke.record.model import AuEingabe, Eingabe, ErsatzscheinEingabe, RezeptEingabe, VermerkEingabe
from papierbruecke.record.rules import Befund
from papierbruecke.record.take_beleg import accept_au, accept_rezept, check_au, check_personalien, check_rezept
from papierbruecke.record.take_ersatzschein import accept_ersatzschein, check_ersatzschein
from papierbruecke.wiring_folder import FolderDesk

if TYPE_CHECKING:
    from papierbruecke.forms.issue_beleg import IssueBeleg, Printer
    from papierbruecke.forms.preprinted import Blatt, MappenStand
    from papierbruecke.forms.vorrat import Aenderung, Bestand, Vordruck, Vorrat
    from papierbruecke.practice.check_plz import CheckPlz
    from papierbruecke.practice.find_kostentraeger import FindKostentraeger
    from papierbruecke.record.model import Verordnung
    from papierbruecke.record.suggest import Vorschlaege
    from papierbruecke.record.suggestion_model import IcdEintrag, Liste, Mittel

_LOG = logging.getLogger(__name__)


class FormsDesk(FolderDesk):
    """Everything that ends on paper."""

    def check_rezept(self, eingabe: RezeptEingabe) -> Befund:
        """Objections and warnings, also of what would not fit on the form; nothing is stored."""
        from papierbruecke.forms.muster16 import layout_objections

        befund = check_rezept(eingabe, local(self.clock.now()).date())
        if not befund.einwaende:
            befund.einwaende += layout_objections(eingabe)
        return self._remark_plz(eingabe, befund)

    def check_au(self, eingabe: AuEingabe) -> Befund:
        """Objections and warnings, also of what would not fit on the form; nothing is stored."""
        from papierbruecke.forms.au import layout_objections

        befund = check_au(eingabe, local(self.clock.now()).date())
        if not befund.einwaende:
            befund.einwaende += layout_objections(eingabe)
        for code in self._unknown_codes(eingabe):
            befund.warn("icd.unbekannt", f"{code} steht nicht als endständiger Code in der ICD-10-GM. Bitte prüfen.")
        return self._remark_plz(eingabe, befund)

    def _unknown_codes(self, eingabe: AuEingabe) -> list[str]:
        """Codes that the imported catalogue does not have; without a catalogue nobody knows."""
        from papierbruecke.record.sqlcipher_lists import FILE

        if not (self.daten / FILE).exists():
            return []
        known = self.suggestions().icd_known
        return [diagnose.icd for diagnose in eingabe.au.diagnosen if known(diagnose.icd) is False]

    def check_personalien(self, eingabe: Eingabe) -> Befund:
        """Objections and warnings for a sheet that is filled in by hand."""
        return self._remark_plz(eingabe, check_personalien(eingabe, local(self.clock.now()).date()))

    def check_ersatzschein(self, eingabe: ErsatzscheinEingabe) -> Befund:
        """Objections and warnings, without storing anything."""
        return self._remark_plz(eingabe, check_ersatzschein(eingabe, local(self.clock.now()).date()))

    def preview_ersatzschein(self, eingabe: ErsatzscheinEingabe) -> bytes:
        """The slip as it will look; its number is drawn only when it is stored."""
        from papierbruecke.forms.render_ersatzschein import render_ersatzschein

        return render_ersatzschein(eingabe, kim_adresse=self.settings.kim.adresse, uebung=self.uebung)

    def preview_rezept(self, eingabe: RezeptEingabe) -> bytes:
        """The sheet as it will look, with our drawing of the form behind it."""
        from papierbruecke.forms.render import render_muster16

        status = self.settings.druck.unfall_mit_status
        return render_muster16(eingabe, vorschau=True, uebung=self.uebung, unfall_mit_status=status)

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
            papier=self.settings.druck.au_papier,
            uebung=self.uebung,
        )

    def make_notfallmappe(
        self,
        anzahl: int,
        wer: str,
        *,
        papier: str = "a5",
        ersetzen_nach: date | None = None,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> dict[str, bytes]:
        """The files for the hour without a computer, with new numbers from the store."""
        from papierbruecke.forms.make_notfallmappe import make_notfallmappe

        return make_notfallmappe(
            self.store(),
            self.settings,
            heute=local(self.clock.now()).date(),
            wer=wer,
            anzahl=anzahl,
            papier=papier,
            ersetzen_nach=ersetzen_nach,
            uebung=self.uebung,
            on_progress=on_progress,
        )

    def find_sheet(self, belegnummer: str) -> "Blatt | None":
        """The sheet of the Notfallmappe with this number, or None."""
        from papierbruecke.forms.preprinted import find_sheet

        return find_sheet(self.store(), belegnummer) if self.set_up else None

    def mappen_stand(self) -> "MappenStand | None":
        """When the newest Notfallmappe was made and must be replaced, or None."""
        from papierbruecke.forms.preprinted import mappen_stand

        return mappen_stand(self.store()) if self.set_up else None

    def print_pages(self, formular: str, pdf: bytes, titel: str) -> None:
        """Print pages that are no Beleg on the paper of this form."""
        self.printer().print(formular, pdf, titel)

    def issue(self) -> "IssueBeleg":
        """The service that stores first and prints then."""
        from papierbruecke.forms.issue_beleg import IssueBeleg

        return IssueBeleg(
            self.store(), self.clock, self.printer(), self.settings, self.uebung, self.vorrat() if self.set_up else None
        )

    def suggestions(self) -> "Vorschlaege":
        """Completion of medicines and diagnoses, for the calling thread."""
        from papierbruecke.record.sqlcipher_lists import open_lists
        from papierbruecke.record.suggest import Vorschlaege

        return Vorschlaege(self.once("lists", lambda: open_lists(self.daten, self.key())))

    def search_medicines(self, text: str, lanr: str) -> "list[Mittel]":
        """What this doctor and this practice wrote before, and the own list, as one types."""
        return self.suggestions().medicines(text, lanr) if self._knows_lists else []

    def search_diagnoses(self, text: str, lanr: str) -> "list[IcdEintrag]":
        """Codes of the imported ICD-10-GM and of use, by code or words."""
        return self.suggestions().diagnoses(text, lanr) if self._knows_lists else []

    def import_list(
        self,
        was: "Liste",
        path: Path,
        on_progress: Callable[[int], None] | None = None,
        cancel: threading.Event | None = None,
        lanr: str = "",
    ) -> int:
        """Take over a list, whole or not at all; returns how many entries.

        ``favoriten`` belong to the doctor with this ``lanr``. Raises InputRefused with the line, and
        ``Cancelled`` when ``cancel`` was set: everything is as before then.
        """
        if was == "plz":
            return self.check_plz().import_sdplz(path, on_progress, cancel)
        if was == "kostentraeger":
            return self.find_kostentraeger().import_sdkt(path, on_progress, cancel)
        suggestions = self.suggestions()
        if was == "favoriten":
            return suggestions.import_favourites(path, lanr, self.clock.now(), on_progress, cancel)
        read = suggestions.import_medicines if was == "mittel" else suggestions.import_icd
        return read(path, on_progress, cancel)

    def list_counts(self) -> tuple[int, int]:
        """How many medicines of the own list and how many codes are here."""
        return self.suggestions().counts() if self._knows_lists else (0, 0)

    def find_kostentraeger(self) -> "FindKostentraeger":
        """Search and import of Krankenkassen, for the calling thread."""
        from papierbruecke.practice.find_kostentraeger import FindKostentraeger
        from papierbruecke.practice.sqlcipher_stammdaten import open_stammdaten

        return FindKostentraeger(self.once("stammdaten", lambda: open_stammdaten(self.daten, self.key())))

    def check_plz(self) -> "CheckPlz":
        """Import of the PLZ-Stammdatei and the check against it, for the calling thread."""
        from papierbruecke.practice.check_plz import CheckPlz
        from papierbruecke.practice.sqlcipher_stammdaten import open_stammdaten

        return CheckPlz(self.once("stammdaten", lambda: open_stammdaten(self.daten, self.key())))

    def _remark_plz(self, eingabe: Eingabe, befund: Befund) -> Befund:
        """What was typed in the Ersatzverfahren is checked against the PLZ-Stammdatei, if there is one (P2-460)."""
        from papierbruecke.practice.sqlcipher_stammdaten import FILE

        typed = eingabe.herkunft == "hand" and eingabe.versicherung.typ in ("GKV", "SKT")
        if typed and eingabe.versicherter is not None and (self.daten / FILE).exists():
            befund.warnungen += self.check_plz().remarks(eingabe.versicherter)
        return befund

    @property
    def _knows_lists(self) -> bool:
        from papierbruecke.record.sqlcipher_lists import FILE

        return (self.daten / FILE).exists()

    def _remember(self, inhalt: Eingabe) -> None:
        try:
            self.suggestions().remember(inhalt, self.clock.now())
        except EnvironmentFailure as failure:
            # Completion is comfort: without it the paper is as good.
            _LOG.warning("vorschlaege %s", failure.code)

    def last_prescription(self, person: Versicherter) -> "tuple[Verordnung, ...]":
        """What this patient got the last time, as far as it was written here."""
        from papierbruecke.forms.last_time import last_prescription

        return last_prescription(self.store(), person) if self.set_up else ()

    def vorrat(self) -> "Vorrat":
        """The counters of special paper, for the calling thread."""
        from papierbruecke.forms.sqlcipher_vorrat import open_vorrat

        return self.once("vorrat", lambda: open_vorrat(self.daten, self.key()))

    def bestand(self, vordruck: "Vordruck") -> "Bestand | None":
        """What is left of this pre-printed paper by its counter; None = nobody counts it."""
        from papierbruecke.forms.sqlcipher_vorrat import FILE

        return self.vorrat().bestand(vordruck) if (self.daten / FILE).exists() else None

    def note_vorrat(self, vordruck: "Vordruck", was: "Aenderung", zahl: int, wer: str) -> "Bestand":
        """A person filled up, counted, or threw spoilt sheets away; it enters the history."""
        from papierbruecke.forms.vorrat import note_change

        left = note_change(self.vorrat(), vordruck, was, zahl, wer)
        detail = {"vordruck": vordruck, "was": was, "zahl": str(zahl), "danach": str(left.anzahl)}
        self.store().note(None, "vorrat", wer, detail)
        return left

    def printer(self) -> "Printer":
        """The printers of this computer. In a drill without a choice the pages become files; in a
        practice they never do, because a file would lie there in clear text (design §3 rule 9)."""
        if self._printer is not None:  # a test or the drill brought its own
            return self._printer
        # Made anew each time: somebody may just have chosen another printer.
        settings = self.settings.druck
        if self.uebung and not (settings.muster16_drucker or settings.au_drucker):
            from papierbruecke.forms.file_printer import FilePrinter

            return FilePrinter(self.gedruckt)
        from papierbruecke.forms.printer import QtPrinter

        return QtPrinter(settings)

    def printer_names(self) -> list[str]:
        """What this computer can print on."""
        from papierbruecke.forms.printer import printers

        return printers()

    def print_calibration(self) -> None:
        """The page that shows how far the printer of Muster 16 is off."""
        from papierbruecke.forms.calibration import TITEL, render_calibration

        self.printer().print("muster16", render_calibration(self.settings.druck), TITEL)

    def print_test_page(self) -> None:
        """A page like an AU on the printer of the AU: without data, marked as a drill, so that it can never be used."""
        from papierbruecke.forms.render_au import render_au_blanko

        page = render_au_blanko(("v",), papier=self.settings.druck.au_papier, uebung=True)
        self.printer().print("au", page, "Testseite AU")

    def print_recovery_sheet(self, wer: str) -> None:
        """A new recovery sheet straight to paper; its code is never a file (design §9)."""
        self.printer().print("ersatzschein", self.recovery_sheet(wer), "Wiederherstellungsblatt")

    def stoerung_for(self, dienst: Dienst, wer: str) -> Stoerung:
        """The Störung that a new Beleg belongs to; without one, the Einzelfälle of the day."""
        open_one = dienste_in_papier(self.store().stoerungen(nur_offene=True)).get(dienst)
        if open_one is not None:
            return open_one
        now = self.clock.now()
        return self.store().einzelfaelle(local(now).date(), now, wer)

    def _stoerung_of_day(self, tag: date, dienst: Dienst) -> Stoerung | None:
        """A late arrival (a sheet of an earlier day) belongs to the Störung in which it was written."""
        if tag >= local(self.clock.now()).date():
            return None
        for stoerung in reversed(self.store().stoerungen()):
            last = local(stoerung.ende).date() if stoerung.ende is not None else tag
            named = dienst in stoerung.dienste and not stoerung.einzelfaelle
            if named and local(stoerung.beginn).date() <= tag <= last:
                return stoerung
        return None

    def issue_rezept(self, eingabe: RezeptEingabe, wer: str) -> tuple[Uebersicht, ...]:
        """Store a prescription, one Beleg per sheet; nothing is printed yet."""
        accept_rezept(eingabe, local(self.clock.now()).date())
        made = self.issue().issue_rezept(eingabe, stoerung=self.stoerung_for(Dienst.EREZEPT, wer).id, wer=wer)
        self._remember(eingabe)
        return made

    def note_official(self, eingabe: VermerkEingabe, wer: str) -> Uebersicht:
        """A doctor wrote a BtM or T prescription by hand: noted for the Abgleich, never printed by us."""
        from papierbruecke.forms.note_official import NoteOfficial

        service = NoteOfficial(self.store(), self.clock, self.settings.praxis.platz)
        return service.note(eingabe, stoerung=self.stoerung_for(Dienst.EREZEPT, wer).id, wer=wer)

    def issue_au(self, eingabe: AuEingabe, wer: str) -> Uebersicht:
        """Store a sick note with its three copies; nothing is printed yet."""
        accept_au(eingabe, local(self.clock.now()).date())
        stoerung = self._stoerung_of_day(eingabe.datum, Dienst.KIM) or self.stoerung_for(Dienst.KIM, wer)
        made = self.issue().issue_au(eingabe, stoerung=stoerung.id, wer=wer)
        self._remember(eingabe)
        return made

    def issue_ersatzschein(self, eingabe: ErsatzscheinEingabe, wer: str) -> Uebersicht:
        """Store a slip of the Ersatzverfahren; nothing is printed yet."""
        accept_ersatzschein(eingabe, local(self.clock.now()).date())
        stoerung = self._stoerung_of_day(eingabe.datum, Dienst.VSDM) or self.stoerung_for(Dienst.VSDM, wer)
        return self.issue().issue_ersatzschein(eingabe, stoerung=stoerung.id, wer=wer)

    def print_beleg(
        self,
        kennung: UUID,
        wer: str,
        grund: str = "",
        freigabe: str = "",
        ausfertigungen: Collection[str] = ("kk", "v", "ag"),
    ) -> None:
        """Send the stored pages to the printer; again only with a reason (``IssueBeleg.print_beleg``)."""
        self.issue().print_beleg(kennung, wer=wer, grund=grund, freigabe=freigabe, ausfertigungen=ausfertigungen)

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
