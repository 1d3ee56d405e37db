"""The Nachversand against twins that lose answers, with both stores."""

import platform
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from papierbruecke.errors import EnvironmentFailure, InputRefused
from papierbruecke.kim.model import Clientmodulfehler
from papierbruecke.konnektor.model import Signaturmodus
from papierbruecke.outbox.model import Zustand
from papierbruecke.practice.find_recipient import FindRecipient
from papierbruecke.record.model import Weg
from papierbruecke.resubmit.by_hand import ByHand
from papierbruecke.resubmit.drain_outbox import DrainOutbox
from papierbruecke.resubmit.lease import NAME
from papierbruecke.resubmit.outcome import DrainErgebnis, Journal
from papierbruecke.resubmit.plan import KK_FEHLT
from papierbruecke.resubmit.send_mail import SendMail
from practice_twin import KASSE, SETTINGS, Practice, opened
from twins import HBA


@pytest.fixture(params=["memory", "file"])
def practice(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Practice]:
    with opened(Practice, request.param, tmp_path) as made:
        yield made


def test_many_sick_notes_are_signed_in_one_call_sent_and_confirmed(practice: Practice) -> None:
    made = [practice.au() for _ in range(5)]
    result = practice.drain()
    assert practice.konnektor.calls == [5]
    assert [practice.state(k) for k in made] == [Zustand.ZUGESTELLT] * 5
    assert result.finished
    assert result.schritte == {"signiert": 5, "gesendet": 5, "zugestellt": 5}
    assert set(practice.kim.kasse.accepted) == {str(k) for k in made}
    assert practice.kim.opened == 1
    for sendung in practice.kim.sent:
        assert sendung.betreff.startswith("EEAU0_")
        assert sendung.empfaenger == KASSE
        assert sendung.inhalt == (practice.store.signed(UUID(sendung.betreff[6:])) or ())[1]


def test_every_attempt_is_durable_before_the_first_byte_leaves(practice: Practice) -> None:
    kennung = practice.au()
    seen: list[tuple[Zustand, str]] = []
    send = practice.kim.send

    def watch(sendung: Any) -> None:
        attempt = practice.store.versuche(kennung)[-1]
        assert (attempt.message_id, attempt.datum) == (sendung.message_id, sendung.datum)
        seen.append((practice.state(kennung), sendung.message_id))
        send(sendung)

    practice.kim.send = watch  # type: ignore[method-assign]
    practice.drain()
    assert seen[0][0] is Zustand.IN_UEBERTRAGUNG
    assert seen[0][1].endswith("@kim.telematik>")


def test_a_lost_answer_is_settled_by_the_dsn_without_sending_again(practice: Practice) -> None:
    kennung = practice.au()
    practice.kim.script = ["lost_answer"]
    practice.drain()
    assert practice.state(kennung) is Zustand.ZUGESTELLT  # the DSN lay in the box at the second look
    assert len(practice.kim.sent) == 1


def test_without_a_dsn_the_identical_file_is_sent_again_and_counts_as_one(practice: Practice) -> None:
    kennung = practice.au()
    practice.kim.script, practice.kim.dsn = ["lost_answer"], lambda sendung: ()
    assert practice.drain().unklar == 1
    assert practice.state(kennung) is Zustand.UNGEKLAERT
    practice.kim.dsn = lambda sendung: ("zugestellt",)
    assert practice.drain().finished
    first, second = practice.kim.sent
    assert first.inhalt == second.inhalt
    assert first.message_id != second.message_id
    assert practice.kim.kasse.duplicates == 1
    assert practice.kim.kasse.misuse == []
    assert len(practice.konnektor.calls) == 1


def test_a_dsn_for_any_attempt_settles_it(practice: Practice) -> None:
    kennung = practice.au()
    practice.kim.script, practice.kim.dsn = ["lost_answer", "lost_answer"], lambda sendung: ()
    practice.drain()
    practice.drain()
    practice.kim.answer(practice.kim.sent[0].message_id, "zugestellt")
    assert practice.drain().finished
    assert practice.state(kennung) is Zustand.ZUGESTELLT
    assert len(practice.kim.sent) == 2


