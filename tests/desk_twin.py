"""A desk for the tests of the window: the real services over a store in memory.

What is scripted, and why the window must cope with it: the reader (a card, another card, none,
a failing service), the watch (pictures come when the test says so), the printer (works, is
gone, is slow until released) and the Nachversand (steps that the test releases one by one).
"""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import inputs
from papierbruecke.card.model import KarteGelesen, Kartendaten, Kartenergebnis, KarteNichtLesbar, Warnung
from papierbruecke.clock import SetClock
from papierbruecke.errors import EnvironmentFailure
from papierbruecke.outage.certificates import Inventar, Zertifikat
from papierbruecke.outage.model import Diagnose, Dienst, DienstLage, DienstZustand, Ergebnis, Lage, Messung
from papierbruecke.outage.timeline import Abschnitt, Farbton, Spur, Verlauf
from papierbruecke.outbox.memory import MemoryOutbox
from papierbruecke.outbox.recover import Startbericht
from papierbruecke.settings import Einstellungen
from papierbruecke.vault.key import Key
from papierbruecke.wiring import Desk

MORGENS = datetime(2026, 11, 23, 7, 40, tzinfo=UTC)
BOUND_S = 20.0


def card(**person: Any) -> KarteGelesen:
    """A readable card; keyword arguments change the person on it."""
    return KarteGelesen(
        Kartendaten(
            generation="G2.1",
            iccsn_ende="0067",
            versicherter=inputs.VERSICHERTER | person,  # type: ignore[arg-type]
            versicherung=inputs.VERSICHERUNG,  # type: ignore[arg-type]
            verwendbar=True,
            vsd_version="5.2.0",
            stand="2026-10-01T08:15:00",
            warnungen=(Warnung(code="karte.offline", text="Kein Nachweis."),),
        )
    )


def settings(**more: Any) -> Einstellungen:
    """A practice with one doctor."""
    praxis = {"betriebsstaetten": [inputs.BETRIEBSSTAETTE], "aerzte": [inputs.ARZT], "bundesland": "BY"}
    return Einstellungen.model_validate({"praxis": praxis} | more)


def picture(diagnose: Diagnose | None, *broken: Dienst) -> Lage:
    """A picture of the TI in which these Dienste are broken since 08:19."""
    since = datetime(2026, 11, 23, 7, 19, tzinfo=UTC)
    down = diagnose is not None
    proben = tuple(
        Messung(
            probe=probe,
            ziel=ziel,
            zeit=MORGENS,
            ergebnis=Ergebnis.FEHLER if down and probe == "P13" else Ergebnis.OK,
            befund="Zugangsdienst gestört" if probe == "P13" else "antwortet",
        )
        for probe, ziel in (
            ("P0", "rechner"),
            ("P3", "internet"),
            ("P4", "konnektor"),
            ("P7", "konnektor"),
            ("P13", "lagebild"),
        )
    )
    return Lage(
        zeit=MORGENS,
        proben=proben,
        diagnose=diagnose,
        dienste={
            dienst: DienstLage(
                zustand=DienstZustand.GESTOERT if dienst in broken else DienstZustand.VERFUEGBAR, seit=since
            )
            for dienst in Dienst
        },
    )


ARVATO = Diagnose(
    id="D24",
    titel="VPN-Zugangsdienst gestört",
    verantwortlich="VPN-Zugangsdienst, laut gematik-Lagebild",
    sicherheit="belegt",
    satz="Der TI-Zugang Ihres Anbieters (Arvato) ist gestört",
    massnahme="In der Praxis ist alles in Ordnung, bitte nichts umstellen. Karten wie immer in der Praxissoftware einlesen.",
    seit=datetime(2026, 11, 23, 7, 19, tzinfo=UTC),
)


class PrinterTwin:
    """Takes pages; may be gone, or hold the caller until the test lets go."""

    def __init__(self) -> None:
        self.printed: list[tuple[str, bytes, str]] = []
        self.gone = False
        self.gate = threading.Event()
        self.gate.set()

    def print(self, formular: str, pdf: bytes, titel: str) -> None:
        assert self.gate.wait(BOUND_S)
        if self.gone:
            raise EnvironmentFailure("drucker.fehlt", "Der Drucker antwortet nicht. Bitte einschalten und F9 drücken.")
        self.printed.append((formular, pdf, titel))


