"""A cut-over of the profiles while sick notes wait: built and signed again, never sent twice.

Only the profiles 1.2.x are published. A second table stands here for a version to come: its profiles
differ in nothing but their version. What such a version would change in the content nobody knows
yet; then ``build_eau`` needs a new branch, and this table a new row.
"""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

import practice_twin
from papierbruecke.clock import SetClock
from papierbruecke.drill.eau_rules import BundleRefused, check_bundle
from papierbruecke.drill.model import Kassenfassung, KasseZustand
from papierbruecke.outbox.model import Zustand
from papierbruecke.outbox.store import Outbox
from papierbruecke.reconcile.ledger import build_abgleich
from papierbruecke.resubmit.cancel_au import CancelAu
from papierbruecke.resubmit.fassung import FASSUNGEN, Fassung, accepted_on, valid_on, version_of

STICHTAG = date(2026, 11, 26)
ALT = replace(FASSUNGEN[-1], gilt_bis=STICHTAG - timedelta(days=1))
NEU = Fassung("1.3.0", "1.3", "1.3", "V1.3", STICHTAG, None, "Testtabelle")
STICHTAGSREGEL, UEBERGANG = (ALT, NEU), (replace(ALT, gilt_bis=STICHTAG + timedelta(days=30)), NEU)


class Practice(practice_twin.Practice):
    """Three days before the cut-over, and after it."""

    def __init__(self, store: Outbox, clock: SetClock) -> None:
        super().__init__(store, clock)
        self.fassungen = STICHTAGSREGEL

    def after_the_day(self) -> None:
        self.clock.advance(timedelta(days=3))
        assert self.clock.now().astimezone(ZoneInfo("Europe/Berlin")).date() >= STICHTAG

    def version(self, kennung: UUID) -> str | None:
        return version_of((self.store.signed(kennung) or (b"",))[0])

    def number(self, kennung: UUID) -> str:
        return self.line(kennung).belegnummer


@pytest.fixture(params=["memory", "file"])
def practice(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Practice]:
    with practice_twin.opened(Practice, request.param, tmp_path) as made:
        yield made


def test_the_table_has_no_gap_and_names_its_sources() -> None:
    for earlier, later in itertools.pairwise(FASSUNGEN):
        assert earlier.gilt_bis is not None
        assert later.gilt_ab <= earlier.gilt_bis + timedelta(days=1)
    assert FASSUNGEN[-1].gilt_bis is None, "no end of 1.2.1 is published"
    assert all(fassung.quelle for fassung in FASSUNGEN)


@pytest.mark.parametrize(
    ("tag", "name", "accepted"),
    [
        (date(2025, 9, 30), None, set()),
        (date(2026, 1, 26), "1.2.0", {"1.2"}),
        (date(2026, 1, 27), "1.2.1", {"1.2"}),
        (date(2026, 11, 25), "1.2.1", {"1.2"}),
    ],
)
def test_the_day_of_sending_chooses_the_version(tag: date, name: str | None, accepted: set[str]) -> None:
    found = valid_on(tag)
    assert (found.name if found else None, accepted_on(tag)) == (name, accepted)


def test_in_a_time_of_transition_the_newest_is_built_and_both_are_accepted() -> None:
    assert valid_on(STICHTAG, UEBERGANG) is NEU
    assert accepted_on(STICHTAG, UEBERGANG) == {"1.2", "1.3"}
    assert accepted_on(STICHTAG, STICHTAGSREGEL) == {"1.3"}


def test_what_is_unsigned_is_built_in_the_version_of_the_day_it_is_sent(practice: Practice) -> None:
    kennung = practice.au()
    practice.after_the_day()
    assert practice.drain().finished
    assert practice.version(kennung) == "1.3"
    assert practice.kim.sent[0].dienstkennung == "eAU;Lieferung;V1.3"


def test_what_was_signed_and_never_left_is_signed_again_and_sent_once(practice: Practice) -> None:
    kennung = practice.au()
    practice.kim.script = ["refused"]
    practice.drain()
    assert (practice.state(kennung), practice.version(kennung)) == (Zustand.SIGNIERT, "1.2")
    practice.after_the_day()
    result = practice.drain()
    assert result.finished, result.lines()
    assert practice.version(kennung) == "1.3"
    assert list(practice.kim.kasse.accepted) == [str(kennung)]
    assert practice.kim.kasse.misuse == []
    assert len(practice.kim.sent) == 1
    assert practice.konnektor.calls == [1, 1]
    lapsed = [e.detail for e in practice.store.events(kennung) if e.detail.get("grund") == "fassung"]
    assert [(d["bisher"], d["neu"]) for d in lapsed] == [("1.2", "1.3")]