def test_certainly_not_sent_goes_back_and_is_no_doubt(practice: Practice) -> None:
    kennung = practice.au()
    practice.kim.script = ["refused"]
    result = practice.drain()
    assert practice.state(kennung) is Zustand.SIGNIERT
    assert (result.offen, result.unklar) == (1, 0)
    assert practice.drain().finished


def test_a_certain_failure_never_hides_an_earlier_doubt(practice: Practice) -> None:
    kennung = practice.au()
    practice.kim.script, practice.kim.dsn = ["lost_answer", "refused"], lambda sendung: ()
    practice.drain()
    practice.drain()
    assert practice.state(kennung) is Zustand.UNGEKLAERT


def test_while_the_mailbox_is_unreadable_doubt_stays_doubt(practice: Practice) -> None:
    doubtful, fresh = practice.au(), practice.au(versicherter={"vorname": "Probe"})
    practice.kim.script, practice.kim.dsn = ["dropped", "refused"], lambda sendung: ()
    practice.drain()
    practice.kim.box_down = True
    result = practice.drain()
    assert practice.state(doubtful) is Zustand.UNGEKLAERT
    assert practice.state(fresh) is Zustand.GESENDET
    assert any("Postfach" in hint for hint in result.hinweise)


def test_leftovers_of_a_dead_run_become_unclear(practice: Practice) -> None:
    kennung = practice.au()
    practice.kim.script = ["refused"]
    practice.drain()
    line = practice.store.uebersicht(kennung)
    assert line is not None
    known = FindRecipient({}, practice.clock, test=True)
    SendMail(practice.store, practice.kim, practice.clock, SETTINGS, known)._begin(line, KASSE, "sk", Journal())
    assert practice.state(kennung) is Zustand.IN_UEBERTRAGUNG
    practice.kim.dsn = lambda sendung: ()
    practice.drain()
    assert practice.state(kennung) is Zustand.GESENDET
    assert Zustand.UNGEKLAERT in [e.zustand for e in practice.store.events(kennung)]


def test_one_bad_record_never_blocks_the_rest(practice: Practice) -> None:
    bad = practice.au(versicherter={"anschrift": None})
    unsigned, unknown = practice.au(), practice.au(versicherung={"ik": "109500969"})
    good = [practice.au() for _ in range(3)]
    practice.konnektor.refuse = {str(unsigned)}
    practice.kim.script = ["unknown_recipient"]
    result = practice.drain()
    assert practice.state(bad) is Zustand.POST_FAELLIG
    assert practice.state(unsigned) is Zustand.GEDRUCKT
    assert practice.state(unknown) is Zustand.SIGNIERT
    assert sorted(practice.state(k).value for k in good) == ["signiert", "zugestellt", "zugestellt"]
    assert not result.finished
    assert len(result.zeilen) == 6


def test_a_missing_answer_of_the_batch_leaves_that_one_unsigned(practice: Practice) -> None:
    silent, good = practice.au(), practice.au()
    practice.konnektor.silent = {str(silent)}
    practice.drain()
    assert (practice.state(silent), practice.state(good)) == (Zustand.GEDRUCKT, Zustand.ZUGESTELLT)


def test_a_signature_over_somebody_elses_bytes_is_never_stored(practice: Practice) -> None:
    made = [practice.au(), practice.au()]
    practice.konnektor.swapped = True
    practice.drain()
    assert [practice.state(k) for k in made] == [Zustand.GEDRUCKT] * 2
    assert practice.kim.sent == []


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"versicherung": {"typ": "PKV"}}, "pkv"),
        ({"versicherung": {"typ": "SEL"}}, "selbstzahler"),
        ({"versicherung": {"ausland": True}}, "ausland"),
        ({"versicherung": {"personengruppe": "07"}}, "personengruppe_07"),
        ({"versicherung": {"typ": "SKT"}, "versicherter": {"versicherten_id": None}}, "skt_ohne_id"),
        ({"versicherung": {"vknr": "27860"}, "versicherter": {"versicherten_id": None}}, "skt_ohne_id"),
    ],
)
def test_what_must_never_be_sent_stays_paper_for_good(practice: Practice, parts: dict[str, Any], reason: str) -> None:
    kennung = practice.au(**parts)
    assert practice.drain().finished
    assert practice.state(kennung) is Zustand.NUR_PAPIER
    assert practice.store.events(kennung)[-1].detail == {"grund": reason}
    assert practice.konnektor.calls == []
    assert practice.drain().finished


