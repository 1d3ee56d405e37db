"""Every row of the table is reached from observations at real intervals, and left again."""

from typing import Any

import pytest

from lage_world import ALL_OK, GATEWAY, NEW_CERT, OFFLINE, Player, World
from papierbruecke.outage import passive
from papierbruecke.outage.catalogue import katalog
from papierbruecke.outage.model import DienstZustand, Messung
from papierbruecke.outage.probe import good

KASSE = "109500969"
SECUNET = {"hersteller": "secu", "produkt": "Konnektor", "firmware": "5.50.3"}


def fatal(name: str) -> dict[str, Any]:
    return {"name": name, "schwere": "Fatal"}


# row, what breaks, seconds within which it must be said (ti-detection §5.2 plus the intervals of §5.1)
BROKEN: list[tuple[str, dict[str, Any], float]] = [
    ("D01", {"pc": False}, 40),
    ("D02", {"router": False}, 60),
    ("D03", {"internet": False}, 130),
    ("D04", {"dns": False}, 130),
    ("D05", {"pc_internet": False}, 370),
    ("D08", {"kon": "kon.port_closed"}, 75),
    ("D09", {"kon": "kon.no_answer"}, 75),
    ("D09", {"kon": "kon.name_unresolved"}, 75),
    ("D10", {"tls": "kon.server_cert_changed", "cert": NEW_CERT | {"subject": "CN=fritz.box", "issuer": "x"}}, 75),
    ("D10", {"tls": "kon.wrong_device"}, 75),
    ("D11", {"tls": "kon.server_cert_expired"}, 75),
    ("D12", {"tls": "kon.server_cert_changed", "cert": NEW_CERT}, 75),
    ("D12", {"tls": "kon.not_paired"}, 75),
    ("D14", {"tls": "kon.tls_parameters"}, 75),
    ("D15", {"tls": "kon.client_cert_rejected"}, 75),
    ("D15", {"dienst": "kon.client_rejected", "fault": 4204}, 125),
    ("D16", {"dienst": "kon.context_wrong", "fault": 4010}, 125),
    ("D17", {"states": [fatal("EC_TSL_Out_Of_Date_Beyond_Grace_Period")]}, 125),
    ("D17", {"dienst": "kon.crl", "fault": 4173}, 125),
    ("D18", {"states": [fatal("EC_Time_Difference_Intolerable")]}, 125),
    ("D18", {"kon_uhr_s": 4000.0}, 2700),
    ("D19", {"states": [fatal("EC_NK_Certificate_Expired")]}, 125),
    ("D20", {"states": [fatal("EC_FW_Not_Valid_Status_Blocked")]}, 125),
    ("D21", {"states": [fatal("EC_Secure_KeyStore_Not_Available")]}, 125),
    ("D21", {"dienst": "kon.critical_state", "fault": 4002}, 125),
    ("D22", {"vpn": False}, 400),
    ("D22", {"dienst": "kon.offline_mode", "fault": 4172}, 200),
    ("D23", {"vpn": False, "states": [*OFFLINE, {"name": "EC_No_Online_Connection", "schwere": "Error"}]}, 125),
    ("D23", {"vpn": False, "states": [*OFFLINE, {"name": "EC_IP_Adresses_Not_Available", "schwere": "Error"}]}, 125),
    ("D24", {"vpn": False, "states": OFFLINE, "lagebild": ALL_OK | {"ti_zugang": "aus"}}, 400),
    ("D25", {"vpn": False, "states": OFFLINE}, 1010),
    ("D26", {"vpn": False, "states": OFFLINE, "lagebild": None}, 400),
    ("D27", {"dns_system": False, "dns_konnektor": False}, 480),
    ("D28", {"dns_system": False}, 480),
    ("D28", {"services": {"idp": False, "epa1": False, "epa2": False, "epa3": False}}, 900),
    ("D29", {"terminal": "ct.lost", "smcb": "card.missing"}, 480),
    ("D30", {"smcb": "card.missing"}, 480),
    ("D31", {"smcb": "card.pin"}, 480),
    ("D32", {"smcb": "card.pin_blocked"}, 480),
    ("D33", {"smcb": "card.expired", "smcb_bis": "2026-01-01T00:00:00+00:00"}, 480),
    ("D35", {"hba": "card.missing"}, 480),
    ("D37", {"lagebild": ALL_OK | {"vsdm": "aus"}}, 330),
    ("D38", {"kim": "kim.port_closed"}, 240),
    ("D39", {"lagebild": ALL_OK | {"kim": "aus"}}, 330),
    ("D41", {"lagebild": ALL_OK | {"idp": "aus", "erezept": "aus"}}, 330),
    ("D42", {"lagebild": ALL_OK | {"erezept": "aus"}}, 330),
    ("D43", {"lagebild": ALL_OK | {"epa": "teilweise"}}, 330),
    ("D44", {"lagebild": ALL_OK | {"epa": "aus"}}, 330),
]


