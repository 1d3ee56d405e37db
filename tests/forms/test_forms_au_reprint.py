"""An AU can be printed again at any time (P6-02 AK3): the stored bytes, never a new rendering."""

from pathlib import Path

import pytest

import inputs
import stores
from papierbruecke.clock import SetClock
from papierbruecke.errors import InputRefused
from papierbruecke.forms.file_printer import FilePrinter
from papierbruecke.forms.issue_beleg import AUFTRAG, IssueBeleg
from papierbruecke.outbox.model import Zustand
from papierbruecke.record.read_input import read_au
from papierbruecke.settings import Einstellungen


def test_a_reprint_is_the_stored_file_and_is_in_the_history(tmp_path: Path) -> None:
    clock = SetClock(stores.MORGENS)
    store = stores.memory(clock)
    before = IssueBeleg(store, clock, FilePrinter(tmp_path / "a"), Einstellungen())
    of = stores.stoerung(store)
    line = before.issue_au(read_au(inputs.as_bytes(inputs.au())), stoerung=of.id, wer="sk")
    before.print_beleg(line.kennung, wer="sk")
    before.confirm_printed(line.kennung, "sk")

    # Another day, other settings: what was handed out does not change.
    later = Einstellungen(pruefnummer="Y/1/2107/36/999")
    again_later = IssueBeleg(store, clock, FilePrinter(tmp_path / "b"), later)
    with pytest.raises(InputRefused):
        again_later.print_beleg(line.kennung, wer="sk")
    again_later.print_beleg(line.kennung, wer="sk", grund="Papier verloren")
    first, again = (sorted(path.read_bytes() for path in (tmp_path / name).iterdir()) for name in "ab")
    assert len(first) == 3
    assert first == again
    assert sorted(store.seiten(line.kennung)) == ["ag", "kk", "v"]
    assert [event.detail["seite"] for event in store.events(line.kennung) if event.was == AUFTRAG] == [
        "kk",
        "v",
        "ag",
    ] * 2
    found = store.uebersicht(line.kennung)
    assert found is not None
    assert found.zustand is Zustand.GEDRUCKT
