"""The practice card checked at its issuer, on a click, against the simulated Konnektor."""

import pytest

from lage_world import UMFELD, World
from papierbruecke.clock import SystemClock
from papierbruecke.drill.simulator import Simulator
from papierbruecke.konnektor.client import SoapKonnektor
from papierbruecke.outage import passive
from papierbruecke.outage.check_card import check_smcb
from papierbruecke.outage.diagnose import diagnose
from papierbruecke.outage.model import Ergebnis, Messung


@pytest.fixture(scope="module")
def ti(tmp_path_factory: pytest.TempPathFactory) -> Simulator:
    with Simulator(tmp_path_factory.mktemp("ti") / "s") as running:
        yield running


def check(ti: Simulator, changes: dict[str, object]) -> Messung:
    ti.scenario(ti.szenario.model_copy(update={"schritte": ({"konnektor": changes},)}))
    clock = SystemClock()
    konnektor = SoapKonnektor(ti.settings().konnektor, clock)
    try:
        return check_smcb(konnektor, clock)
    finally:
        konnektor.close()


@pytest.mark.parametrize(
    ("changes", "key", "words"),
    [
        ({}, None, "ist gültig"),
        ({"ocsp": False}, "card.check_inconclusive", "antwortet nicht"),
        ({"vpn_ti": False}, "card.check_inconclusive", "antwortet nicht"),
        ({"smcb": {"gueltig_tage": -2}}, "card.invalid", "gesperrt oder ungültig"),
        ({"smcb": {"gesteckt": False}}, "card.missing", "steckt keine Praxiskarte"),
        ({"terminal_verbunden": False}, "card.missing", "steckt keine Praxiskarte"),
        ({"client": "fault-4204"}, "kon.client_rejected", "lehnt die Anmeldung"),
    ],
)
def test_each_answer_has_its_sentence(ti: Simulator, changes: dict[str, object], key: str | None, words: str) -> None:
    found = check(ti, changes)
    assert (found.schluessel, found.ergebnis) == (key, Ergebnis.OK if key is None else Ergebnis.FEHLER)
    assert words in found.befund


def test_the_check_gives_the_overloaded_issuer_its_name(ti: Simulator) -> None:
    checked = check(ti, {"ocsp": False})
    world, now = World(), checked.zeit
    good_day = [m for name in ("P0", "P3", "P4", "P7", "P12") for m in world.ask(name, now)]
    slow = [passive.signatur(now, False, ocsp=True) for _ in range(3)]
    nameless = diagnose([*good_day, *slow], now, UMFELD).diagnose
    named = diagnose([*good_day, checked, *slow], now, UMFELD).diagnose
    assert nameless is not None
    assert named is not None
    assert (nameless.id, named.id) == ("D36", "D36")
    assert "(" not in nameless.satz
    assert f"({checked.daten['aussteller']})" in named.satz
