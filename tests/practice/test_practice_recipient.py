"""Whom does the mail go to? By hand before remembered before directory, and never a guess."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

import stores
from papierbruecke.clock import SetClock
from papierbruecke.errors import InputRefused
from papierbruecke.konnektor.faults import failure
from papierbruecke.konnektor.vzd import Verzeichnisadresse, Verzeichniseintrag
from papierbruecke.practice.find_recipient import Adresseintrag, Empfaenger, FindRecipient, KeinEmpfaenger
from papierbruecke.practice.read_kassen import confirmed
from papierbruecke.practice.sqlcipher_adressen import SqlcipherAdressbuch, open_adressbuch
from papierbruecke.settings import Einstellungen
from papierbruecke.vault.key import Key

IK, BILLING = "109500969", "101575519"
EAU, OTHER = "eau@kasse.kim.telematik", "post@kasse.kim.telematik"


def entry(*addresses: str, tags: tuple[str, ...] = (), name: str = "Testkasse") -> Verzeichniseintrag:
    return Verzeichniseintrag(
        name=name, adressen=tuple(Verzeichnisadresse(adresse=a, anwendungen=tags) for a in addresses)
    )


class TwinVerzeichnis:
    """Answers from a table; ``trouble`` is raised instead. Keeps what was asked."""

    def __init__(self, **found: tuple[Verzeichniseintrag, ...]) -> None:
        self.found = {ik.removeprefix("ik"): entries for ik, entries in found.items()}
        self.asked: list[str] = []
        self.trouble: str | None = None

    def suche(self, ik: str) -> tuple[Verzeichniseintrag, ...]:
        self.asked.append(ik)
        if self.trouble is not None:
            raise failure(self.trouble)
        return self.found.get(ik, ())


@pytest.fixture
def clock() -> SetClock:
    return SetClock(stores.MORGENS)


@pytest.fixture
def book(tmp_path: Path) -> SqlcipherAdressbuch:
    return open_adressbuch(tmp_path, Key(b"k" * 32))


@pytest.fixture
def finder(clock: SetClock, book: SqlcipherAdressbuch) -> Callable[..., FindRecipient]:
    def make(
        vzd: TwinVerzeichnis | None, von_hand: dict[str, str] | None = None, *, test: bool = False
    ) -> FindRecipient:
        return FindRecipient(von_hand or {}, clock, test=test, adressbuch=book, verzeichnis=vzd)

    return make


Finder = Callable[..., FindRecipient]


def test_by_hand_wins_and_nobody_is_asked(finder: Finder) -> None:
    vzd = TwinVerzeichnis(ik109500969=(entry(OTHER),))
    assert finder(vzd, {IK: EAU}).find(IK) == Empfaenger(adresse=EAU, quelle="hand")
    # The confirmed address of the billing IK comes before the directory's for the card's IK.
    assert finder(vzd, {BILLING: EAU}).find(IK, BILLING) == Empfaenger(adresse=EAU, quelle="hand")
    assert finder(vzd, {"9500969": EAU}).find("9500969") == Empfaenger(adresse=EAU, quelle="hand")
    assert vzd.asked == []


def test_an_answer_counts_for_a_day_and_then_is_asked_anew(finder: Finder, clock: SetClock) -> None:
    vzd = TwinVerzeichnis(ik109500969=(entry(EAU),))
    asked = clock.now()
    assert finder(vzd).find(IK) == Empfaenger(adresse=EAU, quelle="verzeichnis", name="Testkasse", stand=asked)
    clock.advance(timedelta(hours=24))
    assert finder(vzd).find(IK) == Empfaenger(adresse=EAU, quelle="gemerkt", name="Testkasse", stand=asked)
    assert vzd.asked == [IK]
    clock.advance(timedelta(seconds=1))
    vzd.found[IK] = (entry(OTHER),)
    later = finder(vzd)
    assert later.find(IK) == Empfaenger(adresse=OTHER, quelle="verzeichnis", name="Testkasse", stand=clock.now())
    assert [(e.adresse, e.erfragt) for e in later.known()] == [(OTHER, clock.now())]


def test_an_answer_from_the_future_is_none(finder: Finder, clock: SetClock) -> None:
    vzd = TwinVerzeichnis(ik109500969=(entry(EAU),))
    finder(vzd).find(IK)
    clock.advance(timedelta(hours=-1))
    assert finder(vzd).find(IK) == Empfaenger(adresse=EAU, quelle="verzeichnis", name="Testkasse", stand=clock.now())


def test_what_is_too_old_is_not_used_when_the_directory_is_away(finder: Finder, clock: SetClock) -> None:
    vzd = TwinVerzeichnis(ik109500969=(entry(EAU),))
    finder(vzd).find(IK)
    clock.advance(timedelta(days=2))
    vzd.trouble = "vzd.no_answer"
    found = finder(vzd).find(IK)
    assert isinstance(found, KeinEmpfaenger)
    assert found.grund == "gestoert"


def test_the_billing_ik_helps_only_if_the_first_is_unknown(finder: Finder) -> None:
    vzd = TwinVerzeichnis(ik101575519=(entry(EAU),))
    found = finder(vzd).find(IK, BILLING)
    assert isinstance(found, Empfaenger)
    assert (found.adresse, vzd.asked) == (EAU, [IK, BILLING])


SEVERAL = [
    (entry(EAU, OTHER),),
    (entry(EAU), entry(OTHER, name="Zweiter Eintrag")),
    (entry(EAU, OTHER, tags=("eAU", "eEB")),),
]


@pytest.mark.parametrize("entries", SEVERAL)
def test_several_are_never_guessed_away(
    finder: Finder, book: SqlcipherAdressbuch, entries: tuple[Verzeichniseintrag, ...]
) -> None:
    vzd = TwinVerzeichnis(ik109500969=entries, ik101575519=(entry(EAU),))
    assert finder(vzd).find(IK, BILLING) == KeinEmpfaenger(grund="mehrere", auswahl=(EAU, OTHER))
    assert vzd.asked == [IK]
    assert book.everything() == ()


ONE = [
    (entry(EAU), entry(EAU, name="derselbe noch einmal")),
    (entry(EAU), entry()),
    (entry(EAU, EAU.upper()),),
    (entry(EAU), entry(OTHER, tags=("eEB",))),
    (entry(OTHER), entry(EAU, tags=("eAU", "eEB"))),
    (entry(EAU, "post@beispiel.de", "eau@test.kim.telematik-test", "kein@kim"),),
]


@pytest.mark.parametrize("entries", ONE)
def test_one_usable_address_is_one(finder: Finder, entries: tuple[Verzeichniseintrag, ...]) -> None:
    found = finder(TwinVerzeichnis(ik109500969=entries)).find(IK)
    assert isinstance(found, Empfaenger)
    assert found.adresse.casefold() == EAU


NONE = [
    (),
    (entry(),),
    (entry("post@beispiel.de"),),
    (entry("eau@test.kim.telematik-test"),),
    (entry(EAU, tags=("eEB",)),),
]


@pytest.mark.parametrize("entries", NONE)
def test_no_usable_address_is_none(finder: Finder, entries: tuple[Verzeichniseintrag, ...]) -> None:
    assert finder(TwinVerzeichnis(ik109500969=entries)).find(IK) == KeinEmpfaenger(grund="keiner")


def test_a_remembered_test_address_is_not_used_in_a_practice(
    finder: Finder, book: SqlcipherAdressbuch, clock: SetClock
) -> None:
    test = "eau@test.kim.telematik-test"
    book.put(Adresseintrag(ik=IK, name="", adresse=test, erfragt=clock.now()))
    assert finder(None).find(IK) == KeinEmpfaenger(grund="unbefragt")
    assert finder(None, test=True).find(IK) == Empfaenger(adresse=test, quelle="gemerkt", stand=clock.now())


def test_a_directory_in_trouble_is_not_asked_a_thousand_times(finder: Finder) -> None:
    vzd = TwinVerzeichnis()
    vzd.trouble = "vzd.unavailable"
    service = finder(vzd)
    for ik in (IK, BILLING, "101234561"):
        found = service.find(ik)
        assert isinstance(found, KeinEmpfaenger)
        assert found.grund == "gestoert"
        assert found.text
    assert vzd.asked == [IK]
    vzd.trouble = "vzd.too_many"
    found = finder(vzd).find(IK)
    assert isinstance(found, KeinEmpfaenger)
    assert found.grund == "mehrere"


@pytest.mark.parametrize("ik", [None, "", "123", "109500968", "109500968)(uid=*"])
def test_what_is_no_ik_is_never_asked(finder: Finder, ik: str | None) -> None:
    vzd = TwinVerzeichnis()
    assert finder(vzd).find(ik) == KeinEmpfaenger(grund="keiner")
    assert vzd.asked == []


def test_an_address_typed_by_hand_is_checked_at_its_field() -> None:
    empty = Einstellungen()
    new = confirmed(empty, " 109 500 969", f" {EAU} ", test=False)
    assert new.kim.kassenadressen == {IK: EAU}
    assert confirmed(new, IK, OTHER, test=False).kim.kassenadressen == {IK: OTHER}
    assert confirmed(new, IK, "", test=False).kim.kassenadressen == {}
    for ik, address, field in (
        ("109500968", EAU, "ik"),
        (IK, "post@beispiel.de", "kim_adresse"),
        (IK, "eau@kasse.kim.telematik-test", "kim_adresse"),
        (IK, f"{EAU}\r\nBcc: x@y.kim.telematik", "kim_adresse"),
    ):
        with pytest.raises(InputRefused) as refused:
            confirmed(empty, ik, address, test=False)
        assert [e.feld for e in refused.value.einwaende] == [field]


def test_a_sender_belongs_to_a_kasse_or_does_not_or_nobody_knows(finder: Finder) -> None:
    vzd = TwinVerzeichnis(ik109500969=(entry(EAU, OTHER),))
    assert finder(vzd).belongs(IK, OTHER.upper().lower()) is True
    assert finder(vzd).belongs(IK, "fremd@kasse.kim.telematik") is False
    assert finder(vzd).belongs(BILLING, EAU) is False
    assert finder(vzd).belongs("123", EAU) is False
    assert finder(vzd).belongs(IK, "post@beispiel.de") is False
    assert finder(None).belongs(IK, EAU) is None
    assert finder(None, {IK: EAU}).belongs(IK, EAU) is True
    vzd.trouble = "vzd.no_answer"
    assert finder(vzd).belongs(IK, EAU) is None