def test_an_skt_with_a_number_is_sent(practice: Practice) -> None:
    kennung = practice.au(versicherung={"typ": "SKT", "vknr": "27860"})
    assert practice.drain().finished
    assert practice.state(kennung) is Zustand.ZUGESTELLT


def test_a_fehlernachricht_rejects_by_document_or_by_message(practice: Practice) -> None:
    by_document, by_message = practice.au(), practice.au()
    practice.kim.dsn = lambda sendung: ()
    practice.drain()
    practice.kim.reject("201", dokumenten_id=f"urn:uuid:{by_document}")
    practice.kim.reject("307", message_id=practice.store.versuche(by_message)[0].message_id)
    result = practice.drain()
    assert [practice.state(k) for k in (by_document, by_message)] == [Zustand.ABGELEHNT] * 2
    assert [e.detail.get("code") for e in practice.store.events(by_document)][-1] == "201"
    assert any("Code 307" in z.satz for z in result.zeilen)
    number = practice.store.uebersicht(by_document)
    assert number is not None
    assert practice.drain(nur=number.belegnummer).zeilen[0].zustand is Zustand.GESENDET


def test_a_rejection_read_before_its_dsn_stays_a_rejection(practice: Practice) -> None:
    kennung = practice.au()
    practice.kim.dsn = lambda sendung: ()
    practice.drain()
    practice.kim.answer(practice.store.versuche(kennung)[0].message_id, "zugestellt")
    practice.kim.reject("201", dokumenten_id=str(kennung))  # the newer mail, so it is read first
    practice.drain()
    assert practice.state(kennung) is Zustand.ABGELEHNT


def test_after_a_formal_error_the_same_file_is_never_sent_again(practice: Practice) -> None:
    kennung = practice.au()
    practice.drain()
    practice.kim.reject("101", dokumenten_id=str(kennung))
    practice.drain()
    line = practice.store.uebersicht(kennung)
    assert line is not None
    assert line.zustand is Zustand.ABGELEHNT
    practice.drain(nur=line.belegnummer)
    assert len(practice.kim.sent) == 1


def test_a_mailbox_full_of_foreign_mail_is_read_once_and_left_alone(practice: Practice) -> None:
    practice.au()
    practice.kim.foreign(200)
    practice.kim.answer("<nie-gesendet@fremd>", "zugestellt")
    practice.kim.reject("404", dokumenten_id="kein-uuid")
    practice.kim.reject("404", message_id="<fremd@fremd>")
    before = dict(practice.kim.box)
    assert practice.drain().finished
    assert before.items() <= practice.kim.box.items()
    fetched = practice.kim.fetched
    practice.au()
    practice.drain()
    assert practice.kim.fetched == fetched + 1


def test_a_box_with_more_mails_than_one_portion_is_read_to_its_end(practice: Practice) -> None:
    kennung = practice.au()
    practice.kim.script = ["lost_answer"]
    practice.kim.dsn = lambda sendung: ()
    practice.drain()
    practice.kim.answer(practice.store.versuche(kennung)[0].message_id, "zugestellt")
    practice.kim.foreign(25)  # newer than the answer
    practice.kim.portion = 10
    practice.drain()
    assert practice.state(kennung) is Zustand.ZUGESTELLT
    assert len(practice.kim.sent) == 1
    assert practice.kim.fetched == 26


def test_a_box_whose_mails_cannot_be_read_now_ends_the_reading(practice: Practice) -> None:
    practice.au()
    locked = Clientmodulfehler(uidl="z", codes=("4011",), in_reply_to=(), voruebergehend=True)
    practice.kim.box["z"] = locked
    assert practice.drain().finished
    assert practice.store.seen_mails() == set(practice.kim.box) - {"z"}


def test_a_late_error_for_a_finished_record_is_kept_and_reopens_nothing(practice: Practice) -> None:
    kennung = practice.au()
    practice.kim.dsn = lambda sendung: ()
    practice.drain()
    practice.store.advance(kennung, Zustand.GESENDET, Zustand.POST_FAELLIG, "sk")
    practice.store.advance(kennung, Zustand.POST_FAELLIG, Zustand.PER_POST, "sk")
    practice.kim.reject("201", dokumenten_id=str(kennung))
    practice.au()
    practice.drain()
    assert practice.state(kennung) is Zustand.PER_POST
    assert practice.store.events(kennung)[-1].was == "kassenfehler.spaet"


