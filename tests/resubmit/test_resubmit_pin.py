"""Who is asked for a PIN, what is said before, and what comes of a PIN that never came."""

import threading
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

import inputs
import stores
from papierbruecke.clock import SetClock, SystemClock
from papierbruecke.drill.model import KonnektorZustand, Stoerfall
from papierbruecke.drill.simulator import Simulator
from papierbruecke.konnektor.client import SoapKonnektor
from papierbruecke.konnektor.model import KonnektorFehler, Signaturmodus
from papierbruecke.outbox.model import Zustand
from papierbruecke.record.model import BelegArt, Weg
from papierbruecke.record.read_input import read_au
from papierbruecke.resubmit.drain_outbox import DrainOutbox
from papierbruecke.resubmit.outcome import DrainErgebnis
from papierbruecke.settings import Einstellungen, KimEinstellungen, KonnektorEinstellungen
from twins import TwinKim, TwinKonnektor

SETTINGS = Einstellungen(
    konnektor=KonnektorEinstellungen(user_id="drmuster"),
    kim=KimEinstellungen(kassenadressen={"101234561": "kasse@test.kim.telematik-test"}),
    pruefnummer="Y/400/2107/36/999",
    weg_au=Weg.DIREKT,
)
KOMFORT = Signaturmodus(komfort=True, rest=120, rest_s=5 * 3600 + 60)


class Practice:
    """Sick notes that wait for a signature."""

    def __init__(self, *, komfort: bool = False) -> None:
        self.clock = SetClock(stores.MORGENS)
        self.store = stores.memory(self.clock)
        self.konnektor, self.kim = TwinKonnektor(), TwinKim(self.clock)
        of = stores.stoerung(self.store)
        self.made: list[UUID] = []
        for _ in range(3):
            made = stores.beleg(self.store, BelegArt.AU, of)
            made = made.model_copy(update={"inhalt": read_au(inputs.as_bytes(inputs.au()))})
            self.store.put(made, {}, "sk")
            self.store.advance(made.kennung, Zustand.ERFASST, Zustand.GEDRUCKT, "sk")
            self.made.append(made.kennung)
        part = SETTINGS.konnektor.model_copy(update={"komfortsignatur": komfort})
        self.settings = SETTINGS.model_copy(update={"konnektor": part})
        self.told: list[str] = []

    def drain(self, *, automatisch: bool) -> DrainErgebnis:
        service = DrainOutbox(self.store, self.konnektor, self.kim, self.clock, self.settings)  # type: ignore[arg-type]
        return service.drain(wer="sk", automatisch=automatisch, on_notice=self.told.append)


def test_the_pin_is_announced_with_terminal_number_and_count_before_it_is_asked() -> None:
    practice = Practice()
    practice.drain(automatisch=False)
    (told,) = practice.told
    assert "Anmeldung" in told
    assert "TWN-001" in told
    assert "3 Unterschriften" in told
    assert practice.konnektor.calls == [3]


def test_one_signature_is_spoken_of_as_one() -> None:
    practice = Practice()
    for kennung in practice.made[1:]:
        practice.store.advance(kennung, Zustand.GEDRUCKT, Zustand.NUR_PAPIER, "sk")
    practice.drain(automatisch=False)
    (told,) = practice.told
    assert "für eine Unterschrift." in told


def test_an_active_komfortsignatur_asks_nobody_and_says_what_is_left() -> None:
    practice = Practice(komfort=True)
    practice.konnektor.mode = KOMFORT
    assert practice.drain(automatisch=True).finished
    assert practice.told == [
        "Komfortsignatur ist aktiv, es wird keine PIN gefragt. Danach noch 117 Unterschriften, 5 Std. 1 Min."
    ]


@pytest.mark.parametrize(
    "mode",
    [Signaturmodus(komfort=False), None, KOMFORT.model_copy(update={"rest": 2})],
    ids=["pin", "unknown", "used up"],
)
def test_a_setting_alone_never_makes_a_terminal_ask_in_an_empty_room(mode: Signaturmodus | None) -> None:
    practice = Practice(komfort=True)
    practice.konnektor.mode = mode
    result = practice.drain(automatisch=True)
    assert practice.konnektor.calls == []
    assert any("Auf die Signatur warten: 3" in hint for hint in result.hinweise)


def test_without_the_setting_the_konnektor_is_not_even_asked() -> None:
    practice = Practice()
    practice.konnektor.mode = KOMFORT
    practice.drain(automatisch=True)
    assert practice.konnektor.calls == []


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    with Simulator(tmp_path_factory.mktemp("simulator")) as made:
        yield made


