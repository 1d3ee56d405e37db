"""The table of the settings: every value declared once and whole, and no secret ever leaves."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from papierbruecke.declared import extra
from papierbruecke.practice.check_folder import folder_objection
from papierbruecke.practice.share_setup import OWN, export_setup
from papierbruecke.settings import Einstellungen
from papierbruecke.ui.setting_fields import SettingField
from papierbruecke.ui.setting_parts import NOT_TO_BE_TYPED, PARTS
from papierbruecke.ui.setting_words import ANGABEN

SECRET_WORDS = ("passwort", "p12", "kennwort", "pin", "schluessel", "geheim")


def declared(model: type[BaseModel] = Einstellungen, path: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Every value of the tables with its path."""
    for name, info in model.model_fields.items():
        kind = info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from declared(kind, f"{name}.")
        else:
            yield f"{path}{name}", info


FIELDS = dict(declared())


@pytest.mark.parametrize("path", FIELDS)
def test_every_value_says_what_it_is_for_and_where_it_comes_from(path: str) -> None:
    info = FIELDS[path]
    assert info.title
    assert info.description
    assert info.description.rstrip()[-1] in ".)"
    assert extra(info, "quelle")
    number = info.annotation in (int, float)
    assert not number or extra(info, "einheit") or "port" in path, "a number has a unit"


@pytest.mark.parametrize("path", FIELDS)
def test_every_value_has_one_place_on_the_page(path: str) -> None:
    where, _, name = path.rpartition(".")
    places = [
        section.name
        for part in PARTS
        for section in part.sections
        if section.path == where and (section.only is None or name in section.only)
    ]
    if path in NOT_TO_BE_TYPED:
        assert not places or not SettingField.can_show(FIELDS[path])
    else:
        assert len(places) == 1
        assert SettingField.can_show(FIELDS[path])


@pytest.mark.parametrize("path", FIELDS)
def test_what_sounds_secret_is_declared_secret_and_stays_here(path: str) -> None:
    where, _, name = path.rpartition(".")
    secret = FIELDS[path].repr is False
    assert secret or not any(word in name for word in SECRET_WORDS)
    if secret:
        own = OWN.get(where or name)
        assert own is True or (isinstance(own, set) and name in own)


def test_no_secret_value_is_in_the_export_however_it_is_nested() -> None:
    document = Einstellungen().model_dump(mode="json")
    planted = {}
    for path, info in FIELDS.items():
        if info.repr is False:
            table, name = path.split(".")
            planted[path] = f"geheim-{name}"
            document[table][name] = planted[path]
    document["konnektor"]["client_p12"] = "Z2VoZWlt"  # bytes travel as base64
    text = export_setup(Einstellungen.model_validate(document)).decode()
    assert planted
    assert not any(secret in text for secret in [*planted.values(), "Z2VoZWlt"])
    exported = json.loads(text)["einstellungen"]
    for path in planted:
        table, name = path.split(".")
        assert name not in exported.get(table, {})


def test_doctor_and_place_have_label_and_source_too() -> None:
    from papierbruecke.record.model import Arzt, Betriebsstaette

    assert set(ANGABEN) == set(Arzt.model_fields) | set(Betriebsstaette.model_fields)
    assert all(angabe.label and angabe.source for angabe in ANGABEN.values())


def test_what_was_stored_before_is_never_refused_by_a_form_of_entry() -> None:
    """A desk that does not start is worse than an odd value."""
    odd = {"praxis": {"bundesland": "Bayern"}, "kim": {"adresse": "ohne At", "fingerabdruck": "kurz"}}
    assert Einstellungen.model_validate(odd).praxis.bundesland == "Bayern"


def test_a_folder_is_really_written_to(tmp_path: Path) -> None:
    data, good, locked = tmp_path / "daten", tmp_path / "gut", tmp_path / "zu"
    for each in (data, data / "innen", good, locked):
        each.mkdir()
    assert folder_objection(good, data) is None
    assert list(good.iterdir()) == []
    for wrong in (data, data / "innen", tmp_path):
        assert "Datenordner" in (folder_objection(wrong, data) or "")
    assert "gibt es nicht" in (folder_objection(tmp_path / "weg", data) or "")
    (tmp_path / "verweis").symlink_to(data)
    assert "Datenordner" in (folder_objection(tmp_path / "verweis", data) or "")
    assert "schreiben" in (folder_objection(Path("/proc"), data) or "")