def test_a_failure_dsn_is_retried_after_four_hours_and_not_before(practice: Practice) -> None:
    kennung = practice.au()
    practice.kim.dsn = lambda sendung: ("fehlgeschlagen",)
    practice.drain()
    assert practice.state(kennung) is Zustand.GESENDET
    practice.clock.advance(timedelta(hours=3))
    practice.drain(automatisch=True)
    assert len(practice.kim.sent) == 1
    practice.clock.advance(timedelta(hours=1))
    practice.kim.dsn = lambda sendung: ("zugestellt",)
    assert practice.drain(automatisch=True).finished
    assert len(practice.kim.sent) == 2


def test_by_itself_nothing_is_signed_that_would_ask_for_a_pin(practice: Practice) -> None:
    signed = practice.au()
    practice.kim.script = ["refused"]
    practice.drain()
    unsigned = practice.au()
    practice.clock.advance(timedelta(hours=5))
    result = practice.drain(automatisch=True)
    assert (practice.state(signed), practice.state(unsigned)) == (Zustand.ZUGESTELLT, Zustand.GEDRUCKT)
    assert result.hinweise[0].startswith("Auf die Signatur warten: 1.")
    konnektor = SETTINGS.konnektor.model_copy(update={"komfortsignatur": True})
    practice.settings = SETTINGS.model_copy(update={"konnektor": konnektor})
    practice.konnektor.mode = Signaturmodus(komfort=True, rest=1, rest_s=60)
    assert practice.drain(automatisch=True).finished


def test_a_signature_of_the_practice_card_says_what_the_patient_needs_then(practice: Practice) -> None:
    practice.au()
    smcb = HBA.model_copy(update={"handle": "SMCB-1", "typ": "SMC-B"})
    practice.konnektor.cards = (HBA, smcb)
    konnektor = SETTINGS.konnektor.model_copy(update={"signaturkarte": "SMC-B"})
    practice.settings = SETTINGS.model_copy(update={"konnektor": konnektor})
    result = practice.drain()
    assert result.finished
    assert any("von Hand unterschrieben" in hint for hint in result.hinweise)
    practice.settings = SETTINGS
    practice.au()
    assert practice.drain().hinweise == ()


def test_retries_end_by_themselves_after_three_werktage_and_go_on_by_hand(practice: Practice) -> None:
    kennung = practice.au()
    practice.kim.script = ["refused"] * 100
    practice.drain()
    for _ in range(40):
        practice.drain(automatisch=True)
        practice.clock.advance(timedelta(hours=4))
    attempts = len(practice.store.versuche(kennung))
    # Monday 08:19 until the end of Thursday: every 4 h, that is 22 attempts.
    assert attempts == 22
    practice.kim.script = []
    assert practice.drain().finished


def test_when_the_way_is_down_the_run_stops_and_the_rest_waits(practice: Practice) -> None:
    made = [practice.au() for _ in range(20)]
    practice.kim.script = ["ok", "refused", "refused", "refused"]
    practice.drain()
    states = [practice.state(k) for k in made]
    assert states.count(Zustand.ZUGESTELLT) == 1
    assert states.count(Zustand.SIGNIERT) == 19
    assert sum(len(practice.store.versuche(k)) for k in made) == 4
    practice.kim.script = []
    assert practice.drain().finished


@pytest.mark.parametrize("way", ["broken", "no card"])
def test_a_failing_konnektor_does_not_keep_back_what_is_signed(practice: Practice, way: str) -> None:
    signed = practice.au()
    practice.kim.script = ["refused"]
    practice.drain()
    unsigned = practice.au()
    practice.konnektor.broken = way == "broken"
    practice.konnektor.cards = () if way == "no card" else practice.konnektor.cards
    result = practice.drain()
    assert (practice.state(signed), practice.state(unsigned)) == (Zustand.ZUGESTELLT, Zustand.GEDRUCKT)
    assert result.hinweise


