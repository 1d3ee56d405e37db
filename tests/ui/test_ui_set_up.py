"""The set-up beyond tables: assistant, certificate, second desk, key, bad files."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from desk_twin import MORGENS, DeskTwin, settings
from keyboard import Keyboard, settle
from papierbruecke.errors import InputRefused
from papierbruecke.konnektor.confirm_certificate import Vergleich
from papierbruecke.konnektor.model import Serverzertifikat
from papierbruecke.practice.share_setup import export_setup, import_setup
from papierbruecke.settings import Einstellungen
from papierbruecke.ui.main_window import MainWindow
from papierbruecke.ui.setting_parts import PARTS

SECRET = "streng-geheim"
SHA = "ab" * 32


def full() -> Einstellungen:
    return settings(
        konnektor={
            "adresse": "konnektor.praxis",
            "passwort": SECRET,
            "client_p12": b"\x30\x82geheim",
            "client_p12_passwort": SECRET,
            "arbeitsplatz": "EMPFANG1",
            "mandant": "Mandant1",
        },
        kim={"smtp_host": "kim.praxis", "passwort": SECRET},
        druck={"muster16_drucker": "Nadeldrucker"},
    )


def test_a_set_up_travels_without_secrets_letter_and_devices() -> None:
    data = export_setup(full())
    text = data.decode()
    for own in (SECRET, "Nadeldrucker", "EMPFANG1", '"platz"', "client_p12"):
        assert own not in text
    other = Einstellungen.model_validate({"praxis": {"platz": "B"}, "kim": {"passwort": "eigenes"}})
    taken = import_setup(data, other)
    assert taken.praxis.platz == "B"
    assert taken.kim.passwort == "eigenes"
    assert taken.kim.smtp_host == "kim.praxis"
    assert taken.konnektor.mandant == "Mandant1"
    assert taken.praxis.aerzte == full().praxis.aerzte
    assert taken.druck == other.druck


def test_every_secret_of_the_tables_stays_here() -> None:
    text = export_setup(full()).decode()
    document = json.loads(text)["einstellungen"]
    for name, table in Einstellungen.model_fields.items():
        fields = getattr(table.annotation, "model_fields", {})
        for field, info in fields.items():
            if info.repr is False:
                assert field not in document[name], f"{name}.{field}"


def test_a_file_from_outside_cannot_smuggle_letter_or_secret() -> None:
    document = json.loads(export_setup(full()))
    document["einstellungen"]["praxis"]["platz"] = "C"
    document["einstellungen"]["kim"]["passwort"] = "untergeschoben"
    document["einstellungen"]["simulator"] = True
    taken = import_setup(json.dumps(document).encode(), Einstellungen())
    assert taken.praxis.platz == "A"
    assert taken.kim.passwort is None
    assert not taken.simulator


@hypothesis_settings(max_examples=40, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.recursive(st.none() | st.text() | st.integers(), st.lists).map(repr)))
def test_any_other_file_is_refused_with_a_sentence(data: bytes | str) -> None:
    with pytest.raises(InputRefused) as refused:
        import_setup(data if isinstance(data, bytes) else data.encode(), Einstellungen())
    assert "nichts geändert" in refused.value.einwaende[0].text


def test_the_page_takes_a_file_and_waits_for_saving(
    desk: DeskTwin, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "einrichtung.json"
    path.write_bytes(export_setup(full()))
    share = window.setup.share
    share.ask_open = lambda: str(path)
    share.take()
    assert "F9" in share.hint.text
    assert desk.settings.konnektor.adresse is None
    window.setup.save()
    settle(window, qtbot)
    assert desk.settings.konnektor.adresse == "konnektor.praxis"
    share.ask_save = lambda: str(tmp_path / "mit.json")
    share.export()
    assert "Kennwörter sind nicht darin" in share.hint.text
    path.write_bytes(b"\x00")
    share.take()
    assert "nichts geändert" in share.hint.text


def shown_certificate(sha256: str = SHA) -> Serverzertifikat:
    """What the handshake shows."""
    return Serverzertifikat(
        sha256=sha256,
        subject="CN=Konnektor Testfall",
        issuer="CN=Test-CA",
        not_before=MORGENS - timedelta(days=10),
        not_after=MORGENS + timedelta(days=1000),
        schluesselart="EC-secp256r1",
    )


@pytest.mark.parametrize("name", ["konnektor", "kim"])
def test_the_certificate_is_explained_and_confirmed_by_a_person(
    desk: DeskTwin, window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    panel = getattr(window.setup, name)
    panel.show_certificate()
    settle(window, qtbot)
    assert "eingerichtet" in panel.hint.text or "Einstellungen" in panel.hint.text
    fingerprints = [SHA]

    def compare(gegenstelle: str) -> Vergleich:
        known = getattr(desk.settings, gegenstelle).fingerabdruck
        return Vergleich(gegenstelle=gegenstelle, bestaetigt=known, gezeigt=shown_certificate(fingerprints[-1]))

    monkeypatch.setattr(desk, "compare_certificate", compare)
    panel.show_certificate()
    settle(window, qtbot)
    assert "ABAB ABAB" in panel.facts.text()
    assert "CN=Konnektor Testfall" in panel.facts.text()
    assert getattr(desk.settings, name).fingerabdruck is None
    panel.confirm.click()
    settle(window, qtbot)
    assert getattr(desk.settings, name).fingerabdruck == SHA
    assert not panel.confirm.isVisibleTo(panel)
    assert any(event.was == "zertifikat_bestaetigt" for event in desk.store().events())
    fingerprints.append("cd" * 32)
    panel.show_certificate()
    settle(window, qtbot)
    assert "ABAB ABAB" in panel.facts.text()
    assert "CDCD CDCD" in panel.facts.text()
    assert panel.confirm.isVisibleTo(panel)
    assert getattr(desk.settings, name).fingerabdruck == SHA


def test_only_a_p12_is_taken(desk: DeskTwin, window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    panel = window.setup.konnektor
    path = tmp_path / "x.p12"
    panel.ask_path = lambda: str(path)
    panel.load_p12()
    assert "nicht lesen" in panel.hint.text
    path.write_bytes(b"GIF89a")
    panel.load_p12()
    assert "kein Clientzertifikat" in panel.hint.text
    path.write_bytes(b"\x30\x82test")
    panel.load_p12()
    window.setup.save()
    settle(window, qtbot)
    assert desk.settings.konnektor.client_p12 == b"\x30\x82test"


def test_the_assistant_walks_through_every_part_and_each_may_wait(window: MainWindow, keys: Keyboard) -> None:
    window.setup.welcome()
    window.show_place("einstellungen")
    steps = [part for part in PARTS if part.first]
    for _ in steps[1:]:
        window.setup.later_button.click()
    assert f"Schritt {len(steps)} von {len(steps)}" in window.setup.steps.where.text()
    window.setup.later_button.click()
    assert window.place == "empfang"
    assert not window.setup.assistant


def test_the_recovery_sheet_goes_to_paper_and_a_weak_passphrase_does_not(
    desk: DeskTwin, window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "recovery_sheet", lambda wer: b"%PDF-blatt")
    window.setup.key.print_sheet()
    settle(window, qtbot)
    assert desk.printer_twin.printed == [("ersatzschein", b"%PDF-blatt", "Wiederherstellungsblatt")]
    key = window.setup.key
    key.phrase.set_text("kurz")
    key.set_passphrase()
    assert "zwölf" in key.phrase.objection or "12" in key.phrase.objection
    key.phrase.set_text("drei kleine Wörter")
    key.again.set_text("drei andere Wörter")
    key.set_passphrase()
    assert "verschieden" in key.again.objection
