"""The testable statements of ti-detection §7, by their number."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from lage_world import ALL_OK, GATEWAY, NEW_CERT, OFFLINE, START, UMFELD, Player, World
from papierbruecke.outage import passive
from papierbruecke.outage.catalogue import katalog
from papierbruecke.outage.diagnose import diagnose
from papierbruecke.outage.hints import steps_passed, warning_step
from papierbruecke.outage.layers import Schicht, Stufe
from papierbruecke.outage.model import DienstZustand, Ergebnis, Lage, Messung
from papierbruecke.outage.probe import Probe, bad, good
from papierbruecke.outage.readings import normalise
from papierbruecke.outage.schedule import Schedule
from papierbruecke.outage.zeiten import zeiten


def row(lage: Lage) -> str | None:
    return lage.diagnose.id if lage.diagnose is not None else None


def day(seconds: float = 700, **changes: Any) -> tuple[World, Player]:
    world = World()
    for name, value in changes.items():
        setattr(world, name, value)
    player = Player(world)
    player.play(seconds)
    return world, player


def test_1_only_active_error_states_count() -> None:
    """The client hands over only ``Value=true``; an empty list with a tunnel is no alarm."""
    _, player = day(states=[])
    assert row(player.lage()) is None
    assert all(s.zustand is DienstZustand.VERFUEGBAR for s in player.lage().dienste.values())


def test_2_names_of_error_states_are_normalised() -> None:
    for written in ("EC_CardTerminal_Not_Available (CT-01)", "ec_cardterminal_not_available(CT-01)"):
        assert normalise(written) == "ec_cardterminal_not_available"
    assert normalise("No_VPN_TI_Connection") == "ec_no_vpn_ti_connection"


def test_3_an_unknown_fatal_state_is_a_defect_an_unknown_info_is_nothing() -> None:
    _, player = day(states=[{"name": "EC_Ganz_Neu", "schwere": "Fatal"}])
    assert row(player.lage()) == "D21"
    assert "EC_GANZ_NEU" in (player.lage().diagnose or AssertionError).massnahme  # type: ignore[union-attr]
    _, player = day(states=[{"name": "EC_Ganz_Neu", "schwere": "Info"}])
    assert row(player.lage()) is None


def test_8_a_failed_handshake_is_never_a_dead_konnektor() -> None:
    world, player = day()
    world.tls = "kon.tls_parameters"
    seen = {row(player.play(10)) for _ in range(60)}
    assert seen == {None, "D51", "D14"} or seen == {"D51", "D14"}


def test_9_and_10_a_changed_certificate_names_the_time_and_the_known_problem() -> None:
    world, player = day(sds={"hersteller": "secu", "produkt": "Konnektor", "firmware": "5.50.3"})
    world.tls, world.cert = "kon.server_cert_changed", NEW_CERT
    lage = player.play(120)
    assert row(lage) == "D13"
    assert lage.diagnose is not None
    assert "23.11.2026 07:1" in lage.diagnose.satz
    assert "nicht vom VPN abmelden" in lage.diagnose.massnahme
    words = [m for m in lage.proben if m.probe == "P5"]
    assert words[0].daten["sha256"] == NEW_CERT["sha256"]


def test_11_fault_codes_lead_to_their_rows() -> None:
    for key, fault, wanted in (
        ("kon.client_rejected", 4204, "D15"),
        ("kon.context_wrong", 4004, "D16"),
        ("kon.context_wrong", 4015, "D16"),
        ("kon.critical_state", 4002, "D21"),
    ):
        world, player = day()
        world.dienst, world.fault = key, fault
        assert row(player.play(150)) == wanted, fault
    world, player = day()
    world.terminal = "ct.lost"
    assert row(player.play(500)) == "D29"


def test_11_critical_state_shows_the_last_known_error_states() -> None:
    world, player = day()
    world.states = [{"name": "EC_FW_Not_Valid_Status_Blocked", "schwere": "Fatal"}]
    assert row(player.play(150)) == "D20"
    world.states, world.dienst = [], "kon.critical_state"
    assert row(player.play(150)) == "D20"


def test_13_own_line_or_the_internet() -> None:
    own_line = [*OFFLINE, {"name": "EC_No_Online_Connection", "schwere": "Error"}]
    world, player = day()
    world.vpn, world.states = False, own_line
    assert row(player.play(400)) == "D23"
    world, player = day()
    world.internet, world.states = False, own_line
    assert row(player.play(400)) == "D03"


def test_14_the_tunnel_is_named_only_after_300_s() -> None:
    for lagebild, wanted in ((ALL_OK | {"ti_zugang": "aus"}, "D24"), (ALL_OK, "D25"), (None, "D26")):
        world, player = day()
        world.vpn, world.states, world.lagebild = False, OFFLINE, lagebild
        begin = player.until("D51", 80)
        assert begin <= 70
        while (player.now - (player.lage().diagnose.seit or player.now)).total_seconds() < 290:  # type: ignore[union-attr]
            assert row(player.play(10)) == "D51"
        assert "TI-Verbindung ist unterbrochen" in player.lage().diagnose.satz  # type: ignore[union-attr]
        assert player.lage().dienste["vsdm"].zustand is DienstZustand.GESTOERT  # type: ignore[index]
        player.until(wanted, 750)


def test_14_a_lagebild_older_than_the_outage_does_not_blame_the_practice() -> None:
    """ "Nur Ihre Praxis" would let somebody restart the router; before gematik can know, D26 holds."""
    world, player = day()
    world.vpn, world.states = False, OFFLINE
    seen: list[str | None] = []
    player.on_lage = lambda lage: seen.append(row(lage))
    player.play(1200)
    order = [r for n, r in enumerate(seen) if r is not None and (n == 0 or seen[n - 1] != r)]
    assert order == ["D51", "D26", "D25"]


def test_15_the_more_specific_cause_wins() -> None:
    world, player = day()
    world.vpn, world.states = False, [*OFFLINE, {"name": "EC_CRL_Out_Of_Date", "schwere": "Fatal"}]
    lage = player.play(500)
    assert row(lage) == "D17"
    assert lage.weitere == ()


def test_16_sis_offline_alone_is_no_alarm() -> None:
    _, player = day(states=[{"name": "EC_No_VPN_SIS_Connection", "schwere": "Error"}])
    assert row(player.lage()) is None


def test_17_one_failure_is_a_suspicion_three_and_the_time_are_a_fault() -> None:
    world, player = day()
    kim = player.bild.staende[Schicht.KIM]
    world.kim = "kim.no_answer"
    player.until("D51", 140)
    assert kim.stufe is Stufe.VERDACHT
    assert player.lage().dienste["kim"].zustand is DienstZustand.UNKLAR  # type: ignore[index]
    world.kim = None
    assert row(player.play(60)) is None
    world.kim = "kim.no_answer"
    player.until("D38", 260)
    assert kim.fehler_zahl >= 3
    begin = kim.fehler_seit
    assert begin is not None
    assert (player.now - begin).total_seconds() >= 60


def test_18_recovery_needs_two_successes_and_two_minutes() -> None:
    world, player = day()
    world.kon = "kon.no_answer"
    player.until("D09", 80)
    world.kon = None
    assert 120 <= player.until(None, 300) <= 200


def test_19_five_changes_in_15_minutes_are_flapping_and_end_after_15_quiet_ones() -> None:
    world, player = day()
    for _ in range(3):
        world.vpn, world.states = False, OFFLINE
        player.play(70)
        world.vpn, world.states = True, []
        player.play(70)
    lage = player.lage()
    assert "D49" in {h.id for h in lage.hinweise}
    assert row(lage) == "D51"
    assert row(player.play(600)) == "D51"
    lage = player.play(400)
    assert row(lage) is None
    assert lage.hinweise == ()


def test_20_a_restart_is_waited_for_20_minutes() -> None:
    world, player = day()
    world.kon = "kon.no_answer"
    player.tell([passive.neustart(player.now)])
    player.until("D08", 80)
    assert row(player.play(1100)) == "D08"
    player.until("D09", 120)
    world, player = day()
    world.kon = "kon.no_answer"
    player.play(60)
    world.kon = "kon.port_closed"  # the host answers again, its services do not
    player.until("D08", 30)
    world.kon, world.dienst = None, "kon.booting"
    assert row(player.play(300)) == "D08"
    world.dienst = None
    player.until(None, 400)


def test_20_without_support_a_silent_konnektor_is_no_restart() -> None:
    world, player = day()
    world.kon = "kon.no_answer"
    assert row(player.play(60)) == "D09"


def test_21_with_the_lan_down_one_diagnosis_and_the_rest_grey() -> None:
    for name, wanted in (("pc", "D01"), ("router", "D02")):
        world, player = day()
        setattr(world, name, False)
        lage = player.play(900)
        assert row(lage) == wanted
        assert lage.weitere == ()
        words = {(m.probe, m.ziel): m.ergebnis for m in lage.proben}
        for series in (("P12", "kim"), ("P13", "lagebild")):
            assert words[series] in (Ergebnis.KEINE_AUSSAGE, Ergebnis.UNBEKANNT)


def test_27_and_33_of_the_table_an_expired_card_does_not_ask_for_its_pin() -> None:
    world, player = day()
    world.smcb = "card.pin"
    assert row(player.play(500)) == "D31"
    world, player = day()
    world.smcb, world.smcb_bis = "card.pin", "2026-11-01T00:00:00+00:00"
    lage = player.play(500)
    assert row(lage) == "D33"
    assert "01.11.2026" in lage.diagnose.satz  # type: ignore[union-attr]


def test_29_warning_steps_fire_once_also_after_days_without_the_program() -> None:
    steps = zeiten().warnstufen_tage
    assert steps == (90, 30, 14, 3)
    until = START + timedelta(days=100)
    passed = [steps_passed(START + timedelta(days=n), START + timedelta(days=n + 1), until, steps) for n in range(110)]
    assert [step for row_ in passed for step in row_] == [90, 30, 14, 3]
    assert steps_passed(START, START + timedelta(days=90), until, steps) == (90, 30, 14)
    assert [warning_step(d, steps) for d in (91, 90, 15, 2, 0, -3)] == [None, 90, 30, 3, None, None]


def test_30_proof_codes_with_and_without_error_code() -> None:
    assert passive.nachweis(START, 3, None).schluessel == "pn.3"
    assert passive.nachweis(START, 3, 12101).schluessel == "pn.fachdienst"
    assert passive.nachweis(START, 4, None).ergebnis is Ergebnis.KEINE_AUSSAGE
    assert passive.nachweis(START, 2, None).ergebnis is Ergebnis.OK


def test_32_three_failures_make_the_lagebild_unreachable() -> None:
    world, player = day()
    world.lagebild = None
    player.play(1000)
    assert player.bild.staende[Schicht.LAGEBILD].stufe is Stufe.GESTOERT
    assert row(player.lage()) is None  # no Lagebild is no fault of the TI
    assert "D53" in {hint.id for hint in player.lage().hinweise}


def test_33_the_lagebild_is_asked_at_x1_and_x6_and_never_twice_in_five_minutes() -> None:
    z = zeiten()
    asked: list[datetime] = []
    for second in range(0, 700, 7):
        now = START + timedelta(seconds=second)
        plan = Schedule([Probe("P13", "lagebild", list)], z, now, seed=second)
        if asked:
            plan.remember("P13", asked[-1])
        for _ in range(4):  # the program runs for four questions and is started again
            now = max(now, plan.next_due())
            assert plan.due(now) == ["P13"]
            plan.asked("P13", now)
            asked.append(now)
    for before, after in pairwise(asked):
        if after > before:
            assert after - before >= timedelta(minutes=5)
    assert {moment.minute % 5 for moment in asked} == {1}


def test_33_a_question_that_leaves_late_neither_drifts_nor_skips_a_cycle() -> None:
    """The loop looks up to half a second late; after some hundred questions one waited nine minutes."""
    now, asked = START, []
    plan = Schedule([Probe("P13", "lagebild", list)], zeiten(), now, seed=7)
    for n in range(2 * 288):
        now = plan.next_due() + timedelta(seconds=(n * 7 % 50) / 100)
        assert plan.due(now) == ["P13"]
        plan.asked("P13", now)
        asked.append(now)
    gaps = [(after - before).total_seconds() for before, after in pairwise(asked)]
    assert min(gaps) >= 299
    assert max(gaps) <= 301
    assert {moment.minute % 5 for moment in asked} == {1}


def test_33_after_a_pause_the_lagebild_waits_for_its_minute() -> None:
    plan = Schedule([Probe("P13", "lagebild", list)], zeiten(), START, seed=3)
    woken = plan.next_due() + timedelta(minutes=2, hours=3)
    assert plan.due(woken) == []
    assert plan.next_due().minute % 5 == 1
    assert plan.next_due() - woken <= timedelta(minutes=5)


def test_34_no_timer_contacts_the_erezept_service() -> None:
    world, player = day()
    world.lagebild = ALL_OK | {"erezept": "aus"}
    player.play(4000)
    asked = [m for m in player.messungen if m.probe == "P11"]
    assert asked
    assert "erezept" not in {m.ziel for m in asked}
    moments = sorted({m.zeit for m in asked})
    assert all(b - a >= timedelta(minutes=9) for a, b in pairwise(moments))


def test_36_conditions_of_an_own_vpn_mean_nothing_at_a_gateway() -> None:
    states = [{"name": name, "schwere": "Fatal"} for name in ("EC_CRL_Out_Of_Date", "EC_NK_Certificate_Expired")]
    for umfeld, wanted in ((GATEWAY, None), (UMFELD, "D17")):
        world = World()
        player = Player(world, umfeld)
        player.play(700)
        world.states = states
        assert row(player.play(200)) == wanted


def test_37_only_the_system_resolver_fails() -> None:
    world, player = day()
    world.dns_system = False
    assert row(player.play(600)) == "D28"


def test_37_a_pc_that_never_found_ti_names_is_not_broken_today() -> None:
    _, player = day(dns_system=False, dns_konnektor=False)
    assert row(player.play(3000)) is None


def test_39_no_false_fault_in_the_first_minute_after_sleep() -> None:
    world, player = day()
    player.sleep(4 * 3600)
    world.pc = False  # the network card needs a moment
    seen = [row(player.play(5)) for _ in range(4)]
    world.pc = True
    seen += [row(player.play(5)) for _ in range(8)]
    assert set(seen) <= {"D51", None}


def test_39_a_certain_fault_survives_a_short_pause_but_not_a_night() -> None:
    for pause, wanted in ((600, "D09"), (8 * 3600, "D51")):
        world, player = day()
        world.kon = "kon.no_answer"
        player.play(100)
        player.sleep(pause)
        assert row(player.play(4)) == wanted


def test_stale_is_grey_and_never_green() -> None:
    _, player = day()
    late = player.now + timedelta(minutes=20)
    lage = diagnose(player.messungen, late, UMFELD)
    assert row(lage) == "D51"
    assert {s.zustand for s in lage.dienste.values()} == {DienstZustand.UNKLAR}
    assert {m.ergebnis for m in lage.proben if m.probe in ("P4", "P7", "P12")} == {Ergebnis.UNBEKANNT}


def test_independent_faults_are_listed_and_not_hidden() -> None:
    world, player = day()
    world.vpn, world.states, world.lagebild = False, OFFLINE, ALL_OK | {"ti_zugang": "aus"}
    world.smcb = "card.pin_blocked"
    lage = player.play(1000)
    assert row(lage) == "D24"
    assert [d.id for d in lage.weitere] == ["D32"]


def test_one_cause_is_one_diagnosis_although_everything_behind_it_fails() -> None:
    world, player = day()
    world.vpn, world.states = False, OFFLINE
    world.kim = "kim.server"
    world.lagebild = {name: "aus" for name in ALL_OK}
    lage = player.play(1000)
    assert row(lage) == "D24"
    assert lage.weitere == ()
    assert lage.diagnose is not None
    assert lage.diagnose.sicherheit == "belegt"


def test_the_konnektors_own_time_is_taken_if_it_fits() -> None:
    world, player = day()
    told = player.now + timedelta(seconds=3)
    world.vpn, world.states, world.vpn_seit = False, OFFLINE, told
    lage = player.play(100)
    assert lage.diagnose is not None
    assert lage.diagnose.seit == told
    world, player = day()
    world.vpn, world.states = False, OFFLINE
    world.vpn_seit = datetime(2020, 1, 1, tzinfo=UTC)  # before the last good answer: not believed
    lage = player.play(100)
    assert lage.diagnose is not None
    assert lage.diagnose.seit is not None
    assert lage.diagnose.seit > told - timedelta(minutes=5)


def test_observations_of_the_future_are_left_out() -> None:
    _, player = day()
    early = player.now - timedelta(minutes=10)
    future = [bad("P4", "konnektor", player.now + timedelta(hours=n), "kon.no_answer", "") for n in range(4)]
    assert row(diagnose(player.messungen + future, early, UMFELD)) is None


def test_the_tunnel_alone_is_not_enough_for_kim() -> None:
    _, player = day()
    rest = [m for m in player.messungen if m.probe != "P12"]
    lage = diagnose(rest, player.now, UMFELD)
    assert lage.dienste["kim"].zustand is DienstZustand.UNKLAR  # type: ignore[index]
    assert row(lage) == "D51"  # not yet asked is not the same as not set up


def test_layers_and_table_belong_together() -> None:
    table = katalog()
    observed = {s.value for s in Schicht if not s.startswith("lb_") and s is not Schicht.LAGEBILD}
    assert set(table.schichten) == observed
    assert set(table.fehlerzustaende.values()) == {"D17", "D18", "D19", "D20", "D21"}
    assert observed | {"lagebild"} == set(zeiten().mindestens_s)


def test_a_hand_made_history_is_enough() -> None:
    """What another program may leave behind: one look every 30 s, nothing else."""
    words: list[Messung] = []
    now = START
    for n in range(60):
        now = START + timedelta(seconds=30 * n)
        tunnel = n < 20
        words += [
            good("P0", "pc", now, ""),
            good("P3", "internet", now, ""),
            good("P4", "konnektor", now, ""),
            good("P7", "konnektor", now, "", vpn_ti=tunnel, fehlerzustaende=[] if tunnel else OFFLINE),
        ]
    assert row(diagnose(words, now, UMFELD)) == "D26"
    words.append(good("P13", "lagebild", now, "", ti_zugang="aus"))
    lage = diagnose(words, now, UMFELD)
    assert row(lage) == "D24"
    assert lage.diagnose is not None
    assert "(Beispiel-Zugang)" in lage.diagnose.satz


def test_a_returning_gateway_keeps_its_cause_until_all_is_well() -> None:
    """Found by the scenarios: in the two minutes of recovery the provider was blamed (D07)."""
    world = World()
    world.vpn_schnittstelle = True
    player = Player(world, GATEWAY)
    player.play(700)
    world.vpn_schnittstelle, world.kon = False, "kon.no_answer"
    seen = [row(player.play(5)) for _ in range(24)]
    assert None not in seen[4:]
    assert seen[-1] == "D06"
    world.vpn_schnittstelle, world.kon = True, None
    seen = [row(player.play(5)) for _ in range(60)]
    assert [r for n, r in enumerate(seen) if n == 0 or seen[n - 1] != r] == ["D06", None]


def test_a_returning_tunnel_keeps_its_cause_and_begin_until_all_is_well() -> None:
    """Found by the scenarios: the begin told by the Konnektor was dropped at the first success."""
    world, player = day()
    told = player.now + timedelta(seconds=2)
    world.vpn, world.states, world.vpn_seit = False, OFFLINE, told
    world.lagebild = ALL_OK | {"ti_zugang": "aus"}
    player.until("D24", 400)
    world.vpn, world.states, world.vpn_seit, world.lagebild = True, [], player.now, ALL_OK
    seen: list[tuple[str | None, datetime | None]] = []
    for _ in range(60):
        lage = player.play(5)
        seen.append((row(lage), lage.diagnose.seit if lage.diagnose else None))
    assert [r for n, r in enumerate(seen) if n == 0 or seen[n - 1] != r] == [("D24", told), (None, None)]