@pytest.fixture
def konnektor(simulator: Simulator) -> Iterator[SoapKonnektor]:
    made = SoapKonnektor(simulator.settings().konnektor, SystemClock())
    yield made
    made.close()
    simulator.scenario("normal")


def hba(konnektor: SoapKonnektor) -> str:
    return next(card.handle for card in konnektor.karten() if card.typ == "HBA")


def test_a_cancelled_stapel_is_stopped_at_the_konnektor_and_keeps_what_is_signed(
    simulator: Simulator, konnektor: SoapKonnektor
) -> None:
    practice = Practice()
    practice.konnektor = konnektor  # type: ignore[assignment]
    practice.settings = simulator.settings().model_copy(update={"kim": SETTINGS.kim})
    simulator.disturb(Stoerfall(stelle="SignRequest", art="langsam", jede=2, dauer_s=60, anzahl=1))
    before = len(simulator.konnektor.anfragen)
    cancel = threading.Event()
    service = DrainOutbox(practice.store, konnektor, practice.kim, practice.clock, practice.settings)  # type: ignore[arg-type]
    result = service.drain(wer="sk", cancel=cancel, on_notice=lambda _: cancel.set())
    states = sorted(line.zustand for line in practice.store.find() if line.kennung in practice.made)
    assert states == [Zustand.GEDRUCKT, Zustand.GEDRUCKT, Zustand.SIGNIERT]
    assert result.abgebrochen
    assert sum("Lauf abgebrochen" in line for line in result.lines()) == 2
    assert practice.kim.sent == []
    stops = [a for a in simulator.konnektor.anfragen[before:] if a.name == "StopSignature"]
    assert [a.status for a in stops][-1] == 200
    simulator.scenario("normal")
    assert practice.drain(automatisch=False).finished


def test_who_is_not_cancelled_is_not_stopped(simulator: Simulator, konnektor: SoapKonnektor) -> None:
    practice = Practice()
    practice.konnektor = konnektor  # type: ignore[assignment]
    practice.settings = simulator.settings().model_copy(update={"kim": SETTINGS.kim})
    before = len(simulator.konnektor.anfragen)
    assert practice.drain(automatisch=False).finished
    assert "StopSignature" not in {a.name for a in simulator.konnektor.anfragen[before:]}


@pytest.mark.parametrize(("komfort", "wanted"), [("aus", 0), ("pin", 0), ("aktiv", 250)])
def test_the_simulated_konnektor_tells_its_mode(
    simulator: Simulator, konnektor: SoapKonnektor, komfort: str, wanted: int
) -> None:
    simulator.konnektor.services.zustand = KonnektorZustand.model_validate({"komfort": komfort})
    mode = konnektor.signaturmodus(hba(konnektor), simulator.settings().konnektor.user_id)
    assert (mode.komfort, mode.rest) == (komfort == "aktiv", wanted)
    assert mode.signs_silently(250) is (komfort == "aktiv")
    assert not mode.signs_silently(251)


def test_a_mode_is_only_told_for_a_doctor_and_an_hba(simulator: Simulator, konnektor: SoapKonnektor) -> None:
    smcb = next(card.handle for card in konnektor.karten() if card.typ == "SMC-B")
    for handle, user in ((smcb, simulator.settings().konnektor.user_id), (hba(konnektor), None)):
        with pytest.raises(KonnektorFehler):
            konnektor.signaturmodus(handle, user)


@pytest.mark.parametrize(
    ("code", "words"),
    [(4043, "nicht rechtzeitig"), (4049, "abgebrochen"), (4063, "gesperrt"), (4065, "eigene PIN")],
)
def test_every_end_of_a_pin_has_its_sentence(
    simulator: Simulator, konnektor: SoapKonnektor, code: int, words: str
) -> None:
    handle, user = hba(konnektor), simulator.settings().konnektor.user_id
    jobs: list[str] = []
    simulator.disturb(Stoerfall(stelle="SignDocument", art="ablehnen", code=code, anzahl=1))
    with pytest.raises(KonnektorFehler) as failed:
        konnektor.sign({"a": b"<x/>"}, handle, user, jobs.append)
    assert words in failed.value.text
    assert failed.value.fault == code
    assert len(jobs) == 1
    simulator.disturb(Stoerfall(stelle="SignRequest", art="ablehnen", code=code, anzahl=1))
    (one,) = konnektor.sign({"a": b"<x/>"}, handle, user)
    assert words in (one.fehlertext or "")


def test_the_command_line_says_it_too(simulator: Simulator, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    from papierbruecke.commands.signature import say

    say("Jetzt fragt das Kartenterminal")
    assert capsys.readouterr().err == "Jetzt fragt das Kartenterminal\n"
