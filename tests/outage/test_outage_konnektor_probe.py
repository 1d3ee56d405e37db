"""Probes P4 to P9 and P12 over a scripted twin of the ports."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from papierbruecke.clock import SetClock
from papierbruecke.kim.model import Gruss, KimFehler
from papierbruecke.konnektor.model import (
    Dienstverzeichnis,
    Fehlerzustand,
    Karte,
    KonnektorFehler,
    Konnektorlage,
    PinStand,
    Serverzertifikat,
    Terminal,
    Zertifikatsablauf,
)
from papierbruecke.outage import kim_probe, konnektor_probe
from papierbruecke.outage.model import Ergebnis, Messung
from papierbruecke.settings import Einstellungen, KimEinstellungen, KonnektorEinstellungen

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
PIN = "aa" * 32
SET_UP = Einstellungen(kim=KimEinstellungen(smtp_host="192.0.2.11", fingerabdruck=PIN))
SETTINGS = KonnektorEinstellungen(adresse="192.0.2.10", fingerabdruck=PIN)


def card(typ: str, days: int | None = 500) -> Karte:
    until = NOW + timedelta(days=days) if days is not None else None
    return Karte(handle=f"h-{typ}", typ=typ, iccsn="80276883110000012345", terminal="CT-01", zertifikat_bis=until)


class Twin:
    """A Konnektor as its port; every answer can be replaced by a failure."""

    def __init__(self, **answers: Any) -> None:
        self.answers: dict[str, Any] = {
            "zertifikat": Serverzertifikat(
                sha256=PIN,
                subject="CN=80276883110000077777",
                issuer="CN=GEM.KOMP-CA9",
                not_before=NOW - timedelta(days=9),
                not_after=NOW + timedelta(days=900),
                schluesselart="EC-brainpoolP256r1",
            ),
            "dienstverzeichnis": Dienstverzeichnis(
                hersteller="SECUN", produkt="Konnektor", firmware="5.60.1", hardware="2", endpunkte={}, versionen={}
            ),
            "lage": Konnektorlage(vpn_ti=True, vpn_ti_seit=NOW, vpn_sis=False, fehlerzustaende=()),
            "karten": (card("SMC-B"), card("HBA")),
            "terminals": (
                Terminal(
                    id="CT-01", name="Empfang", verbunden=True, physisch=True, arbeitsplaetze=(), ip=None, firmware=None
                ),
            ),
            "pin_stand": {"PIN.SMC": "VERIFIED", "PIN.QES": "VERIFIABLE"},
            "zertifikatsablauf": (),
            "clientzertifikat_bis": None,
        } | answers
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def answer(*given: Any) -> Any:
            self.asked.append(name)
            value = self.answers[name]
            if isinstance(value, Exception):
                raise value
            return (
                PinStand(status=value[given[1] if len(given) > 1 else "PIN.SMC"], versuche=3)
                if name == "pin_stand"
                else value
            )

        return answer


def failing(key: str, fault: int | None = None) -> KonnektorFehler:
    return KonnektorFehler(key, "Satz für den Platz.", fault=fault)


def measure(probe: str, twin: Twin, settings: KonnektorEinstellungen = SETTINGS) -> dict[str, Messung]:
    probes = {p.id: p for p in konnektor_probe.build(twin, settings, SetClock(NOW))}  # type: ignore[arg-type]
    return {f"{m.probe} {m.ziel}": m for m in probes[probe].measure()}


def test_all_well() -> None:
    twin = Twin()
    words = {k: v for name in ("P4", "P6", "P7", "P8", "P9") for k, v in measure(name, twin).items()}
    assert {m.ergebnis for m in words.values()} == {Ergebnis.OK}
    assert words["P7 konnektor"].daten["vpn_ti"] is True
    assert words["P7 konnektor"].daten["vpn_ti_seit"] == NOW.isoformat()
    assert words["P6 konnektor"].daten["firmware"] == "5.60.1"
    assert "verify_pin" not in twin.asked  # never a PIN prompt by itself


@pytest.mark.parametrize("key", ["kon.no_answer", "kon.port_closed", "kon.name_unresolved"])
def test_no_connection_is_p4_and_p5_says_nothing(key: str) -> None:
    words = measure("P4", Twin(zertifikat=failing(key)))
    assert words["P4 konnektor"].schluessel == key
    assert words["P5 konnektor"].ergebnis is Ergebnis.KEINE_AUSSAGE


@pytest.mark.parametrize("key", ["kon.tls_parameters", "kon.client_cert_rejected", "kon.wrong_device"])
def test_a_failed_handshake_proves_that_tcp_works(key: str) -> None:
    words = measure("P4", Twin(zertifikat=failing(key)))
    assert words["P4 konnektor"].ergebnis is Ergebnis.OK
    assert words["P5 konnektor"].schluessel == key


def test_an_unusable_own_certificate_says_nothing_about_the_konnektor() -> None:
    words = measure("P4", Twin(zertifikat=failing("kon.p12_password")))
    assert words["P4 konnektor"].ergebnis is Ergebnis.KEINE_AUSSAGE
    assert words["P5 konnektor"].schluessel == "kon.p12_password"


def test_changed_expired_and_unknown_certificates() -> None:
    shown = Twin().answers["zertifikat"]
    changed = measure("P4", Twin(zertifikat=shown.model_copy(update={"sha256": "bb" * 32})))["P5 konnektor"]
    assert (changed.schluessel, changed.daten["bestaetigt"]) == ("kon.server_cert_changed", PIN)
    old = shown.model_copy(update={"not_after": NOW - timedelta(days=1)})
    assert measure("P4", Twin(zertifikat=old))["P5 konnektor"].schluessel == "kon.server_cert_expired"
    unpaired = SETTINGS.model_copy(update={"fingerabdruck": None})
    assert measure("P4", Twin(), unpaired)["P5 konnektor"].schluessel == "kon.not_paired"


def test_error_states_are_kept_with_the_konnektors_own_times() -> None:
    state = Fehlerzustand(name="ec_no_vpn_ti_connection", parameter=None, schwere="Error", seit=NOW)
    lage = Konnektorlage(vpn_ti=False, vpn_ti_seit=None, vpn_sis=None, fehlerzustaende=(state,))
    word = measure("P7", Twin(lage=lage))["P7 konnektor"]
    assert word.daten["fehlerzustaende"] == [
        {"name": "ec_no_vpn_ti_connection", "parameter": None, "schwere": "Error", "seit": NOW.isoformat()}
    ]
    fault = measure("P7", Twin(lage=failing("kon.context_wrong", 4010)))["P7 konnektor"]
    assert (fault.schluessel, fault.daten["fault"]) == ("kon.context_wrong", 4010)


@pytest.mark.parametrize(
    ("answers", "wanted"),
    [
        ({"karten": (card("HBA"),)}, {"P8 smcb": "card.missing"}),
        ({"karten": (card("SMC-B", -1), card("HBA"))}, {"P8 smcb": "card.expired"}),
        ({"pin_stand": {"PIN.SMC": "VERIFIABLE", "PIN.QES": "VERIFIABLE"}}, {"P8 smcb": "card.pin"}),
        (
            {"pin_stand": {"PIN.SMC": "BLOCKED", "PIN.QES": "BLOCKED"}},
            {"P8 smcb": "card.pin_blocked", "P8 hba": "card.pin_blocked"},
        ),
        ({"pin_stand": {"PIN.SMC": "TRANSPORT_PIN", "PIN.QES": "VERIFIED"}}, {"P8 smcb": "card.transport_pin"}),
        ({"karten": (card("SMC-B"),)}, {"P8 hba": "card.missing"}),
        ({"karten": (card("SMC-B"), card("HBAx", -3))}, {"P8 hba": "card.expired"}),
        ({"karten": (card("SMC-B"), card("HBA", -3), card("HBA"))}, {}),
        ({"karten": (card("HSM-B"), card("HBA")), "pin_stand": {"PIN.QES": "VERIFIED"}}, {}),
    ],
)
def test_cards_and_pins(answers: dict[str, Any], wanted: dict[str, str]) -> None:
    words = measure("P8", Twin(**answers))
    assert {name: m.schluessel for name, m in words.items() if m.ergebnis is Ergebnis.FEHLER} == wanted


def test_a_lost_terminal_is_named() -> None:
    lost = Twin().answers["terminals"][0].model_copy(update={"verbunden": False})
    word = measure("P8", Twin(terminals=(lost,)))["P8 terminal"]
    assert (word.schluessel, word.daten["name"]) == ("ct.lost", "Empfang")
    assert measure("P8", Twin(karten=failing("ct.lost")))["P8 terminal"].schluessel == "ct.lost"
    words = measure("P8", Twin(karten=failing("kon.no_answer")))
    assert {m.ergebnis for m in words.values()} == {Ergebnis.KEINE_AUSSAGE}


def test_a_practice_that_signs_with_the_smcb_is_not_asked_for_an_hba() -> None:
    settings = SETTINGS.model_copy(update={"signaturkarte": "SMC-B"})
    assert set(measure("P8", Twin(karten=(card("SMC-B"),)), settings)) == {"P8 terminal", "P8 smcb"}


def test_the_inventory_names_kind_place_and_end() -> None:
    rows = (
        Zertifikatsablauf(
            iccsn="80276883110000077777", seriennummer="1", bis=date(2027, 5, 1), terminal=None, handle=None
        ),
        Zertifikatsablauf(
            iccsn="80276883110000012345",
            seriennummer="2",
            bis=date(2027, 6, 1),
            terminal="CT-01",
            handle="h-SMC-B",
            nur_rsa=True,
        ),
        Zertifikatsablauf(
            iccsn="80276883110000099999", seriennummer="3", bis=date(2027, 7, 1), terminal="CT-01", handle=None
        ),
    )
    twin = Twin(zertifikatsablauf=rows, clientzertifikat_bis=NOW + timedelta(days=40))
    found = measure("P9", twin)["P9 zertifikate"].daten["zertifikate"]
    assert [(r["was"], r["art"], r["ort"]) for r in found] == [
        ("gSMC-K", "ECC", "Konnektor"),
        ("SMC-B", "RSA", "CT-01"),
        ("SMC-KT", "ECC", "CT-01"),
        ("P12", "", "dieses Programm"),
    ]
    assert found[0]["bis"] == "2027-05-01T21:59:59+00:00"  # valid through the whole day here


def test_kim_greets_or_not() -> None:
    class Module:
        answer: Gruss | KimFehler = Gruss("220 KIM", Twin().answers["zertifikat"])

        def banner(self) -> Gruss:
            if isinstance(self.answer, KimFehler):
                raise self.answer
            return self.answer

    module = Module()
    (probe,) = kim_probe.build(module, SET_UP, SetClock(NOW))  # type: ignore[arg-type]
    (word,) = probe.measure()
    assert (word.ergebnis, word.daten["sha256"]) == (Ergebnis.OK, PIN)
    module.answer = KimFehler("kim.port_closed", "Das KIM-Programm läuft nicht.", certainly_not_sent=True)
    (word,) = probe.measure()
    assert (word.ergebnis, word.schluessel) == (Ergebnis.FEHLER, "kim.port_closed")