@pytest.mark.parametrize(("row", "broken", "within_s"), BROKEN, ids=[f"{r}-{'-'.join(b)}" for r, b, _ in BROKEN])
def test_a_broken_layer_reaches_its_row_and_recovers(row: str, broken: dict[str, Any], within_s: float) -> None:
    world = World()
    player = Player(world)
    # The services behind the TI were reached once from this PC, else their silence says nothing.
    player.tell([m for m in world.ask("P11", player.now) if "services" in broken])
    assert player.play(700).diagnose is None
    if "services" in broken:
        player.tell([passive.fachdienst(player.now, "epa", False)])
    for name, value in broken.items():
        setattr(world, name, value)
    player.until(row, within_s)
    lage = player.lage()
    wanted = katalog().diagnosen[row].dienste
    assert {d: s.zustand for d, s in lage.dienste.items()} == wanted
    assert lage.weitere == ()
    good = World()
    for name in broken:
        setattr(world, name, getattr(good, name))
    if "kon_uhr_s" in broken:
        world.kon_uhr_s = 0.0
    back_s = player.until(None, 3600 if row == "D18" else 1300) if "services" not in broken else 120.0
    assert back_s >= 120  # two successes and two minutes


def test_d13_known_problem_needs_vendor_and_firmware() -> None:
    assert _certificate_day(SECUNET) == "D13"
    assert _certificate_day(SECUNET | {"firmware": "5.50.1"}) == "D12"
    assert _certificate_day(SECUNET | {"hersteller": "anderer"}) == "D12"


def _certificate_day(sds: dict[str, str]) -> str:
    world = World()
    world.sds = sds
    player = Player(world)
    player.play(700)
    world.tls, world.cert = "kon.server_cert_changed", NEW_CERT
    lage = player.play(120)
    assert lage.diagnose is not None
    return lage.diagnose.id


def test_d06_and_d07_replace_d08_and_d09_at_a_gateway() -> None:
    def row(**broken: Any) -> str | None:
        world = World()
        world.vpn_schnittstelle = True
        player = Player(world, GATEWAY)
        assert player.play(700).diagnose is None
        for name, value in broken.items():
            setattr(world, name, value)
        found = player.play(700).diagnose
        return found.id if found else None

    assert row(kon="kon.no_answer", vpn_schnittstelle=False) == "D06"
    assert row(kon="kon.no_answer") == "D07"
    assert row(kon="kon.no_answer", vpn_schnittstelle=False, lagebild=ALL_OK | {"ti_zugang": "aus"}) == "D07"
    assert row(kon="kon.port_closed") == "D07"
    assert row(vpn=False, states=OFFLINE) == "D07"
    assert row(internet=False, kon="kon.no_answer", vpn_schnittstelle=False) == "D03"


def _told(*messungen: Messung, player: Player) -> str | None:
    player.tell(messungen)
    found = player.lage().diagnose
    return found.id if found else None


def _good_day() -> Player:
    player = Player(World())
    assert player.play(700).diagnose is None
    return player


def test_d36_card_check_overloaded_from_proof_codes_and_slow_signatures() -> None:
    player = _good_day()
    now = player.now
    assert _told(passive.nachweis(now, 3, None), passive.nachweis(now, 2, None), player=player) is None
    assert _told(passive.nachweis(now, 5, None), player=player) is None
    slow = passive.signatur(now, True, dauer_ms=25_000, anbieter="Beispiel-Trustcenter")
    assert _told(slow, player=player) == "D36"
    diagnose = player.lage().diagnose
    assert diagnose is not None
    assert "(Beispiel-Trustcenter)" in diagnose.satz


