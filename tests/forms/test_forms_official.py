"""BtM and T prescriptions: noted once, counted, entered, and never printed by us."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import inputs
import stores
from papierbruecke.cli import main
from papierbruecke.clock import SetClock
from papierbruecke.errors import InputRefused
from papierbruecke.forms.issue_beleg import IssueBeleg
from papierbruecke.forms.note_official import NoteOfficial
from papierbruecke.outbox.model import Spalte, Uebersicht, Zustand
from papierbruecke.outbox.store import Outbox
from papierbruecke.pvs.hand_back import entry_texts
from papierbruecke.reconcile.ledger import build_abgleich
from papierbruecke.reconcile.report_nacherfassung import to_enter
from papierbruecke.record.model import BelegArt, VermerkAngaben, VermerkEingabe
from papierbruecke.record.read_input import read_rezept
from papierbruecke.resubmit.by_hand import ByHand
from papierbruecke.settings import Einstellungen


def eingabe(nummer: str = "123456789", formular: str = "btm", **parts: object) -> VermerkEingabe:
    rezept = read_rezept(inputs.as_bytes(inputs.rezept()))
    shared = {name: getattr(rezept, name) for name in type(rezept).model_fields if name != "rezept"}
    angaben = VermerkAngaben.model_validate({"formular": formular, "nummer": nummer})
    return VermerkEingabe(**(shared | parts), vermerk=angaben)  # type: ignore[arg-type]


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Outbox]:
    clock = SetClock(stores.MORGENS)
    opened: Outbox = stores.memory(clock) if request.param == "memory" else stores.file(tmp_path, clock)
    yield opened
    assert opened.verify() == []
    opened.close()


def note(store: Outbox, noted: VermerkEingabe) -> Uebersicht:
    of = store.stoerungen()[0] if store.stoerungen() else stores.stoerung(store)
    return NoteOfficial(store, SetClock(stores.MORGENS), "A").note(noted, stoerung=of.id, wer="sk")


def test_it_counts_until_somebody_entered_it(store: Outbox) -> None:
    line = note(store, eingabe())
    assert (line.art, line.zustand) == (BelegArt.ERINNERUNG, Zustand.GEDRUCKT)
    assert store.seiten(line.kennung) == {}
    (sheet,) = build_abgleich(store, SetClock(stores.MORGENS), mit_nachweis=True).stoerungen
    (row,) = sheet.zeilen
    assert (row.spalte, row.noch_zu_tun) == (Spalte.OFFEN, "Heute in der Praxissoftware dokumentieren und abhaken.")
    assert row.bis is not None
    assert any("BtM-Rezept Nr. 123456789" in text for text in row.nachweis)
    (beleg,) = to_enter(store)
    assert any("BtM-Rezept Nr. 123456789 von Hand ausgestellt" in text for _, text in entry_texts(beleg))
    ByHand(store).document(line.kennung, "sk", "mm2")
    (sheet,) = build_abgleich(store, SetClock(stores.MORGENS)).stoerungen
    assert sheet.count(Spalte.ERLEDIGT) == 1


def test_the_same_form_is_noted_once(store: Outbox) -> None:
    first = note(store, eingabe("123 456 789"))
    assert note(store, eingabe("123456789")).kennung == first.kennung
    assert note(store, eingabe("123456789", "t_rezept")).kennung != first.kennung
    ByHand(store).declare_void(first.kennung, "sk", "verschrieben")
    assert note(store, eingabe("123456789")).kennung != first.kennung


def test_without_person_or_number_nothing_is_noted(store: Outbox) -> None:
    for wrong in (eingabe("   "), eingabe(versicherter=None)):
        with pytest.raises(InputRefused):
            note(store, wrong)
    assert store.find() == []


def test_it_is_never_printed_nor_replaced(store: Outbox) -> None:
    line = note(store, eingabe())
    service = IssueBeleg(store, SetClock(stores.MORGENS), None, Einstellungen(), uebung=False)  # type: ignore[arg-type]
    with pytest.raises(InputRefused):
        service.print_beleg(line.kennung, wer="sk", grund="verloren gegangen")
    with pytest.raises(InputRefused):
        service.replace(line.kennung, wer="sk", grund="verloren gegangen")


def test_the_command_notes_it_and_prints_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAPIERBRUECKE_PASSPHRASE", "Probe und Beispiel 4711")
    file = tmp_path / "eingabe.json"
    file.write_bytes(inputs.as_bytes(inputs.rezept()))
    common = ["vermerk", str(file), "--formular", "btm", "--daten", str(tmp_path / "daten"), "--json"]
    assert main([*common, "--nummer", "4711"]) == 0
    assert json.loads(capsys.readouterr().out)["belegnummer"]
    assert main([*common, "--nummer", ""]) == 2
