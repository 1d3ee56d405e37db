"""Composition root, second floor: the watching, the Störung and its proof (see ``wiring.py``)."""

import contextlib
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from papierbruecke.errors import EnvironmentFailure
from papierbruecke.outage.incident import Stoerung, dienste_in_papier
from papierbruecke.outage.model import Dienst, Lage, Messung, Umfeld
from papierbruecke.wiring_afterwards import AfterwardsDesk

if TYPE_CHECKING:
    from papierbruecke.kim.model import Kim
    from papierbruecke.konnektor.confirm_certificate import Vergleich
    from papierbruecke.konnektor.model import Konnektor
    from papierbruecke.outage.events import Bell
    from papierbruecke.outage.look_back import LookBack
    from papierbruecke.outage.samples import Samples
    from papierbruecke.outage.switch_mode import SwitchMode
    from papierbruecke.outage.watch import Watch

LAGE = "lage.db"


class OutageDesk(AfterwardsDesk):
    """What of a desk knows the TI: Konnektor, KIM, the stored observations, Störungen."""

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

    def compare_certificate(self, gegenstelle: str) -> "Vergleich":
        """The confirmed and the shown certificate of ``konnektor`` or ``kim``; sends nothing but a greeting."""
        from papierbruecke.kim.client import KimPostfach
        from papierbruecke.konnektor.confirm_certificate import Vergleich

        if gegenstelle == "kim":
            # The greeting must come through whatever it shows: a changed one is what we are here for.
            unpinned = self.settings.kim.model_copy(update={"fingerabdruck": None})
            shown = KimPostfach(unpinned, self.clock).banner().zertifikat
            return Vergleich(gegenstelle=gegenstelle, bestaetigt=self.settings.kim.fingerabdruck, gezeigt=shown)
        with self._konnektor_for_now() as konnektor:
            if konnektor is None:
                raise EnvironmentFailure("kon.not_set_up", "Der Konnektor ist hier noch nicht eingerichtet.")
            shown = konnektor.zertifikat()
        return Vergleich(gegenstelle=gegenstelle, bestaetigt=self.settings.konnektor.fingerabdruck, gezeigt=shown)

    def confirm_certificate(self, vergleich: "Vergleich", wer: str) -> "Vergleich":
        """A person confirmed what is shown; the old and the new fingerprint enter both histories."""
        name, new = vergleich.gegenstelle, vergleich.gezeigt.sha256
        part = getattr(self.settings, name).model_copy(update={"fingerabdruck": new})
        self.save_settings(self.settings.model_copy(update={name: part}))
        detail = {"gegenstelle": name, "vorher": vergleich.bestaetigt or "", "nachher": new}
        self.store().note(None, "zertifikat_bestaetigt", wer, detail)
        self.samples().note(self.clock.now(), "bestaetigung", detail | {"wer": wer})
        return vergleich.model_copy(update={"bestaetigt": new})

    def check_smcb(self) -> Messung:
        """Whether the issuer of the practice card accepts it now; stored, because it names the issuer."""
        from papierbruecke.outage.check_card import check_smcb

        with self._konnektor_for_now() as konnektor:
            if konnektor is None:
                raise EnvironmentFailure("kon.not_set_up", "Der Konnektor ist hier noch nicht eingerichtet.")
            found = check_smcb(konnektor, self.clock)
        self.samples().add([found])
        return found

    def umfeld(self) -> Umfeld:
        """What the diagnosis must know about this practice."""
        from papierbruecke.outage.watch import umfeld_of

        return umfeld_of(self.settings)

    def samples(self) -> "Samples":
        """The stored observations, for the calling thread."""
        from papierbruecke.outage.sqlcipher_samples import open_samples

        return self.once("samples", lambda: open_samples(self.daten / LAGE, self.key()))

    @contextmanager
    def _konnektor_for_now(self) -> "Iterator[Konnektor | None]":
        """The Konnektor for one piece of work; its connection is given back afterwards."""
        konnektor = self.konnektor()
        try:
            yield konnektor
        finally:
            if konnektor is not None:
                konnektor.close()

    def _watch(self, konnektor: "Konnektor | None", samples: "Samples") -> "Watch":
        from papierbruecke.outage.watch import Watch, build_probes

        probes = build_probes(self.settings, konnektor, self.kim(), self.clock)
        return Watch(probes, samples, self.clock, self.umfeld())

    def keep_watch(self, stop: threading.Event, on_change: Callable[[Lage], None], tempo: float = 1.0) -> None:
        """Ask every counterpart at its interval until ``stop``; ``on_change`` gets every changed Lage."""
        from papierbruecke.outage.events import Bell

        bell = Bell()
        with self._konnektor_for_now() as konnektor, self._event_thread(konnektor, bell):
            self._watch(konnektor, self.samples()).run(stop, on_change, tempo=tempo, bell=bell)

    def _event_thread(self, konnektor: "Konnektor | None", bell: "Bell") -> AbstractContextManager[object]:
        """The ear for events of the Konnektor, if the practice wants it; without it polling is enough."""
        from papierbruecke.konnektor.cetp_receiver import CetpReceiver
        from papierbruecke.konnektor.client import SoapKonnektor
        from papierbruecke.konnektor.line import own_address
        from papierbruecke.outage.events import EventThread

        settings = self.settings.konnektor
        if not settings.ereignisse or not isinstance(konnektor, SoapKonnektor):
            return contextlib.nullcontext()
        ear = EventThread(konnektor, self.clock, bell)
        try:
            receiver = CetpReceiver(settings.ereignis_port, ear.hear)
        except EnvironmentFailure:
            # The port is taken, for example by a command beside the window: polling says everything.
            return contextlib.nullcontext()

        def ziel() -> str:
            host = settings.ereignis_adresse or own_address(settings.adresse or "", settings.port)
            return f"cetp://{host}:{receiver.port}"

        return ear.beside(ziel, receiver.close)

    def ask_once(self) -> list[Messung]:
        """Ask every counterpart once and store nothing: the drill makes its played past of it."""
        from papierbruecke.outage.memory_samples import MemorySamples

        heard = MemorySamples()
        with self._konnektor_for_now() as konnektor:
            self._watch(konnektor, heard).round()
        return heard.since(datetime.min.replace(tzinfo=UTC))

    def look(self) -> Lage:
        """One round of probes, judged together with the stored samples."""
        with self._konnektor_for_now() as konnektor:
            return self._watch(konnektor, self.samples()).round()

    def tell(self, word: Messung) -> None:
        """What real work outside this program showed (P15); a running watch hears it."""
        self.samples().add([word])

    def ask_erezept(self) -> Lage:
        """A person asks the E-Rezept-Fachdienst itself: at most once in ten minutes, never by a timer."""
        with self._konnektor_for_now() as konnektor:
            return self._watch(konnektor, self.samples()).click()

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

    def look_back(self) -> "LookBack":
        """What the stored observations tell afterwards: timeline, certificates, evidence, network page."""
        from papierbruecke.outage.look_back import LookBack

        return LookBack(self.samples(), self.clock, self.umfeld(), self.settings, self.uebung)
