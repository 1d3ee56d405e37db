"""The Ersatzbescheinigung out of the KIM box: read, put beside the slip, never taken over by itself."""

import contextlib
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import inputs
import stores
from counterparts.simulator import simulator as simulator
from eeb import bundle, containers
from papierbruecke.cli import main
from papierbruecke.drill.cades import sign_enveloping
from papierbruecke.drill.kassen_mail import build_dsn, build_eeb, build_foreign_mail
from papierbruecke.drill.practice_setup import kassen_adresse
from papierbruecke.drill.simulator import Simulator
from papierbruecke.errors import InputRefused
from papierbruecke.kim.incoming import is_eeb, is_ours, read_eeb_mail
from papierbruecke.kim.model import EebMail
from papierbruecke.outbox.model import Zustand
from papierbruecke.reconcile.read_eeb import read_eeb
from papierbruecke.record.kennung import new_kennung
from papierbruecke.record.model import Beleg, BelegArt, Weg
from papierbruecke.record.read_input import read_ersatzschein
from papierbruecke.resubmit.texts import EEB_ANGEKOMMEN
from papierbruecke.wiring import Desk
from twins import envelope

SECRET = "nur zum Testen"
SLIP = read_ersatzschein(inputs.as_bytes(inputs.ersatzschein()))
assert SLIP.versicherter is not None
IK = "101234561"
KASSE = kassen_adresse(IK)


def mail(content: bytes, **more: Any) -> EebMail:
    values: dict[str, Any] = {
        "uidl": "u",
        "absender": KASSE,
        "zeit": datetime(2026, 11, 24, tzinfo=UTC),
        "unversehrt": True,
    }
    return EebMail(**(values | {"daten": envelope(content)} | more))


# -- reading ---------------------------------------------------------------------------


def test_an_answer_over_kim_has_no_street_and_no_begin() -> None:
    found = read_eeb(mail(bundle()))
    assert found is not None
    assert found.versicherter.versicherten_id == "A123456780"
    assert (found.versicherter.vorname, found.versicherter.nachname) == ("Erika", "Beispiel-Testfrau")
    assert found.versicherter.anschrift is not None
    assert (found.versicherter.anschrift.strasse, found.versicherter.anschrift.plz) == (None, "12345")
    assert (found.versicherung.ik, found.versicherung.versichertenart) == (IK, "1")
    assert found.versicherung.beginn is None  # 1900-01-01 is a dummy that must not be used
    assert "Testfrau" not in repr(found)


def test_an_answer_to_the_app_carries_the_documents_of_a_card() -> None:
    found = read_eeb(mail(bundle(kvnr="T102003001", packed=containers())))
    assert found is not None
    assert (found.versicherter.titel, found.versicherter.nachname) == ("Dr.", "Testfall")
    assert found.versicherter.anschrift is not None
    assert found.versicherter.anschrift.strasse == "Musterweg"
    assert (found.versicherung.ik, found.versicherung.beginn) == ("109500969", "2019-01-01")


def test_a_newborn_has_no_number_yet() -> None:
    found = read_eeb(mail(bundle(kvnr=None, beginn=None)))
    assert found is not None
    assert found.versicherter.versicherten_id is None