def test_kim_away_loses_nothing(practice: Practice) -> None:
    kennung = practice.au()
    practice.kim.down = True
    result = practice.drain()
    assert practice.state(kennung) is Zustand.GEDRUCKT
    assert result.hinweise
    practice.kim.down = False
    assert practice.drain().finished


def test_cancel_stops_between_two_records(practice: Practice) -> None:
    made = [practice.au() for _ in range(10)]
    stop = threading.Event()
    seen: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> None:
        seen.append((done, total))
        if done == 4:
            stop.set()

    result = practice.drain(on_progress=progress, cancel=stop)
    assert result.abgebrochen
    assert [practice.state(k) for k in made].count(Zustand.ZUGESTELLT) == 4
    assert seen == [(number, 10) for number in range(5)]
    assert practice.drain().finished


def test_only_one_drain_at_a_time(practice: Practice) -> None:
    practice.au()
    assert practice.store.acquire_lease(NAME, "anderes Fenster", practice.clock.now() + timedelta(minutes=5))
    result = practice.drain()
    assert (result.belegt, result.finished) == (True, False)
    assert practice.konnektor.calls == []
    practice.clock.advance(timedelta(minutes=6))
    assert practice.drain().finished


def test_a_dead_holder_on_this_machine_blocks_nobody(practice: Practice) -> None:
    practice.au()
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    until = practice.clock.now() + timedelta(minutes=5)
    assert practice.store.acquire_lease(NAME, f"{platform.node()}/{gone.pid}/x", until)
    assert practice.drain().finished
    practice.au()
    assert practice.store.acquire_lease(NAME, f"anderer-rechner/{gone.pid}/x", until)
    assert practice.drain().belegt


def test_a_mail_that_hangs_longer_than_the_lease_does_no_harm(practice: Practice) -> None:
    kennung = practice.au()
    send = practice.kim.send

    def hang(sendung: Any) -> None:
        practice.kim.send = send  # type: ignore[method-assign]
        practice.clock.advance(timedelta(minutes=40))
        assert practice.drain().finished  # somebody else sends the identical file meanwhile
        send(sendung)

    practice.kim.send = hang  # type: ignore[method-assign]
    assert practice.drain().finished
    assert practice.state(kennung) is Zustand.ZUGESTELLT
    assert (practice.kim.kasse.duplicates, practice.kim.kasse.misuse) == (1, [])


def test_what_was_declared_void_while_the_doctor_signed_is_left_alone(practice: Practice) -> None:
    void, good = practice.au(), practice.au()
    sign = practice.konnektor.sign

    def slow(documents: dict[str, bytes], karte: str, user_id: str | None, on_job: Any = None) -> Any:
        practice.store.advance(void, Zustand.GEDRUCKT, Zustand.STORNIERT, "sk")
        return sign(documents, karte, user_id, on_job)

    practice.konnektor.sign = slow  # type: ignore[method-assign]
    assert practice.drain().finished
    assert (practice.state(void), practice.state(good)) == (Zustand.STORNIERT, Zustand.ZUGESTELLT)
    assert len(practice.kim.sent) == 1


def test_the_lease_is_given_back_after_success_and_after_a_failure(practice: Practice) -> None:
    practice.au()
    practice.kim.down = True
    practice.drain()
    assert practice.store.acquire_lease(NAME, "anderes Fenster", practice.clock.now())


def test_without_pruefnummer_nothing_leaves(practice: Practice) -> None:
    assert_locked: Callable[[], DrainErgebnis] = practice.drain
    practice.settings = SETTINGS.model_copy(update={"pruefnummer": None})
    assert assert_locked().finished  # nothing is owed yet
    kennung = practice.au()
    with pytest.raises(EnvironmentFailure) as locked:
        assert_locked()
    assert locked.value.code == "nachversand.pruefnummer"
    assert practice.state(kennung) is Zustand.GEDRUCKT
    practice.settings = practice.settings.model_copy(update={"simulator": True})
    assert practice.drain().finished
    assert practice.kim.sent[0].betreff.startswith("TEAU0_")


def test_without_a_set_up_only_what_is_owed_complains(practice: Practice) -> None:
    practice.au(weg=Weg.PVS)
    bare = DrainOutbox(practice.store, None, None, practice.clock, SETTINGS)
    assert bare.drain(wer="sk").finished
    practice.au()
    with pytest.raises(EnvironmentFailure) as missing:
        bare.drain(wer="sk")
    assert missing.value.code == "nachversand.einrichtung"


