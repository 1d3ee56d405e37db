"""When the program asks and speaks up: proposals, notices, the morning question (design §2, issue 3 item 4)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from lage_world import ALL_OK, OFFLINE, START, Player, World
from papierbruecke.outage.incident import Stoerung
from papierbruecke.outage.model import Dienst, Lage
from papierbruecke.outage.notice import Meldung, Notices
from papierbruecke.outage.proposal import affected_dienste, proposals, question_due
from papierbruecke.outage.zeiten import zeiten


class Desk:
    """A played desk that collects every notice."""

    def __init__(self) -> None:
        self.world = World()
        self.player = Player(self.world)
        self.notices = Notices(zeiten())
        self.said: list[Meldung] = []
        self.proposed: set[tuple[str, ...]] = set()
        self.player.on_lage = self._hear
        self.player.play(700)

    def _hear(self, lage: Lage) -> None:
        self.said += self.notices.take(lage)
        self.proposed |= {p.dienste for p in proposals(lage, {}) if p.art == "papier"}


def stoerung(beginn: datetime, *dienste: Dienst) -> Stoerung:
    return Stoerung(id=UUID(int=1), beginn=beginn, dienste=dienste or (Dienst.EREZEPT,))


def test_a_blip_neither_proposes_nor_speaks() -> None:
    desk = Desk()
    for _ in range(6):
        desk.world.kon = "kon.no_answer"
        desk.player.play(12)
        desk.world.kon = None
        desk.player.play(900)
    assert desk.said == []
    assert desk.proposed == set()


def test_an_outage_is_one_notice_from_first_doubt_to_known_cause() -> None:
    desk = Desk()
    desk.world.vpn, desk.world.states, desk.world.lagebild = False, OFFLINE, None
    desk.player.until("D26", 400)
    desk.world.lagebild = ALL_OK | {"ti_zugang": "aus"}
    desk.player.until("D24", 400)
    desk.player.play(3600)
    assert [(m.art, m.id) for m in desk.said] == [("stoerung", "D26")]
    assert desk.proposed == {tuple(Dienst)}
    desk.world.vpn, desk.world.states, desk.world.lagebild = True, [], ALL_OK
    desk.player.play(2000)
    assert [m.art for m in desk.said] == ["stoerung", "behoben"]


def test_a_second_cause_is_a_second_notice() -> None:
    desk = Desk()
    desk.world.kon = "kon.no_answer"
    desk.player.play(300)
    desk.world.kon, desk.world.smcb = None, "card.pin"  # after a restart the card wants its PIN
    desk.player.play(1500)
    assert [m.id for m in desk.said if m.art == "stoerung"] == ["D09", "D31"]


def test_flapping_is_said_once() -> None:
    desk = Desk()
    for _ in range(10):
        desk.world.vpn, desk.world.states = False, OFFLINE
        desk.player.play(70)
        desk.world.vpn, desk.world.states = True, []
        desk.player.play(70)
    assert [m.id for m in desk.said] == ["D49"]


def test_a_missing_hba_is_no_outage_and_nobody_is_disturbed() -> None:
    desk = Desk()
    desk.world.hba = "card.missing"
    desk.player.play(900)
    lage = desk.player.lage()
    assert lage.diagnose is not None
    assert lage.diagnose.id == "D35"
    assert affected_dienste(lage) == ()
    assert desk.said == []


def test_paper_is_proposed_only_for_what_is_certainly_broken_and_not_yet_on_paper() -> None:
    desk = Desk()
    desk.world.kim = "kim.no_answer"
    desk.player.until("D51", 140)
    assert proposals(desk.player.lage(), {}) == ()
    desk.player.until("D38", 240)
    (asked,) = proposals(desk.player.lage(), {})
    assert (asked.art, asked.dienste) == ("papier", (Dienst.KIM,))
    assert asked.satz == "eAU und KIM auf Papier umstellen?"
    assert proposals(desk.player.lage(), {Dienst.KIM: stoerung(desk.player.now, Dienst.KIM)}) == ()


def test_online_is_proposed_only_when_it_is_steady() -> None:
    desk = Desk()
    open_one = stoerung(desk.player.now)
    (asked,) = proposals(desk.player.lage(), {Dienst.EREZEPT: open_one})
    assert (asked.art, asked.satz) == ("online", "E-Rezept geht wieder. Zurück zum normalen Betrieb?")
    for _ in range(4):
        desk.world.vpn, desk.world.states = False, OFFLINE
        desk.player.play(70)
        desk.world.vpn, desk.world.states = True, []
        desk.player.play(70)
    assert proposals(desk.player.lage(), {Dienst.EREZEPT: open_one}) == ()


def test_the_question_every_morning_and_after_seven_days() -> None:
    begin = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
    open_one = stoerung(begin)
    evening = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)
    night, morning = datetime(2026, 11, 24, 2, 0, tzinfo=UTC), datetime(2026, 11, 24, 6, 5, tzinfo=UTC)
    assert [question_due(open_one, t) for t in (begin, evening, night, morning)] == [False, False, False, True]
    confirmed = open_one.model_copy(update={"bestaetigt": (morning,)})
    assert not question_due(confirmed, morning + timedelta(hours=8))
    assert question_due(confirmed, morning + timedelta(days=1))
    assert question_due(open_one, begin + timedelta(days=7))


def test_the_question_is_asked_while_the_fault_lasts() -> None:
    desk = Desk()
    desk.world.kim = "kim.no_answer"
    desk.player.play(600)
    open_one = stoerung(desk.player.now - timedelta(days=2), Dienst.KIM)
    (asked,) = proposals(desk.player.lage(), {Dienst.KIM: open_one})
    assert asked.art == "besteht_noch"
    assert asked.stoerung == open_one.id
    assert asked.satz.startswith("Die Störung vom 21.11.2026 07:21 Uhr ist noch offen (eAU und KIM).")


def test_expiry_is_said_once_per_step_also_over_restarts() -> None:
    world = World()
    world.inventory = [{"was": "SMC-B", "bis": (START + timedelta(days=100)).isoformat()}]
    said: list[str] = []
    for days in range(0, 104, 3):  # the program is started every third day
        player = Player(world, start=START + timedelta(days=days))
        notices = Notices(zeiten(), said)
        said += [m.schluessel for m in notices.take(player.play(30)) if m.id == "D48"]
    assert len(said) == 4
    assert [step in key for step, key in zip(("90 Tagen", "30 Tagen", "14 Tagen", "3 Tagen"), said, strict=True)] == [
        True
    ] * 4
