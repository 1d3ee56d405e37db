"""Composition root: with the other ``wiring_*`` files the only ones that name adapters.

``Desk`` is what both surfaces, the command line and the window, work with: one data folder,
its settings, and the services over it. Everything is made on first use, so that ``rezept``
needs no store and ``karte`` needs no Konnektor. Heavy libraries are imported where they are
used, because the first thing that the desk sees is how long the window takes.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from papierbruecke.card.model import KarteGelesen, Kartenergebnis, Versicherter, Versicherung, Warnung
from papierbruecke.clock import local
from papierbruecke.errors import Einwand, EnvironmentFailure, InputRefused
from papierbruecke.outage.model import Messung
from papierbruecke.wiring_outage import OutageDesk

if TYPE_CHECKING:
    from papierbruecke.konnektor.model import Konnektor
    from papierbruecke.konnektor.switch_comfort import Komfortstand, SwitchComfort
    from papierbruecke.practice.model import Kostentraeger
    from papierbruecke.practice.patient_index import Patienteneintrag, PatientIndex
    from papierbruecke.pvs.read_patient import PvsPatient
    from papierbruecke.reconcile.find_eeb import Gefunden
    from papierbruecke.resubmit.drain_outbox import DrainErgebnis, DrainOutbox


class Desk(OutageDesk):
    """One desk: a data folder and every service over it."""

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

    def search_kostentraeger(self, text: str) -> "list[Kostentraeger]":
        """Living Krankenkassen by name, place, IK or VKNR, as one types; none without an imported file."""
        from papierbruecke.practice.sqlcipher_stammdaten import FILE

        if not (self.daten / FILE).exists():
            return []
        heute = local(self.clock.now()).date()
        return [fund for fund in self.find_kostentraeger().search(text, heute) if not fund.ended(heute)]

    # -- patients ------------------------------------------------------------

    def patients(self) -> "PatientIndex":
        """The list of today's patients, for the calling thread; deleted after 48 hours."""
        from papierbruecke.practice.patient_index import PatientIndex
        from papierbruecke.practice.sqlcipher_patients import SqlcipherPatients, open_patients

        def opened() -> SqlcipherPatients:
            store = open_patients(self.daten, self.key())
            PatientIndex(store).forget_old(self.clock.now())
            return store

        return PatientIndex(self.once("patients", opened))

    def search_patients(self, text: str) -> "tuple[Patienteneintrag, ...]":
        """People of today's list by name, birth date, Versicherten-ID or PVS number; none without a list."""
        from papierbruecke.practice.sqlcipher_patients import FILE

        return self.patients().search(text, self.clock.now()) if (self.daten / FILE).exists() else ()

    def note_patient(self, person: Versicherter, cover: Versicherung) -> None:
        """Put somebody who was typed in by hand on today's list."""
        self.patients().note(person, cover, self.clock.now())

    def forget_patients(self) -> None:
        """Delete who was entered more than 48 hours ago; for the hourly round of a window that stays open."""
        from papierbruecke.practice.sqlcipher_patients import FILE

        if (self.daten / FILE).exists():
            self.patients().forget_old(self.clock.now())

    @property
    def window_name(self) -> str:
        """What the open window of this desk listens to."""
        from papierbruecke.pvs.call_window import window_name

        return window_name(self.daten)

    def take_gdt(self, data: bytes) -> "tuple[PvsPatient, ...]":
        """Patients that the practice system handed over; an open window comes to the front with the only one."""
        from papierbruecke.pvs.call_window import call_window
        from papierbruecke.pvs.take_patients import take_gdt

        patients = take_gdt(data, self.patients, self.complete_cover, self.clock.now())
        if len(patients) == 1 and patients[0].eintrag is not None:
            call_window(self.daten, patients[0].eintrag)
        return patients

    def take_list(self, data: bytes) -> int:
        """The appointment list of the practice system; returns how many patients."""
        from papierbruecke.pvs.take_patients import take_list

        return take_list(data, self.patients, self.clock.now())

    def hand_over(
        self, kennung: UUID, ordner: Path | None, patientennummer: str | None, wer: str, nochmal: bool = False
    ) -> list[str]:
        """Give a Beleg to the practice system: text and pages into its exchange folder, once.

        Without ``ordner`` the folder of the settings, without ``patientennummer`` the one of today's list.
        """
        from papierbruecke.pvs.exchange_folder import ExchangeFolder
        from papierbruecke.pvs.hand_over import HandOver

        folder = ordner or (Path(self.settings.pvs.ordner) if self.settings.pvs.ordner else None)
        if folder is None:
            text = "Bitte den Austauschordner angeben, beim Aufruf mit -o oder in den Einstellungen (Praxissoftware)."
            raise InputRefused((Einwand("-o", "Aufruf", text),))
        number = patientennummer or self._number_of(kennung)
        if number is None:
            text = "Die Patientennummer der Praxissoftware ist nicht bekannt; bitte angeben (--patient oder Vermerk)."
            raise InputRefused((Einwand("--patient", "GDT FK 3000", text),))
        service = HandOver(self.store(), self.settings.pvs)
        return list(service.write(kennung, ExchangeFolder(folder), number, wer, nochmal=nochmal))

    def _number_of(self, kennung: UUID) -> str | None:
        beleg = self.store().get(kennung)
        person = beleg.inhalt.versicherter if beleg is not None else None
        return self.patients().number_of(person, self.clock.now()) if person is not None else None

    # -- afterwards ----------------------------------------------------------

    def drain(
        self,
        wer: str,
        on_progress: Callable[[int, int], None] | None = None,
        cancel: threading.Event | None = None,
        nur: str | None = None,
        automatisch: bool = False,
        on_notice: Callable[[str], None] | None = None,
    ) -> "DrainErgebnis":
        """Send what is owed electronically; ``automatisch`` keeps to the pauses between attempts.

        ``on_notice`` gets what must be read while it runs: the card terminal is about to ask for the PIN.
        """
        with self._konnektor_for_now() as konnektor:
            return self._nachversand(konnektor).drain(
                nur=nur, wer=wer, on_progress=on_progress, cancel=cancel, automatisch=automatisch, on_notice=on_notice
            )

    def drain_and_wait(
        self,
        wer: str,
        *,
        nur: str | None = None,
        warten_s: float = 0.0,
        cancel: threading.Event | None = None,
        on_notice: Callable[[str], None] | None = None,
    ) -> "DrainErgebnis":
        """Send what is owed, then wait for the confirmations for at most ``warten_s`` seconds."""
        with self._konnektor_for_now() as konnektor:
            return self._nachversand(konnektor).drain_and_wait(
                nur=nur, wer=wer, warten_s=warten_s, cancel=cancel, on_notice=on_notice
            )

    def comfort_state(self) -> "Komfortstand":
        """Whether the HBA signs without a PIN now, as the Konnektor says. Raises EnvironmentFailure."""
        with self._comfort() as switch:
            return switch.state()

    def switch_comfort(self, an: bool, wer: str, on_notice: Callable[[str], None]) -> "Komfortstand":
        """The doctor switches the Komfortsignatur on (the terminal asks for the PIN once) or off.

        ``on_notice`` gets what must be read before the terminal asks. The setting follows, so that an evening signs by
        itself only while it is on. Raises EnvironmentFailure, also while no Konnektor is set up.
        """
        user_id = self.settings.konnektor.user_id
        if not an:  # first of all nothing is signed by itself any more, whatever the Konnektor answers
            self._keep_comfort(False, user_id, wer)
        with self._comfort() as switch:
            if not an:
                return switch.off()
            state, user_id = switch.on(on_notice)
        self._keep_comfort(True, user_id, wer)
        return state

    @contextlib.contextmanager
    def _comfort(self) -> "Iterator[SwitchComfort]":
        from papierbruecke.konnektor.switch_comfort import SwitchComfort

        with self._konnektor_for_now() as konnektor:
            if konnektor is None:
                raise EnvironmentFailure("kon.not_set_up", "Der Konnektor ist hier noch nicht eingerichtet.")
            yield SwitchComfort(konnektor, self.settings.konnektor.user_id)

    def _keep_comfort(self, an: bool, user_id: str | None, wer: str) -> None:
        before = self.settings.konnektor
        after = before.model_copy(update={"komfortsignatur": an, "user_id": user_id})
        if after != before:
            self.save_settings(self.settings.model_copy(update={"konnektor": after}))
            self.store().note(None, "komfortsignatur", wer, {"stand": "ein" if an else "aus"})

    def open_mail(self, uidl: str) -> str | None:
        """The text of a status mail, fetched from the KIM box; None if it is gone. Deletes nothing."""
        kim = self.kim()
        if kim is None:
            raise EnvironmentFailure("kim.not_set_up", "KIM ist hier noch nicht eingerichtet (Einstellungen, F11).")
        with kim:
            return kim.open_mail(uidl)

    def find_eeb(self, kennung: UUID) -> "Gefunden":
        """Every Ersatzbescheinigung in the KIM box for the person of this slip, beside it; changes nothing."""
        from papierbruecke.reconcile.find_eeb import FindEeb

        kim = self.kim()
        if kim is None:
            raise EnvironmentFailure("kim.not_set_up", "KIM ist hier noch nicht eingerichtet (Einstellungen, F11).")
        return FindEeb(self.store(), kim, self.find_recipient()).for_slip(kennung)

    def _nachversand(self, konnektor: "Konnektor | None") -> "DrainOutbox":
        from papierbruecke.outage.listening import ListeningKim, ListeningKonnektor
        from papierbruecke.resubmit.drain_outbox import DrainOutbox

        kim = self.kim()
        return DrainOutbox(
            self.store(),
            ListeningKonnektor(konnektor, self.clock, self._hear) if konnektor is not None else None,
            ListeningKim(kim, self.clock, self._hear) if kim is not None else None,
            self.clock,
            self.settings,
            self.find_recipient(),
        )

    def _hear(self, messung: Messung) -> None:
        """Real work tells how the TI is; that never disturbs the work."""
        with contextlib.suppress(EnvironmentFailure):
            self.samples().add([messung])
