"""Give a Beleg to the practice system once: text and pages into the exchange folder.

The event is stored before the record file appears, because a practice system may fetch it at once:
whoever repeats the step is asked whether the entry is there already (reconciliation §10 no. 18).
"""

from typing import Protocol
from uuid import UUID

from papierbruecke.clock import local
from papierbruecke.errors import Einwand, InputRefused
from papierbruecke.outbox.model import Ereignis, Uebersicht, Zustand
from papierbruecke.outbox.store import Outbox
from papierbruecke.pvs.build_gdt import build_record
from papierbruecke.pvs.hand_back import SATZART, entry
from papierbruecke.settings_desk import PvsEinstellungen

AUSGEGEBEN = "pvs.ausgegeben"
_NOT_YET = frozenset({Zustand.ERFASST, Zustand.VERDORBEN})
_VOID = frozenset({Zustand.STORNIERT, Zustand.ERSETZT})


class Folder(Protocol):
    """Where the practice system fetches files."""

    def path_of(self, name: str) -> str:
        """How the practice system will find this file."""

    def holds(self, name: str, data: bytes) -> bool:
        """Whether this very file still lies there."""

    def demand_free(self, name: str, data: bytes, belegnummer: str) -> None:
        """Raise EnvironmentFailure if another file of this name still waits there."""

    def write(self, name: str, data: bytes, belegnummer: str) -> None:
        """Put a file there, whole; raises EnvironmentFailure if it cannot be written."""


class HandOver:
    """The way ``pvs`` of single Belege."""

    def __init__(self, store: Outbox, settings: PvsEinstellungen) -> None:
        self._store = store
        self._settings = settings

    def write(
        self, kennung: UUID, folder: Folder, patientennummer: str, wer: str, *, nochmal: bool = False
    ) -> tuple[str, ...]:
        """Write pages and record; returns the file names. The same step again changes nothing.

        Raises InputRefused if the record was fetched already (unless ``nochmal``), or if the Beleg
        is not on paper or is void.
        """
        zeile = self._line(kennung)
        beleg = self._store.get(kennung)
        if beleg is None:
            raise _refusal("Design §3", "Der Inhalt dieses Belegs ist nach der Aufbewahrungsregel gelöscht.")
        pages = {name: (f"{zeile.belegnummer}-{name}.pdf", pdf) for name, pdf in self._store.seiten(kennung).items()}
        paths = {name: folder.path_of(file) for name, (file, _) in pages.items()}
        settings = self._settings
        felder = entry(beleg, patientennummer, paths)
        record = build_record(SATZART, settings.empfaenger, settings.absender, felder, settings.zeichensatz)
        name = self._record_name(zeile)
        done = self._handed_over(kennung)
        names = (*(file for file, _ in pages.values()), name)
        if done is not None and not nochmal:
            if folder.holds(name, record):
                return names
            raise _refusal(
                "Design §3",
                f"Dieser Beleg wurde am {local(done.zeit):%d.%m.%Y um %H:%M} Uhr schon ausgegeben. Steht der Eintrag "
                "schon in der Praxissoftware? Nur wenn nicht, bitte ausdrücklich noch einmal ausgeben.",
            )
        folder.demand_free(name, record, zeile.belegnummer)
        for file, pdf in pages.values():
            folder.write(file, pdf, zeile.belegnummer)
        self._store.note(kennung, AUSGEGEBEN, wer, {"datei": name})
        folder.write(name, record, zeile.belegnummer)
        return names

    def _record_name(self, zeile: Uebersicht) -> str:
        """One file per Beleg, or the classical fixed name if the practice system wants it."""
        short = self._settings.kurzname
        return f"{short}PBRK.gdt" if short else f"PBRK-{zeile.belegnummer}.gdt"

    def _handed_over(self, kennung: UUID) -> Ereignis | None:
        events = [event for event in self._store.events(kennung) if event.was == AUSGEGEBEN]
        return events[-1] if events else None

    def _line(self, kennung: UUID) -> Uebersicht:
        zeile = self._store.uebersicht(kennung)
        if zeile is None:
            raise _refusal("Belegnummer", "Diesen Beleg gibt es hier nicht.")
        if zeile.zustand in _NOT_YET:
            raise _refusal("Design §9", "Bitte zuerst bestätigen, dass der Ausdruck gelungen ist.")
        if zeile.zustand in _VOID:
            raise _refusal("Design §9", "Dieser Beleg ist ungültig und gehört nicht in die Praxissoftware.")
        return zeile


def _refusal(regel: str, text: str) -> InputRefused:
    return InputRefused((Einwand("nummer", regel, text),))
