"""A full disk while printing: the Beleg stays stored and "not printed", and no half file is left."""

import json
from pathlib import Path

import pytest

import inputs
import stores
from counterparts.disk import fill, small_disk
from papierbruecke.cli import main
from papierbruecke.clock import SetClock
from papierbruecke.errors import EnvironmentFailure
from papierbruecke.forms.file_printer import FilePrinter
from papierbruecke.forms.issue_beleg import IssueBeleg
from papierbruecke.outbox.model import Zustand
from papierbruecke.outbox.store import Outbox
from papierbruecke.record.read_input import read_rezept
from papierbruecke.settings import Einstellungen

__all__ = ["small_disk"]
CLOCK = SetClock(stores.MORGENS)


def issue(store: Outbox, folder: Path) -> tuple[IssueBeleg, object]:
    forms = IssueBeleg(store, CLOCK, FilePrinter(folder), Einstellungen())
    of = stores.stoerung(store)
    (line,) = forms.issue_rezept(read_rezept(inputs.as_bytes(inputs.rezept())), stoerung=of.id, wer="test")
    return forms, line


def failed(forms: IssueBeleg, line: object) -> tuple[str, str | None]:
    with pytest.raises(EnvironmentFailure) as caught:
        forms.print_beleg(line.kennung, wer="test")  # type: ignore[attr-defined]
    return caught.value.code, caught.value.belegnummer


def test_a_full_disk_under_the_printer_leaves_the_beleg_stored_and_not_printed(
    small_disk: Path, tmp_path: Path
) -> None:
    store = stores.file(tmp_path, CLOCK)
    (small_disk / "gedruckt").mkdir()
    forms, line = issue(store, small_disk / "gedruckt")
    filler = fill(small_disk)
    assert failed(forms, line) == ("drucker.ordner", line.belegnummer)  # type: ignore[attr-defined]
    assert [b.zustand for b in store.find()] == [Zustand.ERFASST]
    assert list((small_disk / "gedruckt").iterdir()) == []
    filler.unlink()
    forms.print_beleg(line.kennung, wer="test")  # type: ignore[attr-defined]
    (made,) = (small_disk / "gedruckt").iterdir()
    assert made.read_bytes() == store.seiten(line.kennung)["muster16"]  # type: ignore[attr-defined]
    store.close()


def test_a_full_disk_under_the_store_prints_nothing_that_is_not_noted(small_disk: Path, tmp_path: Path) -> None:
    store = stores.file(small_disk, CLOCK)
    forms, line = issue(store, tmp_path / "gedruckt")
    filler = fill(small_disk)
    assert failed(forms, line) == ("speicher.voll", line.belegnummer)  # type: ignore[attr-defined]
    assert not (tmp_path / "gedruckt").exists()  # rule 1: no byte leaves before its event is safe
    filler.unlink()
    assert [b.zustand for b in store.find()] == [Zustand.ERFASST]
    assert store.verify() == []
    forms.print_beleg(line.kennung, wer="test")  # type: ignore[attr-defined]
    store.close()


def test_a_full_disk_under_the_output_names_the_stored_beleg_and_leaves_no_file(
    small_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PAPIERBRUECKE_PASSPHRASE", "nur für diesen Test")
    source = tmp_path / "eingabe.json"
    source.write_bytes(inputs.as_bytes(inputs.rezept()))
    fill(small_disk)
    target, daten = small_disk / "r.pdf", tmp_path / "daten"
    assert main(["rezept", str(source), "-o", str(target), "--ablegen", "--json", "--daten", str(daten)]) == 3
    (error,) = json.loads(capsys.readouterr().out)["fehler"]
    assert error["code"] == "ausgabe.datei"
    assert error["belegnummer"]
    assert [path.name for path in small_disk.iterdir()] == ["fremd"]
