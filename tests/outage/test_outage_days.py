"""The days that practices remember, replayed as scripts: the right sentence at the right time.

Sources: ti-detection §1.3, §1.9, §5.3 D13, D24, D36; KV Berlin 10.07.2025.
"""

from datetime import UTC, datetime, timedelta

from lage_world import ALL_OK, NEW_CERT, OFFLINE, Player, World
from papierbruecke.outage import passive
from papierbruecke.outage.advisories import dropped_in, matching, shipped, version
from papierbruecke.outage.answer import lage_lines
from papierbruecke.outage.layers import Stufe
from papierbruecke.outage.model import Dienst, DienstZustand, Lage


def history(player: Player) -> list[tuple[str, str | None]]:
    """Every change of the main diagnosis with its local time."""
    seen: list[tuple[str, str | None]] = []

    def hear(lage: Lage) -> None:
        row = lage.diagnose.id if lage.diagnose else None
        if not seen or seen[-1][1] != row:
            seen.append((f"{lage.zeit:%H:%M}", row))

    player.on_lage = hear
    return seen


def test_the_secunet_day() -> None:
    """7 July 2025: overnight the RSA-only Konnektor shows its renewed ID.AK.AUT; PVS and KIM lose it."""
    world = World()
    world.sds = {"hersteller": "SECUN", "produkt": "Einbox-Konnektor", "firmware": "5.50.3"}
    player = Player(world, start=datetime(2025, 7, 7, 4, 50, tzinfo=UTC))
    player.play(600)
    seen = history(player)
    world.tls, world.cert, world.kim = "kon.server_cert_changed", NEW_CERT, "kim.no_answer"
    lage = player.play(1200)
    assert [row for _, row in seen] == ["D51", "D13"]
    assert seen[1][0] in ("05:00", "05:01")
    assert lage.diagnose is not None
    assert "nicht vom VPN abmelden" in lage.diagnose.massnahme
    assert {s.zustand for s in lage.dienste.values()} == {DienstZustand.GESTOERT}
    text = "\n".join(lage_lines(lage))
    assert "antwortet nicht" not in text
    assert "ausgefallen" not in text
    # The DVO switches, a person confirms the new fingerprint: the same handshake is good again.
    world.tls, world.kim = None, None
    assert player.until(None, 500) <= 400


def test_the_arvato_day() -> None:
    """9 July 2025: one VPN-Zugangsdienst fails; the Lagebild names it some minutes later."""
    world = World()
    player = Player(world, start=datetime(2025, 7, 9, 5, 40, tzinfo=UTC))
    player.play(1200)
    seen = history(player)
    begin = player.now
    world.vpn, world.states, world.vpn_seit = False, OFFLINE, begin
    player.play(60)
    assert player.lage().diagnose.id in ("D51",)  # type: ignore[union-attr]
    player.play(420)
    assert player.lage().diagnose.id == "D26"  # type: ignore[union-attr]
    world.lagebild = ALL_OK | {"ti_zugang": "aus", "ti_zugang_name": "Beispiel"}
    player.until("D24", 400)
    lage = player.play(2 * 3600)
    assert [row for _, row in seen] == ["D51", "D26", "D24"]  # never "nur Ihre Praxis", never the router
    assert lage.diagnose is not None
    assert lage.diagnose.sicherheit == "belegt"
    assert lage.diagnose.seit == begin
    assert "nichts umstellen" in lage.diagnose.massnahme
    assert "Karten wie immer" in lage.diagnose.massnahme
    world.vpn, world.states, world.vpn_seit, world.lagebild = True, [], None, ALL_OK
    assert 120 <= player.until(None, 700) <= 300


