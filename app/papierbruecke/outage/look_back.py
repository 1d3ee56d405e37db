"""Looking back over the stored observations: timeline, certificates, evidence, network page."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from papierbruecke.clock import Clock
from papierbruecke.outage.advisories import Hinweisblatt, dropped_in, matching, shipped
from papierbruecke.outage.certificates import Inventar, build_inventory
from papierbruecke.outage.evidence import NACHHER, VORHER, Bericht, build_bericht
from papierbruecke.outage.incident import Stoerung
from papierbruecke.outage.model import Ergebnis, Umfeld
from papierbruecke.outage.network_page import network_lines
from papierbruecke.outage.report_stoerung import render_bericht
from papierbruecke.outage.report_zertifikate import render_inventory
from papierbruecke.outage.samples import Samples
from papierbruecke.outage.timeline import VORLAUF, Verlauf, build_verlauf
from papierbruecke.outage.zeiten import zeiten
from papierbruecke.settings import Einstellungen

_ALL = tuple(f"P{number}" for number in range(15))


class LookBack:
    """Answers from what was stored; asks no counterpart. Belongs to the thread of its samples."""

    def __init__(self, samples: Samples, clock: Clock, umfeld: Umfeld, settings: Einstellungen, uebung: bool) -> None:
        self._samples = samples
        self._clock = clock
        self._umfeld = umfeld
        self._settings = settings
        self._uebung = uebung

    def inventory(self) -> Inventar:
        """Cards and certificates with their end, from the last good answers."""
        known = [m for probe in ("P9", "P8", "P5", "P12") for m in self._samples.last(probe) if m.daten]
        return build_inventory(known, self._clock.now(), zeiten().warnstufen_tage)

    def inventory_pdf(self) -> bytes:
        """The inventory for the folder of the practice."""
        return render_inventory(self.inventory(), self._settings, self._uebung)

    def verlauf(self, von: datetime, bis: datetime) -> Verlauf:
        """The timeline of a period: own measuring, Lagebild, availability per Dienst."""
        return build_verlauf(self._samples.history(von - VORLAUF, bis), von, bis)

    def bericht(self, stoerung: Stoerung, arten: Iterable[str], vorgaenge: int) -> Bericht:
        """The evidence of a Störung; ``arten``: the kind of each of its Belege."""
        now = self._clock.now()
        directory = self._samples.last("P6", Ergebnis.OK)
        return build_bericht(
            stoerung,
            self._samples.history(stoerung.beginn - VORHER, (stoerung.ende or now) + NACHHER),
            self._umfeld,
            now,
            belege=Counter(arten),
            vorgaenge=vorgaenge,
            minuten_je_beleg=self._settings.minuten_je_beleg,
            kette=self._samples.verify(),
            kopf_hash=self._samples.head(),
            verzeichnis=directory[0].daten if directory else None,
        )

    def bericht_pdf(self, bericht: Bericht) -> bytes:
        """The evidence on paper."""
        return render_bericht(bericht, self._settings, self._uebung)

    def advisories(self, place: Path) -> tuple[tuple[Hinweisblatt, ...], tuple[str, ...]]:
        """Known problems that fit this Konnektor, also those dropped into a folder, and unreadable files there."""
        own, unreadable = dropped_in(place)
        directory, certificate = self._samples.last("P6", Ergebnis.OK), self._samples.last("P5")
        kind = str(certificate[0].daten.get("schluesselart", "")) if certificate else ""
        facts = directory[0].daten if directory else {}
        cards = {z.verfahren for z in self.inventory().zertifikate if z.was not in ("TLS", "P12", "KIM")}
        weakest = "RSA" if "RSA" in cards else "ECC"
        return matching((*shipped(), *own), facts, kind, self._clock.now(), weakest), unreadable

    def network_page(self) -> list[str]:
        """The last words of all probes as text for the IT-Betreuer, ready to copy."""
        words = [m for probe in _ALL for m in self._samples.last(probe)]
        errors = [m for probe in _ALL for m in self._samples.last(probe, Ergebnis.FEHLER)]
        return network_lines(words, errors, self._settings, self._clock.now())