def test_the_way_pvs_is_never_touched(practice: Practice) -> None:
    kennung = practice.au(weg=Weg.PVS)
    line = practice.store.uebersicht(kennung)
    assert line is not None
    assert practice.drain().finished
    with pytest.raises(InputRefused):
        practice.drain(nur=line.belegnummer)
    assert practice.konnektor.calls == []
    ByHand(practice.store).document(kennung, "sk", "PVS 4711")
    ByHand(practice.store).document(kennung, "sk", "PVS 4711")
    assert practice.state(kennung) is Zustand.DOKUMENTIERT


def test_an_au_of_the_way_direkt_is_not_documented_a_second_time(practice: Practice) -> None:
    with pytest.raises(InputRefused):
        ByHand(practice.store).document(practice.au(), "sk", "doppelt")


def test_only_the_named_record_is_sent(practice: Practice) -> None:
    wanted, other = practice.au(), practice.au()
    line = practice.store.uebersicht(wanted)
    assert line is not None
    assert practice.drain(nur=line.belegnummer).finished
    assert (practice.state(wanted), practice.state(other)) == (Zustand.ZUGESTELLT, Zustand.GEDRUCKT)
    with pytest.raises(InputRefused):
        practice.drain(nur="231126-A-999-X")


def test_unconfirmed_paper_is_not_sent_and_stays_open(practice: Practice) -> None:
    kennung = practice.au(printed=False)
    assert practice.drain().offen == 1
    assert practice.state(kennung) is Zustand.ERFASST
    assert practice.konnektor.calls == []


def test_a_copy_that_stayed_here_becomes_due_for_the_post_in_time(practice: Practice) -> None:
    kept, given = practice.au(), practice.au()
    practice.store.note(kept, KK_FEHLT, "sk")
    practice.kim.script = ["refused"] * 50
    practice.drain()
    practice.clock.advance(timedelta(days=1))
    practice.drain()
    assert practice.state(kept) is Zustand.SIGNIERT  # until the end of the next Werktag
    practice.clock.advance(timedelta(days=1))
    practice.drain()
    assert (practice.state(kept), practice.state(given)) == (Zustand.POST_FAELLIG, Zustand.SIGNIERT)


def test_no_dsn_until_the_end_of_the_day_after_makes_the_post_due_and_a_late_dsn_settles(practice: Practice) -> None:
    kennung = practice.au()
    practice.kim.dsn = lambda sendung: ()
    practice.drain()
    practice.clock.advance(timedelta(hours=30))
    practice.drain()
    assert practice.state(kennung) is Zustand.GESENDET
    practice.clock.advance(timedelta(hours=12))
    practice.drain()
    assert practice.state(kennung) is Zustand.POST_FAELLIG
    practice.kim.answer(practice.kim.sent[0].message_id, "zugestellt")
    assert practice.drain().finished


def test_waiting_ends_with_the_confirmation(practice: Practice) -> None:
    practice.au()
    practice.kim.dsn = lambda sendung: ()
    service = DrainOutbox(practice.store, practice.konnektor, practice.kim, practice.clock, SETTINGS)  # type: ignore[arg-type]
    fetch = practice.kim.fetch
    looks: list[int] = []

    def late(known: frozenset[str]) -> Any:
        looks.append(1)
        if len(looks) == 3:
            practice.kim.answer(practice.kim.sent[0].message_id, "zugestellt")
        return fetch(known)

    practice.kim.fetch = late  # type: ignore[method-assign]
    stop = threading.Event()
    stop.wait = lambda timeout=None: False  # type: ignore[method-assign]
    result = service.drain_and_wait(wer="sk", warten_s=60, cancel=stop)
    assert result.finished
    assert result.schritte == {"signiert": 1, "gesendet": 1, "zugestellt": 1}
    assert len(looks) == 4  # the third finds it, the fourth nothing more


def test_the_answer_names_numbers_and_no_patient(practice: Practice) -> None:
    practice.au()
    result = practice.drain()
    text = "\n".join(result.lines()) + str(result.as_dict())
    assert "231126-A-001" in text
    assert "Beispiel-Testfrau" not in text
