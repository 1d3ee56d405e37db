"""Random histories: never an exception, never a false "all is well", deterministic."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lage_world import ALL_OK, CERT, GATEWAY, NEW_CERT, OFFLINE, START, UMFELD, Player, World
from papierbruecke.outage.answer import lage_json, lage_lines
from papierbruecke.outage.diagnose import diagnose
from papierbruecke.outage.layers import LAGEBILD_SCHICHTEN, Schicht
from papierbruecke.outage.model import Dienst, DienstZustand, Ergebnis, Lage, Messung

PAIRS = [
    *(("P0", z) for z in ("pc", "vpn_schnittstelle")),
    *((f"P{n}", "konnektor") for n in (4, 5, 6, 7, 10, 14)),
    *(("P8", z) for z in ("terminal", "smcb", "hba")),
    *(("P11", z) for z in ("idp", "epa1", "epa2", "epa3", "erezept")),
    *(("P15", z) for z in ("vsdm", "signatur", "kim", "erezept", "epa", "konnektor", "fremd")),
    ("P1", "router"),
    ("P2", "internet"),
    ("P3", "internet"),
    ("P9", "zertifikate"),
    ("P10", "system"),
    ("P12", "kim"),
    ("P13", "lagebild"),
    ("P14", "uhr"),
]
KEYS = [
    "kon.no_answer",
    "kon.port_closed",
    "kon.server_cert_changed",
    "kon.context_wrong",
    "kon.booting",
    "kon.crl",
    "card.pin",
    "card.missing",
    "kim.server",
    "kim.krypto",
    "pn.3",
    "pn.fachdienst",
    "völlig unbekannt",
    None,
]
WORDS = st.sampled_from(["ok", "aus", "teilweise", "seltsam", 7, None])
DATEN = st.one_of(
    st.just({}),
    st.fixed_dictionaries(
        {},
        optional={
            "vpn_ti": st.sampled_from([True, False, None, "ja"]),
            "vpn_ti_seit": st.sampled_from([None, "gestern", "2026-11-23T05:00:00", "2026-11-23T05:00:00+00:00"]),
            "fehlerzustaende": st.sampled_from(
                [
                    [],
                    OFFLINE,
                    [{"name": "EC_CRL_Out_Of_Date"}],
                    [{}],
                    "kaputt",
                    [None],
                    [{"name": "x", "schwere": "Fatal"}],
                ]
            ),
            "ti_zugang": WORDS,
            "epa": WORDS,
            "erezept": WORDS,
            "kim": WORDS,
            "vsdm": WORDS,
            "idp": WORDS,
            "wartung": st.sampled_from([[], ["ePA"], "kaputt", [3]]),
            "bis": st.sampled_from(["2026-12-01T00:00:00+00:00", "nie", None]),
            "not_after": st.sampled_from(["2026-12-01T00:00:00+00:00", "2026-12-01", None]),
            "zertifikate": st.sampled_from([[], [{"was": "HBA", "bis": "2026-12-01T00:00:00+00:00"}], "x", [{}]]),
            "fault": st.sampled_from([4010, None, "x"]),
            "ec": st.sampled_from([12101, None]),
        },
    ),
    st.sampled_from([CERT, NEW_CERT]),
)


@st.composite
def histories(draw: st.DrawFn) -> list[Messung]:
    moment, words = START, []
    for _ in range(draw(st.integers(0, 40))):
        moment += timedelta(seconds=draw(st.sampled_from([0, 1, 5, 20, 20, 45, 59, 61, 400, 4000])))
        probe, ziel = draw(st.sampled_from(PAIRS))
        words.append(
            Messung(
                probe=probe,
                ziel=ziel,
                zeit=moment,
                ergebnis=draw(st.sampled_from(Ergebnis)),
                schluessel=draw(st.sampled_from(KEYS)),
                dauer_ms=draw(st.sampled_from([None, 0, 40, 20_000])),
                daten=draw(DATEN),
            )
        )
    return words


def _sane(lage: Lage) -> None:
    good = all(state.zustand is DienstZustand.VERFUEGBAR for state in lage.dienste.values())
    assert set(lage.dienste) == set(Dienst)
    if lage.diagnose is None:
        assert good
        assert lage.weitere == ()
    rows = [d.id for d in (lage.diagnose, *lage.weitere) if d is not None]
    assert len(rows) == len(set(rows))
    assert "{" not in "".join(lage_lines(lage))
    assert lage_json(lage)["zeit"]


@given(histories(), st.integers(0, 4000), st.sampled_from([UMFELD, GATEWAY]))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_history_gives_a_sane_lage(words: list[Messung], later: int, umfeld) -> None:  # type: ignore[no-untyped-def]
    now = (words[-1].zeit if words else START) + timedelta(seconds=later)
    lage = diagnose(words, now, umfeld)
    _sane(lage)
    assert diagnose(list(reversed(words)), now, umfeld).dienste.keys() == lage.dienste.keys()
    assert diagnose(words, now, umfeld) == lage


FAULTS: list[tuple[str, object]] = [
    ("pc", False),
    ("router", False),
    ("dns", False),
    ("internet", False),
    ("pc_internet", False),
    ("vpn", False),
    ("kon", "kon.no_answer"),
    ("kon", "kon.port_closed"),
    ("tls", "kon.server_cert_changed"),
    ("cert", NEW_CERT),
    ("dienst", "kon.context_wrong"),
    ("dienst", "kon.booting"),
    ("states", OFFLINE),
    ("states", [{"name": "EC_CRL_Out_Of_Date", "schwere": "Fatal"}]),
    ("terminal", "ct.lost"),
    ("smcb", "card.pin"),
    ("hba", "card.missing"),
    ("dns_system", False),
    ("dns_konnektor", False),
    ("kim", "kim.no_answer"),
    ("lagebild", None),
    ("lagebild", ALL_OK | {"ti_zugang": "aus"}),
    ("lagebild", ALL_OK | {"erezept": "aus"}),
    ("lage_ms", 5000),
    ("vpn_schnittstelle", False),
]
STEPS = st.lists(
    st.tuples(st.sampled_from(["break", "mend", "mend all", "sleep"]), st.sampled_from(FAULTS), st.integers(1, 400)),
    min_size=1,
    max_size=8,
)


@given(STEPS, st.sampled_from([UMFELD, GATEWAY]), st.integers(0, 3))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_played_practice_is_never_well_while_a_layer_is_down(steps, umfeld, seed) -> None:  # type: ignore[no-untyped-def]
    world = World()
    player = Player(world, umfeld, seed=seed)

    def check(lage: Lage) -> None:
        _sane(lage)
        if lage.diagnose is None:
            # A missing VPN interface means nothing while the Konnektor behind it answers.
            real = set(Schicht) - LAGEBILD_SCHICHTEN - {Schicht.LAGEBILD, Schicht.VPN_SCHNITTSTELLE}
            down = [s for s in real if player.bild.down(s, player.now) and not player.bild.blocked(s, player.now)]
            assert down == []
            assert player.bild.says(Schicht.VPN, player.now)

    player.on_lage = check
    player.play(700)
    for what, (name, value), seconds in steps:
        if what == "break":
            setattr(world, name, value)
        elif what == "mend":
            setattr(world, name, getattr(World(), name))
        elif what == "sleep":
            player.sleep(seconds * 10)
        else:
            world.__init__()  # type: ignore[misc]
        player.play(seconds)
        hard = not (world.pc and world.router and world.internet and world.vpn)
        hard = hard or any((world.kon, world.tls, world.dienst))
        if what != "sleep" and hard and seconds >= 250:
            assert player.lage().diagnose is not None, "somebody would be told that all is well"
    # The fold in small steps and the judgement of the whole history agree.
    whole = diagnose(player.messungen, player.now, umfeld)
    step = player.lage()
    assert whole.diagnose == step.diagnose
    assert whole.dienste == step.dienste