def test_by_itself_it_waits_for_the_doctor_and_says_why(practice: Practice) -> None:
    kennung = practice.au()
    practice.kim.script = ["refused"]
    practice.drain()
    practice.after_the_day()
    result = practice.drain(automatisch=True)
    assert practice.state(kennung) is Zustand.GEDRUCKT
    assert practice.kim.sent == []
    assert any("Fassung" in line for line in result.lines())
    assert any("Auf die Signatur warten" in hint for hint in result.hinweise)
    (sheet,) = build_abgleich(practice.store, practice.clock, "BY").stoerungen
    assert sheet.zeilen[0].noch_zu_tun == "Signieren und senden (Nachversand starten)."


def test_in_a_time_of_transition_what_is_signed_stays_as_it_is(practice: Practice) -> None:
    practice.fassungen = UEBERGANG
    kennung = practice.au()
    practice.kim.script = ["refused"]
    practice.drain()
    practice.after_the_day()
    assert practice.drain().finished
    assert practice.version(kennung) == "1.2"
    assert len(practice.konnektor.calls) == 1


def test_what_may_have_arrived_is_never_built_again(practice: Practice) -> None:
    kennung = practice.au()
    practice.kim.script, practice.kim.dsn = ["lost_answer"], lambda sendung: ()
    practice.drain()
    assert practice.state(kennung) is Zustand.UNGEKLAERT
    practice.after_the_day()
    for automatic in (True, False):
        result = practice.drain(automatisch=automatic)
        assert practice.state(kennung) is Zustand.UNGEKLAERT
        assert any("kam vielleicht schon an" in line for line in result.lines())
    assert len(practice.kim.sent) == 1
    practice.drain(nur=practice.number(kennung))  # a person decides: the same bytes, a Dublette at worst
    first, second = practice.kim.sent
    assert first.inhalt == second.inhalt
    assert practice.kim.kasse.misuse == []
    practice.kim.answer(second.message_id, "zugestellt")
    practice.drain()
    assert practice.state(kennung) is Zustand.ZUGESTELLT


def test_a_failed_delivery_in_an_old_version_is_not_sent_again(practice: Practice) -> None:
    kennung = practice.au()
    practice.kim.dsn = lambda sendung: ("fehlgeschlagen",)
    practice.drain()
    practice.after_the_day()
    practice.drain()
    assert len(practice.kim.sent) == 1
    assert practice.state(kennung) is Zustand.POST_FAELLIG, "its paper goes by post"


def test_a_day_without_a_known_version_sends_nothing_and_loses_nothing(practice: Practice) -> None:
    waiting, sent = practice.au(), practice.au()
    practice.kim.script, practice.kim.dsn = ["ok"], lambda sendung: ()
    practice.drain(nur=practice.number(sent))
    practice.fassungen = (ALT,)
    practice.after_the_day()
    practice.kim.answer(practice.store.versuche(sent)[0].message_id, "zugestellt")
    result = practice.drain()
    assert practice.state(waiting) is Zustand.GEDRUCKT
    assert practice.state(sent) is Zustand.ZUGESTELLT, "answers are still read"
    assert any("keine gültige Fassung" in hint for hint in result.hinweise)
    assert len(practice.kim.sent) == 1


def test_a_storno_survives_the_day_too(practice: Practice) -> None:
    au = practice.au()
    practice.drain()
    cancel = CancelAu(practice.store, practice.clock, practice.settings)
    storno = cancel.begin(au, "sk", "falsche Person")
    cancel.release(storno.kennung, "sk", "Dr. Muster")
    practice.kim.script = ["refused"]
    practice.drain()
    assert practice.version(storno.kennung) == "1.2"
    practice.after_the_day()
    practice.drain()
    assert practice.version(storno.kennung) == "1.3"
    assert practice.state(au) is Zustand.STORNIERT
    assert practice.kim.sent[-1].dienstkennung == "eAU;Storno-Arzt;V1.3"


def test_the_krankenkasse_of_the_drill_refuses_the_other_version(practice: Practice) -> None:
    kennung = practice.au()
    practice.after_the_day()
    practice.drain()
    xml = (practice.store.signed(kennung) or (b"",))[0]
    played = KasseZustand(fassungen=(Kassenfassung(eau="1.3", kim="V1.3", gilt_ab=STICHTAG),))
    check_bundle(xml, str(kennung), False, played, STICHTAG, "V1.3")
    for kasse, tag, kim in (
        (played, STICHTAG, "V1.2"),
        (played, ALT.gilt_bis, "V1.3"),
        (KasseZustand(), STICHTAG, "V1.3"),
    ):
        with pytest.raises(BundleRefused, match="wird an diesem Tag nicht angenommen"):
            check_bundle(xml, str(kennung), False, kasse, tag, kim)  # type: ignore[arg-type]


def test_only_a_bundle_of_ours_names_a_version() -> None:
    assert version_of(b"") is None
    assert version_of(b'<Bundle><meta><profile value="https://example.org/x|1.2"/>') is None
    moment = datetime(2026, 11, 26)  # noqa: DTZ001 (only its date is used)
    assert valid_on(moment.date(), ()) is None