def test_the_ocsp_day() -> None:
    """A morning with a slow card check: proofs 5 and 3 pile up from 7:45, cards are not to blame."""
    world = World()
    player = Player(world, start=datetime(2026, 11, 23, 6, 0, tzinfo=UTC))
    player.play(2700)
    seen = history(player)
    for number in range(12):
        slow = number % 2 == 0
        e, duration = (5, 26_000) if slow else (2, 9_000)
        player.tell([passive.nachweis(player.now, e, None, dauer_ms=duration)])
        player.play(60)
    lage = player.lage()
    assert [row for _, row in seen if row] == ["D36"]
    assert lage.diagnose is not None
    assert "Karten der Patienten sind nicht schuld" in lage.diagnose.satz
    assert {d for d, s in lage.dienste.items() if s.zustand is DienstZustand.GESTOERT} == {
        Dienst.VSDM,
        Dienst.EREZEPT,
        Dienst.KIM,
    }
    for _ in range(40):
        player.tell([passive.nachweis(player.now, 2, None, dauer_ms=1_500)])
        player.play(60)
    assert player.lage().diagnose is None


def test_a_night_of_maintenance_and_the_morning_after() -> None:
    world = World()
    player = Player(world, start=datetime(2026, 11, 24, 0, 0, tzinfo=UTC))
    player.play(1200)
    world.lagebild = ALL_OK | {"wartung": ["E-Rezept"]}
    player.play(600)
    assert [h.id for h in player.lage().hinweise] == ["D46"]
    world.lagebild = ALL_OK
    player.sleep(5 * 3600)
    player.play(400)
    assert player.lage().diagnose is None
    assert player.lage().hinweise == ()
    assert all(s.stufe in (Stufe.GUT, Stufe.UNBEKANNT) for s in player.bild.staende.values())


# -- known problems as data --------------------------------------------------------------------

JULY = datetime(2025, 7, 7, tzinfo=UTC)


def test_the_known_problems_carry_condition_instruction_and_source() -> None:
    sheets = {sheet.id: sheet for sheet in shipped()}
    assert list(sheets) == ["2025-07-secunet-id-ak-aut", "2026-07-rsa-abschaltung"]
    secunet = sheets["2025-07-secunet-id-ak-aut"]
    assert "VPN nicht deregistrieren" in secunet.anweisung
    assert "Erneuerte ID.AK.AUT" in secunet.anweisung
    assert all(sheet.quelle and sheet.satz.endswith(".") for sheet in sheets.values())


def test_conditions() -> None:
    directory = {"hersteller": "SECUN", "produkt": "secunet", "firmware": "5.50.3"}

    def found(firmware: str, kind: str, now: datetime = JULY, karten: str = "ECC") -> list[str]:
        return [s.id[:7] for s in matching(shipped(), directory | {"firmware": firmware}, kind, now, karten)]

    assert found("5.50.3", "RSA-2048") == ["2025-07"]
    assert found("5.50.1", "RSA-2048") == []
    assert found("5.51.0", "RSA-2048", JULY + timedelta(days=365)) == ["2025-07"]
    assert found("5.60.0", "EC-x", JULY + timedelta(days=365), "RSA") == ["2026-07"]  # the card, not the Konnektor
    assert found("5.60.0", "EC-brainpoolP256r1") == []
    assert found("", "RSA-2048") == []
    assert version("5.50.3") > version("5.50") > version("5.9.9")
    assert version("") == version("x.1") == ()


def test_a_practice_may_drop_in_its_own_sheets(tmp_path_factory) -> None:  # type: ignore[no-untyped-def]
    place = tmp_path_factory.mktemp("hinweise")
    sheet = shipped()[0]
    (place / "eigen.json").write_text(sheet.model_copy(update={"id": "eigen"}).model_dump_json(), encoding="utf-8")
    (place / "kaputt.json").write_text("{", encoding="utf-8")
    (place / "fremd.json").write_text('{"id": 1}', encoding="utf-8")
    (place / "tief.json").write_text("[" * 100_000, encoding="utf-8")
    (place / "nichts.txt").write_text("x", encoding="utf-8")
    good, bad = dropped_in(place)
    assert [s.id for s in good] == ["eigen"]
    assert bad == ("fremd.json", "kaputt.json", "tief.json")
    assert dropped_in(place / "fehlt") == ((), ())
