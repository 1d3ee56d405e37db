"""The Storno of an eAU: only after delivery, by a doctor's word, once; and what it does to the sick note."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4, uuid5

import pytest
from lxml import etree

import eau
import inputs
import stores
from papierbruecke.clock import SetClock, SystemClock
from papierbruecke.drill.simulator import Simulator
from papierbruecke.errors import InputRefused
from papierbruecke.kim.client import KimPostfach
from papierbruecke.konnektor.client import SoapKonnektor
from papierbruecke.konnektor.ldap import LdapVerzeichnis
from papierbruecke.outbox.model import Spalte, Uebersicht, Zustand
from papierbruecke.outbox.store import Outbox
from papierbruecke.practice.find_recipient import FindRecipient
from papierbruecke.reconcile.ledger import Zeile, build_abgleich
from papierbruecke.reconcile.report_abgleich import render_abgleich
from papierbruecke.record.model import BelegArt, StornoAngaben, StornoEingabe, Weg
from papierbruecke.record.read_input import read_au
from papierbruecke.resubmit.by_hand import ByHand
from papierbruecke.resubmit.cancel_au import CancelAu
from papierbruecke.resubmit.drain_outbox import DrainOutbox
from papierbruecke.resubmit.fhir_storno import build_storno
from papierbruecke.settings import Einstellungen, KimEinstellungen, PraxisEinstellungen
from twins import Killed, TwinKim, TwinKonnektor

KASSE = "kasse@test.kim.telematik-test"
SETTINGS = Einstellungen(
    kim=KimEinstellungen(kassenadressen={"101234561": KASSE}),
    praxis=PraxisEinstellungen(bundesland="BY"),
    pruefnummer="Y/400/2107/36/999",
    weg_au=Weg.DIREKT,
)
NS = {"f": "http://hl7.org/fhir"}


class Practice:
    """A store with a Störung, the twins, the Nachversand and the Storno."""

    def __init__(self, store: Outbox, clock: SetClock) -> None:
        self.store, self.clock = store, clock
        self.stoerung = stores.stoerung(store)
        self.konnektor, self.kim = TwinKonnektor(), TwinKim(clock)
        self.cancel = CancelAu(store, clock, SETTINGS)

    def au(self, *, weg: Weg = Weg.DIREKT, **parts: object) -> UUID:
        document = inputs.au()
        for name, part in parts.items():
            document[name] = document[name] | part
        made = stores.beleg(self.store, BelegArt.AU, self.stoerung)
        made = made.model_copy(update={"inhalt": read_au(inputs.as_bytes(document)), "weg": weg})
        self.store.put(made, {"kk": b"%PDF"}, "sk")
        self.store.advance(made.kennung, Zustand.ERFASST, Zustand.GEDRUCKT, "sk")
        return made.kennung

    def delivered(self) -> UUID:
        kennung = self.au()
        self.drain()
        assert self.state(kennung) is Zustand.ZUGESTELLT
        return kennung

    def released(self, au: UUID) -> Uebersicht:
        storno = self.cancel.begin(au, "sk", "falsche Person")
        return self.cancel.release(storno.kennung, "sk", "Dr. Muster")

    def drain(self, **options: object):  # type: ignore[no-untyped-def]
        service = DrainOutbox(self.store, self.konnektor, self.kim, self.clock, SETTINGS)  # type: ignore[arg-type]
        return service.drain(wer="sk", **options)  # type: ignore[arg-type]

    def state(self, kennung: UUID) -> Zustand:
        line = self.store.uebersicht(kennung)
        assert line is not None
        return line.zustand

    def row(self, kennung: UUID) -> Zeile:
        (sheet,) = build_abgleich(self.store, self.clock, "BY", mit_nachweis=True).stoerungen
        return next(row for row in sheet.zeilen if row.beleg.kennung == kennung)


@pytest.fixture(params=["memory", "file"])
def practice(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Practice]:
    clock = SetClock(stores.MORGENS)
    store: Outbox = stores.memory(clock) if request.param == "memory" else stores.file(tmp_path, clock)
    yield Practice(store, clock)
    assert store.verify() == []
    store.close()


def eingabe(**parts: object) -> StornoEingabe:
    au = read_au(inputs.as_bytes(inputs.au()))
    shared = {name: getattr(au, name) for name in type(au).model_fields if name != "au"}
    angaben = StornoAngaben(dokument=UUID(int=5), belegnummer="231126-A-001-P", grund="Test")
    return StornoEingabe(**(shared | parts), storno=angaben)


@pytest.mark.parametrize("qualifikation", [None, "00", "03", "04"])
def test_the_validator_finds_nothing_in_a_storno(judge: eau.Judge, qualifikation: str | None) -> None:
    au = eingabe()
    made = eingabe(arzt=au.arzt.model_copy(update={"qualifikation": qualifikation}))
    xml = build_storno(made, kennung=uuid5(UUID(int=7), "Storno"), erstellt=datetime(2026, 11, 24, tzinfo=UTC))
    assert judge.findings(xml) == []


def test_it_has_the_shape_of_the_official_example(referenz: Path) -> None:
    ours = etree.fromstring(build_storno(eingabe(), kennung=uuid4(), erstellt=datetime(2026, 11, 24, tzinfo=UTC)))
    theirs = etree.fromstring((referenz / "data/kbv-eau/examples/Beispiel_Storno.xml").read_bytes())
    for path in (
        "f:meta/f:profile",
        "f:type",
        "f:entry/f:resource/f:Composition/f:type/f:coding/*",
        "f:entry/f:resource/f:Composition/f:title",
        "f:entry/f:resource/f:List/f:status",
        "f:entry/f:resource/f:List/f:mode",
        "f:entry/f:resource/f:List/f:entry/f:deleted",
        "f:entry/f:resource/f:List/f:entry/f:item/f:identifier/f:system",
        "f:entry/f:resource/*/f:meta/f:profile",
    ):
        mine = sorted(ours.xpath(f"{path}/@value", namespaces=NS))
        assert mine == sorted(theirs.xpath(f"{path}/@value", namespaces=NS)), path
    kinds = "f:entry/f:resource/*"
    assert [e.tag for e in ours.findall(kinds, NS)] == [e.tag for e in theirs.findall(kinds, NS)]
    assert ours.xpath("//f:List/f:entry/f:item/f:identifier/f:value/@value", namespaces=NS) == [UUID(int=5).urn]


def test_a_storno_has_its_own_document_signature_and_mail_and_voids_the_au(practice: Practice) -> None:
    au = practice.delivered()
    storno = practice.released(au)
    assert storno.kennung.version == 5
    assert storno.kennung != au
    result = practice.drain()
    assert result.finished, result.lines()
    assert practice.state(storno.kennung) is Zustand.ZUGESTELLT
    assert practice.state(au) is Zustand.STORNIERT
    first, second = practice.kim.sent
    assert second.betreff == f"EEAU0_Storno_{storno.kennung}"
    assert second.dateiname == f"EEAU0_Storno_{storno.kennung}.p7s"
    assert (second.dienstkennung, second.beschreibung) == ("eAU;Storno-Arzt;V1.2", "eAUStorno")
    assert second.empfaenger == first.empfaenger
    xml, _ = practice.store.signed(storno.kennung) or (b"", b"")
    assert au.urn.encode() in xml
    assert practice.konnektor.calls == [1, 1]


def test_nothing_is_signed_before_a_doctor_released_it(practice: Practice) -> None:
    storno = practice.cancel.begin(practice.delivered(), "sk", "falsche Person")
    assert not practice.drain().finished
    assert practice.state(storno.kennung) is Zustand.ERFASST
    assert practice.konnektor.calls == [1]
    with pytest.raises(InputRefused):
        practice.cancel.release(storno.kennung, "sk", " ")
    practice.cancel.release(storno.kennung, "sk", "Dr. Muster")
    practice.cancel.release(storno.kennung, "sk", "Dr. Muster")
    assert sum(e.was == "storno.freigegeben" for e in practice.store.events(storno.kennung)) == 1
    assert practice.drain().finished


def test_whoever_asks_twice_gets_the_same_storno(practice: Practice) -> None:
    au = practice.delivered()
    first = practice.cancel.begin(au, "sk", "falsche Person")
    assert practice.cancel.begin(au, "ab", "noch einmal").kennung == first.kennung
    practice.cancel.release(first.kennung, "sk", "Dr. Muster")
    practice.drain()
    with pytest.raises(InputRefused) as refused:
        practice.cancel.begin(au, "sk", "noch einmal")
    assert "schon ungültig" in refused.value.einwaende[0].text
    assert len(practice.store.find(art=BelegArt.STORNO)) == 1


@pytest.mark.parametrize("fate", ["unsent", "waiting", "doubt", "rejected"])
def test_only_what_was_delivered_can_be_taken_back(practice: Practice, fate: str) -> None:
    au = practice.au()
    if fate != "unsent":
        practice.kim.dsn = lambda sendung: ()
        practice.kim.script = ["dropped"] if fate == "doubt" else []
        practice.drain()
    if fate == "rejected":
        practice.kim.reject("201", dokumenten_id=str(au))
        practice.drain()
    with pytest.raises(InputRefused):
        practice.cancel.begin(au, "sk", "falsche Person")
    assert practice.store.find(art=BelegArt.STORNO) == []


def test_the_end_of_120_werktage_and_other_refusals(practice: Practice) -> None:
    au = practice.delivered()
    with pytest.raises(InputRefused):
        practice.cancel.begin(au, "sk", "  ")
    with pytest.raises(InputRefused):
        ByHand(practice.store).declare_void(au, "sk", "Umweg")
    skt = practice.au(versicherung={"typ": "SKT", "vknr": "27860"})
    practice.drain()
    assert practice.state(skt) is Zustand.ZUGESTELLT
    with pytest.raises(InputRefused):
        practice.cancel.begin(skt, "sk", "falsche Person")
    with pytest.raises(InputRefused):
        practice.cancel.begin(practice.au(weg=Weg.PVS), "sk", "falsche Person")
    with pytest.raises(InputRefused):
        practice.cancel.begin(uuid4(), "sk", "falsche Person")
    practice.clock.advance(timedelta(days=200))
    with pytest.raises(InputRefused) as refused:
        practice.cancel.begin(au, "sk", "falsche Person")
    assert "120 Werktage" in refused.value.einwaende[0].text


def test_a_refused_storno_leaves_the_au_valid_and_may_be_replaced(practice: Practice) -> None:
    au = practice.delivered()
    storno = practice.released(au)
    practice.drain()
    practice.kim.reject("102", dokumenten_id=str(storno.kennung))
    practice.drain()
    assert practice.state(storno.kennung) is Zustand.ABGELEHNT
    assert practice.state(au) is Zustand.ZUGESTELLT
    again = practice.released(au)
    assert again.kennung != storno.kennung
    assert practice.state(storno.kennung) is Zustand.ERSETZT
    practice.drain()
    assert practice.state(au) is Zustand.STORNIERT
    assert len({sent.dateiname for sent in practice.kim.sent}) == 3


def test_a_refused_storno_can_be_settled_with_the_kasse_by_telephone(practice: Practice) -> None:
    storno = practice.released(practice.delivered())
    with pytest.raises(InputRefused):
        ByHand(practice.store).document(storno.kennung, "sk", "zu früh")
    practice.drain()
    practice.kim.reject("105", dokumenten_id=str(storno.kennung))
    practice.drain()
    ByHand(practice.store).document(storno.kennung, "sk", "mit Frau Beispiel geklärt")
    assert practice.row(storno.kennung).spalte is Spalte.ERLEDIGT
    assert practice.row(storno.kennung).satz.endswith("mit der Krankenkasse geklärt")


def test_a_late_second_confirmation_does_not_bring_a_cancelled_au_back(practice: Practice) -> None:
    au = practice.delivered()
    practice.released(au)
    practice.drain()
    practice.kim.answer(practice.store.versuche(au)[0].message_id, "zugestellt")
    practice.drain()
    assert practice.state(au) is Zustand.STORNIERT


def test_a_storno_can_be_withdrawn_as_long_as_it_did_not_leave(practice: Practice) -> None:
    au = practice.delivered()
    storno = practice.released(au)
    ByHand(practice.store).declare_void(storno.kennung, "sk", "doch richtig")
    assert practice.drain().finished
    assert practice.state(au) is Zustand.ZUGESTELLT
    assert len(practice.kim.sent) == 1
    assert practice.cancel.begin(au, "sk", "doch falsch").kennung != storno.kennung


@pytest.mark.parametrize("moment", ["lost_answer", "dropped", "killed"])
def test_a_storno_in_doubt_arrives_once(practice: Practice, moment: str) -> None:
    au = practice.delivered()
    storno = practice.released(au)
    send = practice.kim.send

    def die(sendung: object) -> None:
        send(sendung)  # type: ignore[arg-type]
        raise Killed

    if moment == "killed":
        practice.kim.send = die  # type: ignore[method-assign]
        with pytest.raises(Killed):
            practice.drain()
        practice.kim.send = send  # type: ignore[method-assign]
        practice.clock.advance(timedelta(hours=1))
    else:
        practice.kim.script = [moment]
        practice.drain()
    practice.drain()
    assert practice.state(storno.kennung) is Zustand.ZUGESTELLT
    assert practice.state(au) is Zustand.STORNIERT
    assert f"Storno_{storno.kennung}" in practice.kim.kasse.accepted
    assert practice.kim.kasse.misuse == []
    assert len(practice.konnektor.calls) == 2


def test_ledger_and_report_show_both_with_their_link(practice: Practice) -> None:
    au = practice.delivered()
    storno = practice.cancel.begin(au, "sk", "falsche Person")
    number = practice.row(au).beleg.belegnummer
    assert practice.row(au).satz == f"zugestellt; Storno {storno.belegnummer}: angelegt; wartet auf die Freigabe"
    waiting = practice.row(storno.kennung)
    assert (waiting.spalte, waiting.satz) == (Spalte.OFFEN, f"zu {number}: angelegt; wartet auf die Freigabe")
    assert waiting.bis is not None
    assert "gibt das Storno frei" in (waiting.noch_zu_tun or "")
    practice.cancel.release(storno.kennung, "sk", "Dr. Muster")
    assert practice.row(storno.kennung).noch_zu_tun == "Signieren und senden (Nachversand starten)."
    practice.drain()
    gone, done = practice.row(au), practice.row(storno.kennung)
    assert (gone.spalte, done.spalte) == (Spalte.HINFAELLIG, Spalte.ERLEDIGT)
    assert any(storno.belegnummer in line for line in gone.nachweis)
    assert any("Freigegeben von Dr. Muster" in line for line in done.nachweis)
    sheet = build_abgleich(practice.store, practice.clock, "BY", mit_nachweis=True)
    assert render_abgleich(sheet, SETTINGS, uebung=False).startswith(b"%PDF")


def test_through_real_sockets_the_kasse_takes_it_once_and_refuses_an_unknown_document(tmp_path: Path) -> None:
    with Simulator(tmp_path / "simulator") as simulator:
        settings, clock = simulator.settings(), SetClock(SystemClock().now())
        store = stores.file(tmp_path, clock)
        of = stores.stoerung(store)
        konnektor, kim = SoapKonnektor(settings.konnektor, SystemClock()), KimPostfach(settings.kim, SystemClock())
        directory = LdapVerzeichnis(settings.konnektor, SystemClock())
        recipients = FindRecipient({}, clock, test=True, verzeichnis=directory)
        service = DrainOutbox(store, konnektor, kim, clock, settings, recipients)
        cancel = CancelAu(store, clock, settings)
        made = stores.beleg(store, BelegArt.AU, of)
        made = made.model_copy(update={"inhalt": read_au(inputs.as_bytes(inputs.au())), "angelegt": clock.now()})
        store.put(made, {"kk": b"%PDF"}, "sk")
        store.advance(made.kennung, Zustand.ERFASST, Zustand.GEDRUCKT, "sk")
        service.drain(wer="sk")
        storno = cancel.begin(made.kennung, "sk", "falsche Person")
        cancel.release(storno.kennung, "sk", "Dr. Muster")
        service.drain(wer="sk")
        au, cancelled = simulator.krankenkasse()
        assert (au["zustand"], cancelled["art"], cancelled["zustand"]) == ("storniert", "Storno", "angenommen")
        assert au["befunde"] == cancelled["befunde"] == []
        assert store.verify() == []
        # The same Storno for a document that never arrived there.
        stranger = stores.beleg(store, BelegArt.AU, of).model_copy(update={"kennung": uuid5(UUID(int=1), "fremd")})
        inhalt = read_au(inputs.as_bytes(inputs.au()))
        store.put(stranger.model_copy(update={"inhalt": inhalt, "angelegt": clock.now()}), {}, "sk")
        store.advance(stranger.kennung, Zustand.ERFASST, Zustand.GEDRUCKT, "sk")
        store.sign(stranger.kennung, b"<nie/>", b"nie", "sk")
        store.begin_versuch(
            stores.versuch(stranger.kennung).model_copy(
                update={"empfaenger": store.versuche(made.kennung)[0].empfaenger}
            ),
            Zustand.SIGNIERT,
            "sk",
        )
        store.advance(stranger.kennung, Zustand.IN_UEBERTRAGUNG, Zustand.GESENDET, "sk")
        store.advance(stranger.kennung, Zustand.GESENDET, Zustand.ZUGESTELLT, "sk")
        wrong = cancel.begin(stranger.kennung, "sk", "falsche Person")
        cancel.release(wrong.kennung, "sk", "Dr. Muster")
        service.drain(wer="sk")
        simulator.krankenkasse()
        service.drain(wer="sk")
        line, original = store.uebersicht(wrong.kennung), store.uebersicht(stranger.kennung)
        assert line is not None
        assert original is not None
        assert (line.zustand, original.zustand) == (Zustand.ABGELEHNT, Zustand.ZUGESTELLT)
        konnektor.close()
        store.close()