class DeskTwin(Desk):
    """``wiring.Desk`` without files, network and reader."""

    def __init__(self, daten: Path, einstellungen: Einstellungen | None = None) -> None:
        self.printer_twin = PrinterTwin()
        super().__init__(daten, clock=SetClock(MORGENS), printer=self.printer_twin)
        self._memory = MemoryOutbox(self.clock)
        self.settings = einstellungen or settings()
        self.cards: list[Kartenergebnis | EnvironmentFailure] = [card()]
        self.first_picture: Lage | None = picture(None)
        self.drained: list[str | None] = []
        self.steps: list[threading.Event] = []
        self.drill = False
        self.erezept = Ergebnis.OK
        self.notice = ""  # what the Nachversand says while it runs
        self.keeping = SafekeepingTwin()

    @property
    def uebung(self) -> bool:
        return self.drill

    @property
    def set_up(self) -> bool:
        return True

    def store(self) -> MemoryOutbox:  # type: ignore[override]
        return self._memory

    def key(self) -> Key:
        self.daten.mkdir(parents=True, exist_ok=True)
        return Key(bytes(32))

    def begin_day(self, wer: str = "") -> None:
        """Days begin in tests of their own."""

    def save_settings(self, settings: Einstellungen) -> None:
        self.settings = settings

    def safekeeping(self) -> "SafekeepingTwin":  # type: ignore[override]
        return self.keeping

    def look_back(self) -> "LookBackTwin":  # type: ignore[override]
        return LookBackTwin()

    def vorrat(self) -> None:  # type: ignore[override]
        """Nobody counts the paper here."""

    def keep_watch(self, stop: threading.Event, on_change: Callable[[Lage], None], tempo: float = 1.0) -> None:
        if self.first_picture is not None:
            on_change(self.first_picture)
        stop.wait()

    def ask_erezept(self) -> Lage:
        assert threading.current_thread() is not threading.main_thread()
        answer = Messung(probe="P11", ziel="erezept", zeit=MORGENS, ergebnis=self.erezept)
        return picture(None).model_copy(update={"proben": (answer,)})

    def read_card(self, warten_s: float = 0.0, leser: str | None = None, mit_gvd: bool | None = None) -> Kartenergebnis:
        outcome = self.cards.pop(0) if len(self.cards) > 1 else self.cards[0]
        if isinstance(outcome, EnvironmentFailure):
            raise outcome
        return outcome

    def drain(
        self,
        wer: str,
        on_progress: Callable[[int, int], None] | None = None,
        cancel: threading.Event | None = None,
        nur: str | None = None,
        automatisch: bool = False,
        on_notice: Callable[[str], None] | None = None,
    ) -> "DrainTwin":  # type: ignore[override]
        self.drained.append(nur)
        if self.notice and on_notice is not None:
            on_notice(self.notice)
        assert on_progress is not None
        assert cancel is not None
        for number, step in enumerate(self.steps):
            on_progress(number, len(self.steps))
            assert step.wait(BOUND_S)
            if cancel.is_set():
                return DrainTwin(False, ("Angehalten.",))
        return DrainTwin(True, ("Alles gesendet.",))


class SafekeepingTwin:
    """What the last run left is what the test says; counts the wishes for a backup."""

    def __init__(self) -> None:
        self.left = Startbericht((), (), (), None)
        self.made = 0

    def backups(self) -> list[Any]:
        return []

    def look_back(self) -> Startbericht:
        return self.left

    def daily(self) -> None:
        self.made += 1


class LookBackTwin:
    """A day with an outage, and two cards of which one ends soon."""

    def verlauf(self, von: datetime, bis: datetime) -> Verlauf:
        def piece(begin: float, end: float, zustand: Farbton) -> Abschnitt:
            return Abschnitt(von=von + timedelta(hours=begin), bis=von + timedelta(hours=end), zustand=zustand)

        good = piece(0, 8.3, Farbton.VERFUEGBAR)
        names = ("Internet", "Konnektor", "TI-Zugang", "Karte (VSDM)", "E-Rezept", "eAU und KIM", "ePA")
        lines = [
            Spur(
                name=name,
                abschnitte=(good, piece(8.3, 14, Farbton.VERFUEGBAR if name in names[:2] else Farbton.GESTOERT)),
                anteil=1.0 if name in names[:2] else 0.586,
                ausfall_s=0.0,
            )
            for name in names
        ]
        return Verlauf(von=von, bis=bis, spuren=tuple(lines))

    def inventory(self) -> Inventar:
        def row(was: str, wo: str, tage: int) -> Zertifikat:
            soon = tage < 90
            return Zertifikat(
                was=was,
                bezeichnung=f"{was} Praxis Dr. Testfall",
                wo=wo,
                verfahren="ECC",
                kennung="0067",
                bis=MORGENS + timedelta(days=tage),
                tage=tage,
                stufe=90 if soon else None,
                abgelaufen=False,
                hinweis=f"in {tage} Tagen · Folgekarte bestellen" if soon else "",
            )

        rows = (row("SMC-B", "Terminal Empfang", 83), row("HBA", "Terminal Sprechzimmer", 900))
        return Inventar(stand=MORGENS, zertifikate=rows)


class DrainTwin:
    """The result of a Nachversand."""

    def __init__(self, finished: bool, lines: tuple[str, ...]) -> None:
        self.finished = finished
        self._lines = lines

    def short_lines(self) -> list[str]:
        return list(self._lines)


NO_CARD = KarteNichtLesbar("karte.keine", "Es steckt keine Karte im Leser. Bitte einstecken und F2 drücken.")
NO_READER = KarteNichtLesbar("leser.keiner", "Es ist kein Kartenleser angeschlossen. Bitte von Hand erfassen (F3).")