def test_d34_a_card_without_ecc_explains_what_its_issuer_does_not() -> None:
    player = _good_day()
    now = player.now
    slow = [passive.signatur(now, False, ocsp=True) for _ in range(3)]
    old = good("P8", "smcb", now, "freigeschaltet", nur_rsa=True)
    assert _told(old, player=player) is None  # it still works: no fault, whatever the calendar says
    assert _told(*slow, player=player) == "D34"
    player = _good_day()
    reported = good("P13", "lagebild", now, "", **(ALL_OK | {"tsp": "aus"}))
    assert _told(old, reported, *slow, player=player) == "D36"


def test_d37_one_kasse_answers_with_errors_and_it_is_no_outage_of_the_line() -> None:
    player = _good_day()
    word = passive.nachweis(player.now, 3, 12101, ik=KASSE)
    assert _told(word, player=player) is None
    assert _told(word, player=player) == "D37"
    assert _told(passive.nachweis(player.now, 2, None), player=player) == "D37"


def test_d39_and_d40_from_real_mails() -> None:
    player = _good_day()
    assert _told(passive.kim_sendung(player.now, "kim.server"), player=player) is None
    assert _told(passive.kim_sendung(player.now, "kim.server"), player=player) == "D39"
    assert _told(passive.kim_sendung(player.now, None), player=player) is None
    assert _told(passive.kim_sendung(player.now, "kim.krypto"), player=player) == "D40"


def test_d41_from_reachability_while_epa_answers() -> None:
    world = World()
    player = Player(world)
    player.play(700)
    world.lagebild = ALL_OK | {"erezept": "aus"}
    world.services = world.services | {"idp": False}
    player.until("D42", 330)
    player.until("D41", 700)


def test_d42_from_real_calls() -> None:
    player = _good_day()
    assert _told(passive.fachdienst(player.now, "erezept", False), player=player) is None
    assert _told(passive.fachdienst(player.now, "erezept", False), player=player) == "D42"


def test_d50_when_work_fails_and_no_rule_knows_why() -> None:
    player = _good_day()
    words = [passive.signatur(player.now, False)] * 3
    assert _told(*words[:2], player=player) is None
    assert _told(words[2], player=player) == "D50"


def test_d45_to_d49_are_hints_and_stop_nobody() -> None:
    world = World()
    world.inventory = [{"was": "HBA", "bis": "2026-12-20T00:00:00+00:00"}]
    player = Player(world)
    player.play(6600)
    assert [h.id for h in player.lage().hinweise] == ["D48"]
    world.lage_ms = 5_000
    world.uhr_s = -300.0
    world.lagebild = ALL_OK | {"wartung": ["ePA"]}
    lage = player.play(1900)
    assert [h.id for h in lage.hinweise] == ["D45", "D46", "D47", "D48"]
    assert "20.12.2026" in lage.hinweise[-1].satz
    assert "ePA" in lage.hinweise[1].satz
    assert lage.diagnose is None
    for _ in range(3):
        world.kim = "kim.no_answer"
        player.play(130)
        world.kim = None
        player.play(130)
    lage = player.lage()
    assert "D49" in {h.id for h in lage.hinweise}


def test_d51_before_anything_is_known_or_set_up() -> None:
    empty = Player(World()).lage()
    assert empty.diagnose is not None
    assert empty.diagnose.id == "D51"
    assert "nicht eingerichtet" in empty.diagnose.satz
    assert {s.zustand for s in empty.dienste.values()} == {DienstZustand.UNKLAR}


def test_every_row_of_the_table_is_reached_somewhere_here() -> None:
    # D52 and D53 are reached in test_outage_bad_input.py.
    reached = {row for row, _, _ in BROKEN} | {"D06", "D07", "D13", "D34", "D36", "D40", "D50", "D51"}
    assert reached | {"D45", "D46", "D47", "D48", "D49", "D52", "D53"} == set(katalog().diagnosen)
    assert set(katalog().diagnosen) == {f"D{number:02}" for number in range(1, 54)}
