"""Records for the practice system: right to the byte, once, and never what only a card read may claim."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

import inputs
import stores
from papierbruecke.clock import SetClock
from papierbruecke.errors import EnvironmentFailure, InputRefused
from papierbruecke.outbox.model import Zustand
from papierbruecke.outbox.store import Outbox
from papierbruecke.pvs.build_gdt import NIE, build_record, text_fields
from papierbruecke.pvs.exchange_folder import ExchangeFolder
from papierbruecke.pvs.gdt import Satz, parse
from papierbruecke.pvs.hand_over import HandOver
from papierbruecke.record.model import BelegArt, Weg
from papierbruecke.record.read_input import read_au
from papierbruecke.settings_desk import PvsEinstellungen

SEITEN = {"kk": b"%PDF kk", "v": b"%PDF v", "ag": b"%PDF ag"}


@pytest.fixture
def clock() -> SetClock:
    return SetClock(stores.MORGENS)


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path, clock: SetClock) -> Iterator[Outbox]:
    opened: Outbox = stores.memory(clock) if request.param == "memory" else stores.file(tmp_path, clock)
    yield opened
    opened.close()


def put(store: Outbox, art: BelegArt, weg: Weg = Weg.PVS, *, printed: bool = True) -> UUID:
    of = store.stoerungen()[0] if store.stoerungen() else stores.stoerung(store)
    made = stores.beleg(store, art, of).model_copy(update={"weg": weg})
    store.put(made, SEITEN if art is BelegArt.AU else {"muster16": b"%PDF m16"}, "sk")
    if printed:
        store.advance(made.kennung, Zustand.ERFASST, Zustand.GEDRUCKT, "sk")
    return made.kennung


def hand_over(store: Outbox, kennung: UUID, folder: Path, **options: bool) -> Satz:
    """Write it and read the record back with the tolerant reader."""
    names = HandOver(store, PvsEinstellungen()).write(kennung, ExchangeFolder(folder), "4711", "sk", **options)
    (satz,) = parse((folder / names[-1]).read_bytes())
    return satz


def texts(satz: Satz, *fks: str) -> list[str]:
    return [content for fk, content in satz.felder if fk in fks]


def test_a_prescription_comes_back_as_text_and_page(store: Outbox, tmp_path: Path) -> None:
    satz = hand_over(store, put(store, BelegArt.REZEPT), tmp_path / "gdt")
    assert [fk for fk, _ in satz.felder[:6]] == ["8000", "8100", "8315", "8316", "9206", "9218"]
    assert (satz.satzart, satz.first("3000"), satz.first("3101")) == ("6310", "4711", "Beispiel-Testfrau")
    assert (satz.first("3103"), satz.first("6200"), satz.first("6201")) == ("23051984", "23112026", "081900")
    assert texts(satz, "6228")[0] == "1x Ramipril Test 5 mg TAB 100 St N3 PZN 01234562 Dosierung:"
    assert "KEIN E-Rezept für dieselbe Versorgung nachreichen" in texts(satz, "6227")
    assert Path(satz.first("6305") or "").read_bytes() == b"%PDF m16"
    assert satz.warnungen == ()


def test_an_au_of_the_way_pvs_says_enter_and_do_not_print_again(store: Outbox, tmp_path: Path) -> None:
    satz = hand_over(store, put(store, BelegArt.AU), tmp_path / "gdt")
    assert texts(satz, "6205") == ["J06.9 G"]
    assert any("eAU hier erfassen" in text for text in (" ".join(texts(satz, "6227")),))
    assert "Nicht noch einmal drucken und nicht noch einmal aushändigen" in texts(satz, "6227")
    assert [Path(path).read_bytes() for path in texts(satz, "6305")] == list(SEITEN.values())


def test_an_au_of_the_way_direkt_says_do_not_enter_a_second_one(store: Outbox, tmp_path: Path) -> None:
    satz = hand_over(store, put(store, BelegArt.AU, Weg.DIREKT), tmp_path / "gdt")
    assert "Hier KEINE zweite eAU erfassen" in texts(satz, "6227")
    assert not any("eAU hier erfassen" in text for text in texts(satz, "6227"))


@pytest.mark.parametrize("art", [BelegArt.AU, BelegArt.REZEPT])
def test_what_only_a_card_read_may_claim_is_never_written(store: Outbox, tmp_path: Path, art: BelegArt) -> None:
    satz = hand_over(store, put(store, art), tmp_path / "gdt")
    assert not NIE & {fk for fk, _ in satz.felder}
    for fk in sorted(NIE):
        with pytest.raises(AssertionError):
            build_record("6310", "PRAX_EDV", "PAPBRUCK", [(fk, "23112026")], "3")


def test_the_same_step_again_writes_nothing_new(store: Outbox, tmp_path: Path) -> None:
    kennung = put(store, BelegArt.REZEPT)
    hand_over(store, kennung, tmp_path / "gdt")
    before = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "gdt").iterdir()}
    hand_over(store, kennung, tmp_path / "gdt")
    assert {path.name: path.stat().st_mtime_ns for path in (tmp_path / "gdt").iterdir()} == before
    assert [event.was for event in store.events(kennung)].count("pvs.ausgegeben") == 1


def test_what_the_practice_system_fetched_is_asked_about(store: Outbox, tmp_path: Path, clock: SetClock) -> None:
    kennung = put(store, BelegArt.REZEPT)
    hand_over(store, kennung, tmp_path / "gdt")
    (path,) = (tmp_path / "gdt").glob("*.gdt")
    first = path.read_bytes()
    path.unlink()
    clock.advance(timedelta(hours=1))
    with pytest.raises(InputRefused, match="Design §3"):
        hand_over(store, kennung, tmp_path / "gdt")
    hand_over(store, kennung, tmp_path / "gdt", nochmal=True)
    assert path.read_bytes() == first


def test_a_fixed_name_waits_until_the_practice_system_fetched_it(store: Outbox, tmp_path: Path) -> None:
    settings = PvsEinstellungen(kurzname="EDV1")
    first, second = put(store, BelegArt.REZEPT), put(store, BelegArt.REZEPT)
    service, folder = HandOver(store, settings), ExchangeFolder(tmp_path / "gdt")
    assert service.write(first, folder, "4711", "sk")[-1] == "EDV1PBRK.gdt"
    with pytest.raises(EnvironmentFailure) as waiting:
        service.write(second, folder, "4711", "sk")
    assert waiting.value.code == "pvs.ordner"
    (tmp_path / "gdt" / "EDV1PBRK.gdt").unlink()
    service.write(second, folder, "4711", "sk")


@pytest.mark.parametrize("zustand", [None, Zustand.STORNIERT, Zustand.VERDORBEN])
def test_only_paper_that_is_out_and_valid_goes_over(store: Outbox, tmp_path: Path, zustand: Zustand | None) -> None:
    kennung = put(store, BelegArt.REZEPT, printed=zustand is not None)
    if zustand is not None:
        store.advance(kennung, Zustand.GEDRUCKT, zustand, "sk")
    with pytest.raises(InputRefused):
        hand_over(store, kennung, tmp_path / "gdt")
    assert not (tmp_path / "gdt").exists()


def test_a_character_that_the_charset_lacks_is_named_and_never_replaced(store: Outbox, tmp_path: Path) -> None:
    document = inputs.au()
    document["versicherter"]["nachname"] = "Žižek-Probe"
    made = stores.beleg(store, BelegArt.AU, stores.stoerung(store))
    made = made.model_copy(update={"inhalt": read_au(inputs.as_bytes(document)), "weg": Weg.PVS})
    store.put(made, SEITEN, "sk")
    store.advance(made.kennung, Zustand.ERFASST, Zustand.GEDRUCKT, "sk")
    with pytest.raises(InputRefused) as refused:
        HandOver(store, PvsEinstellungen(zeichensatz="2")).write(
            made.kennung, ExchangeFolder(tmp_path / "gdt"), "1", "sk"
        )
    assert refused.value.einwaende[0].feld == "gdt.3101"
    assert not (tmp_path / "gdt").exists()
    assert hand_over(store, made.kennung, tmp_path / "gdt").first("3101") == "Žižek-Probe"


@given(st.text(alphabet="aäß 19-€", max_size=300))
def test_text_is_broken_into_lines_of_60_and_loses_no_word(text: str) -> None:
    fields = text_fields("6227", text)
    assert all(0 < len(content) <= 60 for _, content in fields)
    assert "".join(content for _, content in fields).replace(" ", "") == "".join(text.split())


def test_our_record_has_the_lengths_of_the_reference_file(referenz: Path) -> None:
    official = (referenz / "data" / "gdt" / "EDV1PBRK.gdt").read_bytes()
    (satz,) = parse(official)
    fields = [
        (fk, content) for fk, content in satz.felder if fk not in ("8000", "8100", "8315", "8316", "9206", "9218")
    ]
    assert build_record("6310", "PRAX_EDV", "PAPBRUCK", fields, "3") == official
