"""The twenty ways to submit something twice (domain sheet reconciliation §10), each with its guard."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlcipher3.dbapi2 import IntegrityError

import eeb
import inputs
import stores
from papierbruecke.card.model import Versicherter
from papierbruecke.clock import SetClock
from papierbruecke.errors import EnvironmentFailure, InputRefused
from papierbruecke.forms.issue_beleg import IssueBeleg
from papierbruecke.kim.model import EebMail
from papierbruecke.outage.model import Dienst
from papierbruecke.outbox.model import SPALTE, UEBERGAENGE, WIEDERHERGESTELLT, Spalte, Zustand
from papierbruecke.outbox.store import Outbox
from papierbruecke.practice.find_recipient import FindRecipient
from papierbruecke.practice.patient_index import same_person
from papierbruecke.pvs.build_gdt import NIE, build_record
from papierbruecke.pvs.exchange_folder import ExchangeFolder
from papierbruecke.pvs.hand_over import HandOver
from papierbruecke.reconcile.find_eeb import FindEeb
from papierbruecke.reconcile.ledger import NACHFRAGE, build_abgleich
from papierbruecke.reconcile.read_later import read_later
from papierbruecke.record.model import BelegArt, Weg
from papierbruecke.record.read_input import read_ersatzschein, read_rezept
from papierbruecke.resubmit.by_hand import ByHand, proof_of
from papierbruecke.resubmit.drain_outbox import DrainOutbox
from papierbruecke.resubmit.fristen import Kalender
from papierbruecke.resubmit.outcome import DrainErgebnis
from papierbruecke.resubmit.plan import post_is_due
from papierbruecke.settings import Einstellungen, KimEinstellungen
from papierbruecke.settings_desk import PvsEinstellungen
from twins import TwinKim, TwinKonnektor, envelope

SETTINGS = Einstellungen(
    kim=KimEinstellungen(kassenadressen={"101234561": "kasse@test.kim.telematik-test"}),
    pruefnummer="Y/400/2107/36/999",
    weg_au=Weg.DIREKT,
)
ELECTRONIC = {Zustand.SIGNIERT, Zustand.IN_UEBERTRAGUNG, Zustand.GESENDET, Zustand.ZUGESTELLT}


class Desk:
    """A store, its clock, and the twins."""

    def __init__(self, store: Outbox, clock: SetClock) -> None:
        self.store, self.clock = store, clock
        self.stoerung = stores.stoerung(store)
        self.konnektor, self.kim = TwinKonnektor(), TwinKim(clock)

    def put(self, art: BelegArt, weg: Weg = Weg.DIREKT, kennung: UUID | None = None) -> UUID:
        """A printed Beleg."""
        made = stores.beleg(self.store, art, self.stoerung, kennung).model_copy(update={"weg": weg})
        if art is BelegArt.ERSATZSCHEIN:
            made = made.model_copy(update={"inhalt": read_ersatzschein(inputs.as_bytes(inputs.ersatzschein()))})
        self.store.put(made, {"muster16" if art is BelegArt.REZEPT else "kk": b"%PDF"}, "sk")
        self.store.advance(made.kennung, Zustand.ERFASST, Zustand.GEDRUCKT, "sk")
        return made.kennung

    def number(self, kennung: UUID) -> str:
        """Its Belegnummer."""
        line = self.store.uebersicht(kennung)
        assert line is not None
        return line.belegnummer

    def drain(self, settings: Einstellungen = SETTINGS, nur: str | None = None) -> DrainErgebnis:
        """One Nachversand."""
        return DrainOutbox(self.store, self.konnektor, self.kim, self.clock, settings).drain(wer="sk", nur=nur)  # type: ignore[arg-type]

    def record(self, kennung: UUID, folder: Path) -> bytes:
        """What the practice system gets."""
        names = HandOver(self.store, PvsEinstellungen()).write(kennung, ExchangeFolder(folder), "4711", "sk")
        return (folder / names[-1]).read_bytes()


@pytest.fixture
def clock() -> SetClock:
    return SetClock(stores.MORGENS)


@pytest.fixture(params=["memory", "file"])
def desk(request: pytest.FixtureRequest, tmp_path: Path, clock: SetClock) -> Iterator[Desk]:
    store: Outbox = stores.memory(clock) if request.param == "memory" else stores.file(tmp_path, clock)
    yield Desk(store, clock)
    assert store.verify() == []
    store.close()


def test_hazard_01_no_queue_can_make_an_e_rezept_of_a_muster_16(desk: Desk, tmp_path: Path) -> None:
    rezept = desk.put(BelegArt.REZEPT)
    assert not ELECTRONIC & set().union(*UEBERGAENGE[BelegArt.REZEPT].values())
    with pytest.raises(InputRefused):
        desk.drain(nur=desk.number(rezept))
    assert desk.drain().finished
    assert desk.konnektor.calls == []
    assert "KEIN E-Rezept für dieselbe Versorgung".encode("cp1252") in desk.record(rezept, tmp_path / "gdt")


def test_hazard_02_prepared_e_rezepte_are_on_the_list_and_checked_off(desk: Desk) -> None:
    rezept = desk.put(BelegArt.REZEPT)
    (row,) = build_abgleich(desk.store, desk.clock).stoerungen[0].zeilen
    assert "Vorbereitete E-Rezepte dieses Patienten löschen" in (row.noch_zu_tun or "")
    ByHand(desk.store).check_off_erezept(rezept, "sk", "verworfen")
    assert desk.store.events(rezept)[-1].detail == {"stand": "verworfen"}


def test_hazard_03_an_e_rezept_that_may_have_arrived_waits_for_a_person(desk: Desk) -> None:
    rezept = desk.put(BelegArt.REZEPT)
    desk.clock.advance(timedelta(days=30))
    desk.drain()
    assert [e.was for e in desk.store.events(rezept)] == ["zustand", "zustand"]
    ByHand(desk.store).check_off_erezept(rezept, "ärztin", "geloescht")
    assert desk.store.events(rezept)[-1].wer == "ärztin"


def test_hazard_04_a_second_pink_sheet_is_never_printed_unasked(desk: Desk) -> None:
    jobs: list[str] = []

    class Recorder:
        def print(self, formular: str, pdf: bytes, titel: str) -> None:
            jobs.append(titel)

    service = IssueBeleg(desk.store, desk.clock, Recorder(), SETTINGS)
    (line,) = service.issue_rezept(read_rezept(inputs.as_bytes(inputs.rezept())), stoerung=desk.stoerung.id, wer="sk")
    service.print_beleg(line.kennung, wer="sk")
    for _ in range(2):
        with pytest.raises(InputRefused):
            service.print_beleg(line.kennung, wer="sk")
    service.confirm_printed(line.kennung, "sk")
    with pytest.raises(InputRefused):
        service.print_beleg(line.kennung, wer="sk")
    assert len(jobs) == 1


def test_hazard_05_one_au_has_one_sender(desk: Desk, tmp_path: Path) -> None:
    ours, theirs = desk.put(BelegArt.AU), desk.put(BelegArt.AU, Weg.PVS)
    with pytest.raises(InputRefused):
        ByHand(desk.store).document(ours, "sk", "auch im PVS")
    with pytest.raises(InputRefused):
        desk.drain(nur=desk.number(theirs))
    desk.drain()
    assert set(desk.kim.kasse.accepted) == {str(ours)}
    assert b"Hier KEINE zweite eAU erfassen" in desk.record(ours, tmp_path / "gdt")
    assert b"Nicht noch einmal drucken" in desk.record(theirs, tmp_path / "gdt")


def test_hazard_06_a_retry_sends_the_identical_file(desk: Desk) -> None:
    desk.put(BelegArt.AU)
    desk.kim.script, desk.kim.dsn = ["lost_answer"] * 4, lambda sendung: ()
    for _ in range(5):
        desk.drain()
    assert len(desk.kim.sent) == 5
    assert len({sendung.inhalt for sendung in desk.kim.sent}) == 1
    assert len({sendung.message_id for sendung in desk.kim.sent}) == 5
    assert (desk.kim.kasse.duplicates, desk.kim.kasse.misuse) == (4, [])


def test_hazard_07_the_practice_posts_only_what_the_patient_did_not_take(desk: Desk) -> None:
    given, kept = desk.put(BelegArt.AU), desk.put(BelegArt.AU)
    ByHand(desk.store).note_copy_stayed(kept, "sk")
    later = desk.clock.now() + timedelta(days=5)

    def due(kennung: UUID) -> bool:
        line = desk.store.uebersicht(kennung)
        assert line is not None
        return post_is_due(line, [], desk.store.events(kennung), later, Kalender("BE"))

    assert (due(given), due(kept)) == (False, True)


def test_hazard_08_the_same_person_is_seen_behind_a_typed_variant() -> None:
    typed = Versicherter(vorname="Änne", nachname="Müller-Probe", geburtsdatum="1958-03-07")
    stored = Versicherter(
        vorname="AENNE", nachname="Mueller-Probe", geburtsdatum="1958-03-07", versicherten_id="A123456780"
    )
    assert same_person(typed, stored)
    assert not same_person(typed.model_copy(update={"geburtsdatum": "1959-03-07"}), stored)


def test_hazard_09_a_record_names_number_name_and_birth_date(desk: Desk, tmp_path: Path) -> None:
    record = desk.record(desk.put(BelegArt.REZEPT), tmp_path / "gdt")
    for line in (b"30004711", b"3101Beispiel-Testfrau", b"3102Erika", b"310323051984"):
        assert line in record


@pytest.mark.parametrize("fk", sorted(NIE))
def test_hazard_10_and_12_no_reading_date_and_no_proof_is_ever_made(fk: str) -> None:
    with pytest.raises(AssertionError):
        build_record("6310", "PRAX_EDV", "PAPBRUCK", [("3000", "1"), (fk, "1")], "3")


def test_hazard_10_a_slip_whose_card_was_read_is_not_billed_a_second_time(desk: Desk) -> None:
    slip, by_hand = desk.put(BelegArt.ERSATZSCHEIN), ByHand(desk.store)
    by_hand.document(slip, "sk", "Fall 17")
    by_hand.note_proof(slip, "sk", "karte")
    with pytest.raises(InputRefused):
        by_hand.note_proof(slip, "sk", "abgerechnet")
    assert read_later(desk.store, desk.clock.now()) == ()


def test_hazard_11_an_eeb_that_comes_after_the_card_is_not_taken_over(desk: Desk) -> None:
    slip, sender = desk.put(BelegArt.ERSATZSCHEIN), "eeb@kasse.kim.telematik-test"
    recipients = FindRecipient({"101234561": sender}, desk.clock, test=True)
    desk.kim.eeb = [EebMail("eeb", sender, desk.clock.now(), True, envelope(eeb.bundle()))]
    find = FindEeb(desk.store, desk.kim, recipients)
    (before,) = find.for_slip(slip).vergleiche
    assert before.uebernehmen
    ByHand(desk.store).document(slip, "sk", "Fall 17")
    ByHand(desk.store).note_proof(slip, "sk", "karte")
    (after,) = find.for_slip(slip).vergleiche
    assert not after.uebernehmen
    assert "wird nicht mehr gebraucht" in " ".join(after.lines())


def test_hazard_11_no_answer_in_the_mailbox_but_ours_changes_anything(desk: Desk) -> None:
    kennung = desk.put(BelegArt.AU)
    desk.kim.foreign(5)  # an eEB is one of these: it belongs to the practice system
    desk.drain()
    assert [e.zustand for e in desk.store.events(kennung)][-1] is Zustand.ZUGESTELLT
    assert len(desk.store.find()) == 1


def test_hazard_12_a_proof_is_never_replaced_by_a_worse_one(desk: Desk) -> None:
    slip, by_hand = desk.put(BelegArt.ERSATZSCHEIN), ByHand(desk.store)
    by_hand.document(slip, "sk", "Fall 17")
    by_hand.note_proof(slip, "sk", "eeb")
    by_hand.note_proof(slip, "sk", "karte")
    for worse in ("eeb", "abgerechnet"):
        with pytest.raises(InputRefused):
            by_hand.note_proof(slip, "sk", worse)
    assert proof_of(desk.store.events(slip)) == "karte"


def test_hazard_13_ticking_off_has_a_name_and_a_time_and_happens_once(desk: Desk) -> None:
    rezept = desk.put(BelegArt.REZEPT)
    ByHand(desk.store).document(rezept, "MFA Probe", "PVS-Eintrag 17")
    ByHand(desk.store).document(rezept, "jemand anderes", "PVS-Eintrag 18")
    ticked = [e for e in desk.store.events(rezept) if e.zustand is Zustand.DOKUMENTIERT]
    assert [(e.wer, e.detail["hinweis"], e.zeit) for e in ticked] == [("MFA Probe", "PVS-Eintrag 17", desk.clock.now())]


def test_hazard_14_a_reminder_that_is_done_never_comes_back(desk: Desk) -> None:
    reminder = desk.put(BelegArt.ERINNERUNG)
    ByHand(desk.store).document(reminder, "sk", "Arztbrief ging mit der Post")
    desk.clock.advance(timedelta(days=200))
    desk.drain()
    (row,) = build_abgleich(desk.store, desk.clock).stoerungen[0].zeilen
    assert (row.spalte, row.noch_zu_tun) == (Spalte.ERLEDIGT, None)
    table = UEBERGAENGE[BelegArt.ERINNERUNG]
    assert SPALTE[Zustand.DOKUMENTIERT] is Spalte.ERLEDIGT
    assert not {SPALTE[after] for after in table[Zustand.DOKUMENTIERT]} & {Spalte.OFFEN, Spalte.UNKLAR}


def test_hazard_15_two_desks_never_share_a_number_and_never_send_at_once(desk: Desk) -> None:
    day = date(2026, 11, 23)
    numbers = [desk.store.reserve_nummer(day, platz) for platz in "AB" * 20]
    assert len(set(numbers)) == 40
    given = stores.beleg(desk.store, BelegArt.REZEPT, desk.stoerung)
    desk.store.put(given, {}, "sk")
    with pytest.raises((AssertionError, IntegrityError)):
        desk.store.put(given.model_copy(update={"kennung": uuid4()}), {}, "sk")
    desk.put(BelegArt.AU)
    first = DrainOutbox(desk.store, desk.konnektor, desk.kim, desk.clock, SETTINGS)  # type: ignore[arg-type]
    send = desk.kim.send
    seen: list[bool] = []

    def while_sending(sendung) -> None:  # type: ignore[no-untyped-def]
        seen.append(desk.drain().belegt)
        send(sendung)

    desk.kim.send = while_sending  # type: ignore[method-assign]
    assert first.drain(wer="sk").finished
    assert seen == [True]


def test_hazard_16_a_forgotten_stoerung_is_asked_about(desk: Desk) -> None:
    assert not build_abgleich(desk.store, desk.clock).stoerungen[0].nachfragen
    desk.clock.advance(timedelta(days=8))
    abgleich = build_abgleich(desk.store, desk.clock)
    assert abgleich.stoerungen[0].nachfragen
    assert NACHFRAGE in "\n".join(abgleich.lines())
    desk.store.change_stoerung(desk.stoerung.model_copy(update={"ende": desk.clock.now()}), "sk")
    assert not build_abgleich(desk.store, desk.clock).stoerungen[0].nachfragen


def test_hazard_17_a_restored_backup_makes_dubletten_and_never_a_second_content(desk: Desk) -> None:
    kennung = desk.put(BelegArt.AU)
    before = desk.store.get(kennung)
    assert before is not None
    desk.drain()
    restored = Desk(stores.memory(desk.clock), desk.clock)  # the backup was made before anything was signed
    restored.store.begin_stoerung(desk.stoerung.model_copy(update={"dienste": (Dienst.VSDM,)}), "sk")
    restored.store.put(before, {"kk": b"%PDF"}, "sk")
    restored.store.advance(kennung, Zustand.ERFASST, Zustand.GEDRUCKT, "sk")
    restored.kim.kasse = desk.kim.kasse
    desk.clock.advance(timedelta(days=3))
    restored.drain()
    first, second = desk.store.signed(kennung), restored.store.signed(kennung)
    assert first is not None
    assert second is not None
    assert first[0] == second[0], "the eAU has the same bytes when it is built again"
    assert desk.kim.kasse.misuse == []
    for zustand in (Zustand.NUR_PAPIER, Zustand.DOKUMENTIERT):
        for table in UEBERGAENGE.values():
            assert all(SPALTE[after] is not Spalte.OFFEN for after in table.get(zustand, set()))


def test_hazard_17_what_a_restore_made_unclear_waits_for_a_look(desk: Desk) -> None:
    unsigned, fresh = desk.put(BelegArt.AU), desk.put(BelegArt.AU)
    detail = {"grund": WIEDERHERGESTELLT, "vorher": "gedruckt"}
    desk.store.advance(unsigned, Zustand.GEDRUCKT, Zustand.UNGEKLAERT, "sk", detail)
    desk.drain()
    desk.drain(nur=desk.number(unsigned))
    assert set(desk.kim.kasse.accepted) == {str(fresh)}
    desk.store.advance(unsigned, Zustand.UNGEKLAERT, Zustand.GEDRUCKT, "sk", {"grund": "nachgesehen"})
    assert desk.drain().finished


def test_hazard_18_the_exchange_file_is_written_once(desk: Desk, tmp_path: Path) -> None:
    rezept = desk.put(BelegArt.REZEPT)
    desk.record(rezept, tmp_path / "gdt")
    for path in (tmp_path / "gdt").glob("*.gdt"):
        path.unlink()  # the practice system fetched it
    with pytest.raises(InputRefused):
        desk.record(rezept, tmp_path / "gdt")


def test_hazard_19_what_was_handed_out_is_frozen(desk: Desk) -> None:
    kennung = desk.put(BelegArt.AU)
    stored = desk.store.get(kennung)
    assert stored is not None
    document = json.loads(stored.model_dump_json())
    document["inhalt"]["au"]["bis"] = "2026-12-04"
    with pytest.raises(AssertionError):
        desk.store.put(type(stored).model_validate_json(json.dumps(document)), {"kk": b"%PDF"}, "sk")
    assert desk.store.get(kennung) == stored
    assert Zustand.ERSETZT in UEBERGAENGE[BelegArt.AU][Zustand.GEDRUCKT]


def test_hazard_20_nothing_of_a_drill_can_leave_for_real(desk: Desk) -> None:
    desk.put(BelegArt.AU)
    without = SETTINGS.model_copy(update={"pruefnummer": None})
    with pytest.raises(EnvironmentFailure):
        desk.drain(without)
    desk.drain(without.model_copy(update={"simulator": True}))
    assert [sendung.betreff[0] for sendung in desk.kim.sent] == ["T"]
