"""Completion: own list, ICD-10-GM, what was written before; never a dosage, never a person."""

import io
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import inputs
import stores
from papierbruecke.errors import Cancelled, Einwand, InputRefused
from papierbruecke.record.model import PznPosition, RezeptEingabe
from papierbruecke.record.read_input import read_au, read_rezept
from papierbruecke.record.read_lists import read_icd, read_medicines
from papierbruecke.record.sqlcipher_lists import FILE, SqlcipherLists, open_lists
from papierbruecke.record.suggest import Vorschlaege
from papierbruecke.record.suggestion_model import IcdEintrag, Mittel, mittel_of
from papierbruecke.wiring import Desk

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
ANNA, BERT = "838382202", "123456601"
CSV = """name;pzn;staerke;packung;norm;rezeptpflichtig
Ramipril Probe;01234562;5 mg;100 St;N3;ja
Ringelblumensalbe Probe;;;;;nein
Ramipril Muster;00000017;2,5 mg;50 St;N2;ja
"""
ICD = """3;N;X;01;A00;A00.-;A00;A00;Cholera;Cholera;;;;;;;;;;;;;;;;;;;;
4;T;X;01;A00;A00.0;A00.0;A000;Cholera durch Vibrio cholerae;;;;;;;;;;;;;;;;;;;;;
4;T;X;10;J00;J06.9;J06.9;J069;Akute Infektion der oberen Atemwege, nicht näher bezeichnet;;;;;;;;;;;;;;;;;;;;;
4;T;X;10;J00;J06.0;J06.0;J060;Akute Laryngopharyngitis;;;;;;;;;;;;;;;;;;;;;
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlcipherLists]:
    opened = open_lists(tmp_path, stores.KEY)
    yield opened
    opened.close()


@pytest.fixture
def desk(store: SqlcipherLists) -> Vorschlaege:
    return Vorschlaege(store)


def file(tmp_path: Path, text: str, name: str = "liste.csv", encoding: str = "utf-8") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def rezept(lanr: str = ANNA, *names: str) -> RezeptEingabe:
    document = inputs.rezept()
    document["arzt"]["lanr"] = lanr
    first = document["rezept"]["positionen"][0]
    document["rezept"]["positionen"] = [first | {"name": name} for name in names or (first["name"],)]
    return read_rezept(inputs.as_bytes(document))


def names(found: list[Mittel]) -> list[str]:
    return [entry.name for entry in found]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("mark", [";", ",", "\t"])
def test_a_list_is_read_in_the_forms_that_spreadsheets_write(
    desk: Vorschlaege, tmp_path: Path, encoding: str, mark: str
) -> None:
    text = (
        'name;pzn\n"Käse;Probe";01234562\n'.replace(";", mark) if mark != ";" else 'name;pzn\n"Käse;Probe";01234562\n'
    )
    assert desk.import_medicines(file(tmp_path, text, encoding=encoding)) == 1
    assert names(desk.medicines("kase", ANNA)) == [f"Käse{mark}Probe"]


def test_words_complete_in_any_order_and_without_umlauts(desk: Vorschlaege, tmp_path: Path) -> None:
    assert desk.import_medicines(file(tmp_path, CSV)) == 3
    assert names(desk.medicines("rami", ANNA)) == ["Ramipril Muster", "Ramipril Probe"]
    assert names(desk.medicines("100 rami", ANNA)) == ["Ramipril Probe"]
    assert names(desk.medicines("01234562", ANNA)) == ["Ramipril Probe"]
    assert desk.medicines("gibt es nicht", ANNA) == []
    assert desk.medicines("", ANNA) == []


def test_what_the_doctor_writes_comes_first_then_what_the_practice_writes(desk: Vorschlaege, tmp_path: Path) -> None:
    desk.import_medicines(file(tmp_path, CSV))
    desk.remember(rezept(BERT), NOW)
    for _ in range(2):
        document = inputs.rezept()
        document["rezept"]["positionen"] = [{"form": "freitext", "text": "Ramipril Zettel", "dosierung": "dj"}]
        document["arzt"]["lanr"] = ANNA
        desk.remember(read_rezept(inputs.as_bytes(document)), NOW)
    assert names(desk.medicines("rami", ANNA))[0] == "Ramipril Zettel"
    assert names(desk.medicines("rami", BERT))[0] == "Ramipril Probe"  # the list's spelling of this PZN stays
    assert names(desk.medicines("", ANNA)) == ["Ramipril Zettel"]


def test_p3_625_ak9_nothing_of_the_decision_is_offered_again(desk: Vorschlaege) -> None:
    document = inputs.rezept()
    document["rezept"]["positionen"][0] |= {"anzahl": 3, "hinweis": "eilt", "aut_idem_ausgeschlossen": True}
    desk.remember(read_rezept(inputs.as_bytes(document)), NOW)
    (found,) = desk.medicines("ramipril", ANNA)
    position = found.position()
    assert isinstance(position, PznPosition)
    assert (position.dosierung, position.anzahl, position.hinweis) == (None, 1, None)
    assert not position.aut_idem_ausgeschlossen
    assert mittel_of(position) == found


def test_a_new_list_replaces_the_old_one_but_not_what_was_used(desk: Vorschlaege, tmp_path: Path) -> None:
    desk.import_medicines(file(tmp_path, CSV))
    desk.remember(rezept(), NOW)
    desk.import_medicines(file(tmp_path, "name;pzn\nNeues Probemittel;00000023\n"))
    assert names(desk.medicines("ramipril", ANNA)) == ["Ramipril Probe"]
    assert names(desk.medicines("neues", ANNA)) == ["Neues Probemittel"]
    assert desk.medicines("ringelblume", ANNA) == []


def test_a_wrong_entry_can_be_forgotten(desk: Vorschlaege) -> None:
    desk.remember(rezept(), NOW)
    (found,) = desk.medicines("ramipril", ANNA)
    desk.forget(found)
    assert desk.medicines("ramipril", ANNA) == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("medikament;pzn\nx;01234562\n", 1),
        ("name;wirkung\nx;gut\n", 1),
        ("name;pzn\nProbe;01234563\n", 2),
        ("name;pzn\nProbe;01234562\n;01234562\n", 3),
        ("name;rezeptpflichtig\nProbe;vielleicht\n", 2),
        ("name;form\nProbe;pzn\n", 2),
        ("name\nProbe ☃\n", 2),
        ("name\n", 1),
    ],
)
def test_a_broken_list_is_refused_with_its_line_and_changes_nothing(
    desk: Vorschlaege, tmp_path: Path, text: str, line: int
) -> None:
    desk.import_medicines(file(tmp_path, CSV))
    with pytest.raises(InputRefused) as caught:
        desk.import_medicines(file(tmp_path, text))
    assert [e.feld for e in caught.value.einwaende] == [f"zeile {line}"]
    assert len(desk.medicines("rami", ANNA)) == 2


def test_no_list_is_a_picture_or_a_program() -> None:
    for data in (bytes(range(256)) * 50, b"x" * 20_000):
        with pytest.raises(InputRefused):
            list(read_medicines(io.BytesIO(data)))
        with pytest.raises(InputRefused):
            list(read_icd(io.BytesIO(data)))


def test_codes_are_found_by_their_beginning_and_by_words(desk: Vorschlaege, tmp_path: Path) -> None:
    assert desk.icd_known("J06.9") is None
    assert desk.import_icd(file(tmp_path, ICD, "icd10gm2026syst_kodes.txt")) == 4
    assert [e.code for e in desk.diagnoses("j06", ANNA)] == ["J06.0", "J06.9"]
    assert [e.code for e in desk.diagnoses("J06.9", ANNA)] == ["J06.9"]
    assert [e.code for e in desk.diagnoses("infektion obere", ANNA)] == ["J06.9"]
    assert [e.code for e in desk.diagnoses("cholera", ANNA)] == ["A00.0"]  # only terminal codes may be written
    assert (desk.icd_known("J06.9"), desk.icd_known("A00"), desk.icd_known("Z99.9")) == (True, False, False)


def test_codes_in_use_are_known_without_a_catalogue_and_come_first_with_one(desk: Vorschlaege, tmp_path: Path) -> None:
    desk.remember(read_au(inputs.as_bytes(inputs.au())), NOW)
    assert [e.code for e in desk.diagnoses("j", ANNA)] == ["J06.9"]
    desk.import_icd(file(tmp_path, ICD, "icd10gm2026syst_kodes.txt"))
    assert [e.code for e in desk.diagnoses("j06", ANNA)] == ["J06.9", "J06.0"]
    assert [e.code for e in desk.diagnoses("", ANNA)] == ["J06.9"]


def test_an_au_with_a_code_outside_the_catalogue_is_remarked(tmp_path: Path) -> None:
    desk = Desk(tmp_path, passphrase="nur für diesen Test")
    eingabe = read_au(inputs.as_bytes(inputs.au()))
    assert desk.check_au(eingabe).warnungen == []
    desk.suggestions().import_icd(file(tmp_path, ICD, "icd10gm2026syst_kodes.txt"))
    assert desk.check_au(eingabe).warnungen == []
    other = inputs.au()
    other["au"]["diagnosen"] = [{"icd": "A00", "sicherheit": "G"}]
    assert [w.code for w in desk.check_au(read_au(inputs.as_bytes(other))).warnungen] == ["icd.unbekannt"]
    desk.close()


def test_a_file_of_something_else_is_no_catalogue(desk: Vorschlaege, tmp_path: Path) -> None:
    with pytest.raises(InputRefused):
        desk.import_icd(file(tmp_path, CSV))
    with pytest.raises(InputRefused):
        desk.import_icd(tmp_path / "fehlt.txt")


def test_an_import_tells_how_far_it_is_and_can_be_stopped(desk: Vorschlaege, tmp_path: Path) -> None:
    desk.import_medicines(file(tmp_path, CSV))
    long = file(tmp_path, "name\n" + "".join(f"Probemittel {n}\n" for n in range(2000)))
    seen: list[int] = []
    stop = threading.Event()

    def progress(number: int) -> None:
        seen.append(number)
        if number == 1000:
            stop.set()

    with pytest.raises(Cancelled):
        desk.import_medicines(long, progress, stop)
    assert seen == [200, 400, 600, 800, 1000]
    assert len(desk.medicines("rami", ANNA)) == 2
    assert desk.medicines("probemittel", ANNA) == []


class Lines(io.BytesIO):
    """A file that counts how many lines were asked for."""

    read_lines = 0

    def readline(self, size: int | None = -1, /) -> bytes:
        self.read_lines += 1
        return super().readline(-1 if size is None else size)


def test_lists_stream_and_never_lie_in_memory_as_a_whole() -> None:
    """The ICD-10-GM has 17,000 rows: each is given on before the next one is read."""
    code = ICD.splitlines(keepends=True)[1]
    stream = Lines((code * 1000).encode())
    for number, _ in zip(range(1, 6), read_icd(stream), strict=False):
        assert stream.read_lines == number
    stream = Lines((CSV + "Probesalbe;;;;;nein\n" * 1000).encode())
    next(read_medicines(stream))
    assert stream.read_lines <= 4  # the head is read twice: once to find the separator


def test_the_file_is_encrypted_and_holds_no_person(desk: Vorschlaege, tmp_path: Path) -> None:
    desk.remember(rezept(), NOW)
    everything = b"".join(path.read_bytes() for path in tmp_path.glob(f"{FILE}*"))
    assert b"Ramipril" not in everything
    (found,) = desk.medicines("ramipril", ANNA)
    stored: dict[str, Any] = found.model_dump()
    assert "Testfrau" not in str(stored)


def test_favourites_are_offered_to_their_doctor_in_the_empty_line(desk: Vorschlaege, tmp_path: Path) -> None:
    assert desk.import_favourites(file(tmp_path, CSV), ANNA, NOW) == 3
    assert len(desk.medicines("", ANNA)) == 3
    assert desk.medicines("", BERT) == []
    assert names(desk.medicines("rami", BERT)) == ["Ramipril Muster", "Ramipril Probe"]
    assert desk.counts() == (0, 0), "favourites are no list of the practice"


@pytest.mark.parametrize("was", ["icd", "favoriten"])
def test_a_stopped_or_broken_import_leaves_nothing_half_written(
    desk: Vorschlaege, store: SqlcipherLists, tmp_path: Path, was: str
) -> None:
    desk.import_icd(file(tmp_path, ICD, "icd10gm2026syst_kodes.txt"))
    code = ICD.splitlines(keepends=True)[1]
    long = {"icd": code * 3000, "favoriten": "name\n" + "".join(f"Probemittel {n}\n" for n in range(3000))}[was]
    stop = threading.Event()
    take = {
        "icd": lambda path: desk.import_icd(path, lambda _: stop.set(), stop),
        "favoriten": lambda path: desk.import_favourites(path, ANNA, NOW, lambda _: stop.set(), stop),
    }[was]
    with pytest.raises(Cancelled):
        take(file(tmp_path, long, "lang.txt"))
    stop.clear()
    with pytest.raises(InputRefused):
        take(file(tmp_path, long[:2000] + "\nkaputt\0\n", "kaputt.txt"))
    assert desk.medicines("", ANNA) == []
    assert desk.medicines("probemittel", ANNA) == []
    assert desk.counts() == (0, 3)
    assert [e.code for e in desk.diagnoses("j06", ANNA)] == ["J06.0", "J06.9"]


@pytest.mark.parametrize("kind", ["mittel", "icd"])
def test_the_desk_goes_on_writing_and_reading_while_a_list_is_taken_in(
    store: SqlcipherLists, tmp_path: Path, kind: str
) -> None:
    Vorschlaege(store).remember(rezept(ANNA, "Altes Mittel"), NOW)
    store.replace_icd(read_icd(io.BytesIO(ICD.encode())))
    at_the_desk = open_lists(tmp_path, stores.KEY)
    before = at_the_desk.counts()
    medicines = [Mittel(form="pzn", name=f"Probe {n}", pzn="01234562") for n in range(3)]
    codes = [IcdEintrag(code=f"J0{n}.0", titel=f"Probe {n}") for n in range(4)]

    def entries(rows: list[Any]) -> Iterator[Any]:
        for row in rows:
            yield row
            at_the_desk.note([Mittel(form="freitext", name="Neues Mittel")], ["K29.7"], ANNA, NOW)
            assert at_the_desk.counts() == before, "all or nothing"

    if kind == "mittel":
        assert store.replace_medicines(entries(medicines)) == len({m.schluessel for m in medicines})
        assert {m.name for m in at_the_desk.medicines(("neues",), ANNA, 9)} == {"Neues Mittel"}
    else:
        assert store.replace_icd(entries(codes)) == 4
        assert [c.code for c in at_the_desk.icd(("k29",), ANNA, 9)] == ["K29.7"]
    assert at_the_desk.counts() != before
    at_the_desk.close()


def test_a_list_that_ends_in_an_error_leaves_nothing_and_the_next_one_comes_in(store: SqlcipherLists) -> None:
    def broken() -> Iterator[IcdEintrag]:
        yield IcdEintrag(code="J01.0", titel="Probe")
        raise InputRefused((Einwand("datei", "Probe", "Zeile 2 ist kaputt."),))

    for _ in range(2):
        with pytest.raises(InputRefused):
            store.replace_icd(broken())
        assert store.counts() == (0, 0)
    assert store.replace_icd(read_icd(io.BytesIO(ICD.encode()))) == 4