BROKEN = {
    "no signature": mail(b"", daten=bundle()),
    "nothing": mail(b"", daten=b""),
    "no XML": mail(b"kein XML"),
    "entities": mail(b'<!DOCTYPE a [<!ENTITY b "c">]>' + bundle()),
    "another resource": mail(b'<OperationOutcome xmlns="http://hl7.org/fhir"/>'),
    "two people": mail(bundle(patients=2)),
    "nobody": mail(bundle(patients=0)),
    "wrong IK": mail(bundle(ik="101234560")),
    "wrong number": mail(bundle(kvnr="A123456781")),
    "card of somebody else inside": mail(bundle(kvnr="A123456780", packed=containers())),
    "a bomb": mail(bundle(patients=0, packed=(b"\x1f\x8b" + b"\0" * 40, b"x"))),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
def test_what_does_not_hold_together_is_no_bescheinigung(broken: EebMail) -> None:
    assert read_eeb(broken) is None


@settings(max_examples=150, deadline=None, print_blob=True)
@given(st.binary(max_size=300), st.integers(0, 2000), st.binary(min_size=1, max_size=8))
def test_damaged_mails_never_raise(noise: bytes, at: int, patch: bytes) -> None:
    whole = bundle(packed=containers())
    at %= len(whole)
    for content in (noise, whole[:at], whole[:at] + patch + whole[at + len(patch) :]):
        read_eeb(mail(content))
        read_eeb(mail(b"", daten=content))
        read_eeb_mail("u", content)
        with contextlib.suppress(ValueError):
            is_eeb(content)


def test_only_the_mail_of_a_kasse_is_taken_for_one() -> None:
    raw = build_eeb(envelope(bundle()), KASSE)
    head = raw.partition(b"\r\n\r\n")[0]
    assert is_eeb(head)
    assert not is_ours(head)
    read = read_eeb_mail("u", raw)
    assert read is not None
    assert (read.absender, read.unversehrt, read.daten) == (KASSE, True, envelope(bundle()))
    changed = read_eeb_mail("u", build_eeb(envelope(bundle()), KASSE, integrity="08"))
    assert changed is not None
    assert not changed.unversehrt
    for other in (build_foreign_mail(1), build_dsn("<x@y>", KASSE)):
        assert not is_eeb(other.partition(b"\r\n\r\n")[0])


# -- through the whole desk ------------------------------------------------------------


@pytest.fixture
def desk(simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("PAPIERBRUECKE_PASSPHRASE", SECRET)
    opened = Desk(tmp_path / "daten", passphrase=SECRET)
    opened.save_settings(simulator.settings())
    yield opened
    opened.close()


@pytest.fixture
def slip(desk: Desk) -> UUID:
    kennung = new_kennung(BelegArt.ERSATZSCHEIN)
    made = Beleg(
        kennung=kennung,
        belegnummer=desk.store().reserve_nummer(date(2026, 11, 23), "A"),
        art=BelegArt.ERSATZSCHEIN,
        vorgang=kennung,
        stoerung=stores.stoerung(desk.store()).id,
        angelegt=stores.MORGENS,
        weg=Weg.PVS,
        platz="A",
        inhalt=SLIP,
    )
    desk.store().put(made, {"schein": b"%PDF"}, "sk")
    desk.store().advance(kennung, Zustand.ERFASST, Zustand.GEDRUCKT, "sk")
    return kennung


def arrive(simulator: Simulator, content: bytes, sender: str = KASSE, integrity: str = "01") -> None:
    signed = sign_enveloping(content, simulator.pki.smcb, None)
    simulator.mailbox.add(build_eeb(signed, sender, integrity=integrity))


def mine(**more: Any) -> bytes:
    """The Bescheinigung for the person of the slip."""
    person, cover = SLIP.versicherter, SLIP.versicherung
    assert person is not None
    known = {
        "kvnr": person.versicherten_id,
        "vorname": person.vorname,
        "nachname": person.nachname,
        "ik": cover.ik or IK,
    }
    return bundle(**(known | {"geboren": person.geburtsdatum} | more))


def test_it_is_found_among_foreign_mail_and_nothing_is_deleted(desk: Desk, simulator: Simulator, slip: UUID) -> None:
    for number in range(5):
        simulator.mailbox.add(build_foreign_mail(number))
    arrive(simulator, bundle(kvnr="T102003001", nachname="Testfall"))
    arrive(simulator, b"kaputt")
    arrive(simulator, mine(art="3"), kassen_adresse(SLIP.versicherung.ik or IK))
    found = desk.find_eeb(slip)
    assert (len(found.vergleiche), found.andere, found.unlesbar) == (1, 1, 1)
    (compared,) = found.vergleiche
    assert compared.uebernehmen
    assert {row.feld for row in compared.felder if row.folge == "neuer_schein"} == {"Versichertenart"}
    assert len(simulator.mailbox.snapshot()) == 8
    assert "DELE" not in simulator.pop3.befehle
    assert desk.store().get(slip).inhalt == SLIP  # type: ignore[union-attr]
    assert desk.find_eeb(slip).vergleiche  # it may be looked at again


@pytest.mark.parametrize(
    ("sender", "integrity", "word"),
    [
        ("fremd@beispiel.kim.telematik-test", "01", "keine bekannte Adresse"),
        ("post@beispiel.de", "01", "keine bekannte Adresse"),
        (None, "08", "nicht als unversehrt"),
    ],
)
def test_a_doubtful_sender_is_told(
    desk: Desk, simulator: Simulator, slip: UUID, sender: str | None, integrity: str, word: str
) -> None:
    arrive(simulator, mine(), sender or kassen_adresse(SLIP.versicherung.ik or IK), integrity)
    (compared,) = desk.find_eeb(slip).vergleiche
    assert not compared.uebernehmen
    assert word in " ".join(compared.lines())


def test_after_the_card_was_read_it_counts_no_more(desk: Desk, simulator: Simulator, slip: UUID) -> None:
    arrive(simulator, mine(), kassen_adresse(SLIP.versicherung.ik or IK))
    desk.document(slip, "sk", "")
    desk.by_hand().note_proof(slip, "sk", "karte")
    (compared,) = desk.find_eeb(slip).vergleiche
    assert compared.schon_gelesen
    assert not compared.uebernehmen


def test_the_nachversand_says_that_one_came_and_only_once(desk: Desk, simulator: Simulator, slip: UUID) -> None:
    from papierbruecke.kim.model import Kim
    from papierbruecke.resubmit.outcome import Journal
    from papierbruecke.resubmit.settle_answers import SettleAnswers

    arrive(simulator, mine())
    kim: Kim | None = desk.kim()
    assert kim is not None
    journals = [Journal(), Journal()]
    for journal in journals:
        with kim:
            assert SettleAnswers(desk.store(), kim).run("sk", journal)
    assert [list(journal.hinweise) for journal in journals] == [[EEB_ANGEKOMMEN], []]


def test_only_a_slip_is_compared(desk: Desk) -> None:
    au = stores.beleg(desk.store(), BelegArt.AU, stores.stoerung(desk.store()))
    desk.store().put(au, {}, "sk")
    with pytest.raises(InputRefused):
        desk.find_eeb(au.kennung)


def test_the_command(desk: Desk, simulator: Simulator, slip: UUID, capsys: pytest.CaptureFixture[str]) -> None:
    line = desk.store().uebersicht(slip)
    assert line is not None
    call = ["eeb", line.belegnummer, "--daten", str(desk.daten), "--json"]
    assert main(call) == 1
    assert json.loads(capsys.readouterr().out)["vergleiche"] == []
    arrive(simulator, mine(), kassen_adresse(SLIP.versicherung.ik or IK))
    assert main(call) == 0
    (found,) = json.loads(capsys.readouterr().out)["vergleiche"]
    assert found["uebernehmen"] is True
    assert main(["eeb", "231126-A-999-X", "--daten", str(desk.daten), "--json"]) == 2
