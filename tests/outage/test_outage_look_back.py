"""What the stored observations tell afterwards: timeline, inventory, evidence, network page."""

import csv
import io
import json
from datetime import timedelta
from uuid import UUID

import pypdf
import pypdfium2
import pytest
import zxingcpp

from lage_world import ALL_OK, CERT, OFFLINE, START, UMFELD, Player, World
from papierbruecke.clock import SetClock
from papierbruecke.outage.certificates import build_inventory
from papierbruecke.outage.incident import Stoerung
from papierbruecke.outage.look_back import LookBack
from papierbruecke.outage.memory_samples import MemorySamples
from papierbruecke.outage.model import Dienst, Lage
from papierbruecke.outage.probe import good
from papierbruecke.outage.timeline import Farbton, buckets
from papierbruecke.outage.watch import _row, essence_of
from papierbruecke.outage.zeiten import zeiten
from papierbruecke.settings import Einstellungen

STEPS = zeiten().warnstufen_tage


class Day:
    """A morning with an outage from minute 20 to minute 50, stored as the watching would store it."""

    def __init__(self) -> None:
        self.samples = MemorySamples()
        world = World()
        world.sds = world.sds | {"hardware": "2", "versionen": {"http://ws.gematik.de/conn/EventService/v7.2": "7.2.0"}}
        world.lagebild = ALL_OK | {"sha256": "11" * 32}
        self.player = Player(world)
        self._told: object = None
        self._stored = 0
        self.player.on_lage = self._store
        self.player.play(1200)
        world.vpn, world.states = False, OFFLINE
        world.lagebild = ALL_OK | {"ti_zugang": "aus", "sha256": "22" * 32, "ursachen": [{"organisation": "Beispiel"}]}
        self.player.play(1800)
        world.vpn, world.states, world.lagebild = True, [], ALL_OK | {"sha256": "33" * 32}
        self.player.play(1200)
        self.now = self.player.now
        self.look_back = LookBack(self.samples, SetClock(self.now), UMFELD, Einstellungen(), uebung=False)
        self.stoerung = Stoerung(
            id=UUID(int=7),
            beginn=START + timedelta(seconds=1700),
            ende=START + timedelta(seconds=3400),
            dienste=(Dienst.EREZEPT, Dienst.KIM),
            grund="kein Tunnel",
        )

    def _store(self, lage: Lage) -> None:
        fresh = self.player.messungen[self._stored :]
        self._stored = len(self.player.messungen)
        self.samples.add(fresh)
        if essence_of(lage) != self._told:
            self._told = essence_of(lage)
            self.samples.note(lage.zeit, "diagnose", _row(lage))


@pytest.fixture(scope="module")
def day() -> Day:
    return Day()


def test_the_timeline_gives_availability_per_dienst(day: Day) -> None:
    verlauf = day.look_back.verlauf(START, day.now)
    spuren = {spur.name: spur for spur in verlauf.spuren}
    assert spuren["Internet"].anteil == 1.0
    tunnel = spuren["TI-Zugang"]
    assert tunnel.ausfall_s == pytest.approx(1800, abs=90)
    erezept = spuren["E-Rezept"]
    # Certain after two minutes, over two minutes after the return; between, the state is unclear.
    assert erezept.ausfall_s == pytest.approx(1800, abs=180)
    assert erezept.anteil is not None
    assert 0.4 < erezept.anteil < 0.65
    assert [p.zustand for p in tunnel.abschnitte] == [Farbton.VERFUEGBAR, Farbton.GESTOERT, Farbton.VERFUEGBAR]
    assert spuren["E-Rezept (laut gematik)"].anteil == 1.0
    fields = buckets(tunnel, START, START + timedelta(seconds=4200), 7)
    assert fields[0] is Farbton.VERFUEGBAR
    assert fields[3] is Farbton.GESTOERT
    assert fields[6] is Farbton.VERFUEGBAR


def test_nobody_watching_counts_for_nothing(day: Day) -> None:
    later = day.look_back.verlauf(day.now + timedelta(hours=1), day.now + timedelta(hours=2))
    assert {spur.anteil for spur in later.spuren} == {None}
    assert {spur.abschnitte for spur in later.spuren} == {()}


def test_the_evidence_holds_first_failing_and_last_good_and_the_proof(day: Day) -> None:
    bericht = day.look_back.bericht(day.stoerung, ["rezept", "rezept", "au"], 2)
    assert bericht.dauer_min == 28
    assert bericht.zahlen.belege == {"rezept": 2, "au": 1}
    assert bericht.zahlen.mehrarbeit_min == 14
    assert bericht.haupt is not None
    assert bericht.haupt.id == "D24"
    assert bericht.verantwortlich == "VPN-Zugangsdienst (Beispiel-Zugang)"
    layers = {layer.schicht: layer for layer in bericht.schichten}
    tunnel = layers["TI-Tunnel"]
    assert tunnel.zuletzt_gut is not None
    assert tunnel.zuletzt_gut.utc < tunnel.zuerst_gestoert.utc < (tunnel.wieder_gut or tunnel.zuletzt_gut).utc
    assert tunnel.zuerst_gestoert.utc.endswith("Z")
    assert tunnel.zuerst_gestoert.lokal.startswith("23.11.2026 07:2")
    assert "Internet" not in layers
    assert [z.zustand for z in bericht.zustaende] == ["EC_No_VPN_TI_Connection"]
    assert [shot.sha256[:2] for shot in bericht.lagebild] == ["11", "22", "33"]
    assert [z.sha256 for z in bericht.zertifikate] == [CERT["sha256"]]
    assert bericht.kette == ()
    assert bericht.kopf_hash == day.samples.head()
    assert json.loads(bericht.model_dump_json())["beginn"]["utc"] == "2026-11-23T06:28:20Z"


def test_the_report_can_be_read_by_people_and_its_code_by_machines(day: Day) -> None:
    bericht = day.look_back.bericht(day.stoerung, ["rezept"], 1)
    pdf = day.look_back.bericht_pdf(bericht)
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    text = "\n".join(page.extract_text() for page in pages)
    for wanted in (
        "Störungsbericht",
        "Der TI-Zugang Ihres Anbieters",
        "Beispiel-Zugang",
        "EC_NO_VPN_TI_CONNECTION",
        bericht.kopf_hash,
    ):
        assert wanted in text
    assert "Messwerte für die Technik" not in pages[0].extract_text()
    document = pypdfium2.PdfDocument(pdf)
    codes = [code.text for page in document for code in zxingcpp.read_barcodes(page.render(scale=3).to_pil())]
    assert codes == [bericht.kopf_hash]


def test_without_belege_and_messungen_the_report_says_so() -> None:
    empty = LookBack(MemorySamples(), SetClock(START), UMFELD, Einstellungen(), uebung=True)
    stoerung = Stoerung(id=UUID(int=1), beginn=START - timedelta(minutes=5), dienste=(Dienst.EPA,), diagnose="D44")
    bericht = empty.bericht(stoerung, [], 0)
    assert (bericht.ende, bericht.dauer_min, bericht.zeilen) == (None, 5, None)
    assert bericht.haupt is not None
    assert bericht.haupt.id == "D44"
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(empty.bericht_pdf(bericht))).pages)
    assert "keine eigene Messung" in text
    assert "Kein Beleg" in text


def test_the_network_page_is_complete_and_keeps_secrets() -> None:
    secret = Einstellungen().konnektor.model_copy(update={"passwort": "geheim-1", "client_p12_passwort": "geheim-2"})
    settings = Einstellungen(konnektor=secret.model_copy(update={"adresse": "192.0.2.10"}))
    day = Day()
    text = "\n".join(LookBack(day.samples, SetClock(day.now), UMFELD, settings, False).network_page())
    for wanted in (
        "192.0.2.10:443",
        "100.102.0.0/15",
        "*.telematik",
        "EventService/v7.2 7.2.0",
        "Letzte Fehler",
        "P12",
    ):
        assert wanted in text
    assert "geheim" not in text


# -- inventory -------------------------------------------------------------------------------


def entry(was: str, days: float, iccsn: str = "80276883110000012345", art: str = "ECC") -> dict[str, str]:
    return {"was": was, "iccsn": iccsn, "ort": "CT-01", "art": art, "bis": (START + timedelta(days=days)).isoformat()}


def test_the_inventory_warns_in_steps_and_says_what_to_order() -> None:
    rows = [
        entry("SMC-B", 89, "1" * 20),
        entry("HBAx", 2, "2" * 20),
        entry("gSMC-K", 300, "3" * 20),
        entry("P12", -1, ""),
        entry("Unbekannt", 10, "5" * 20),
    ]
    inventory = build_inventory([good("P9", "zertifikate", START, "", zertifikate=rows)], START, STEPS)
    found = {z.was: z for z in inventory.zertifikate}
    assert [z.was for z in inventory.zertifikate] == ["P12", "HBAx", "Unbekannt", "SMC-B", "gSMC-K"]
    assert [(found[w].stufe, found[w].abgelaufen) for w in ("SMC-B", "HBAx", "gSMC-K", "P12")] == [
        (90, False),
        (3, False),
        (None, False),
        (None, True),
    ]
    assert "mehrere Wochen" in found["SMC-B"].hinweis
    assert found["HBAx"].bezeichnung == "Heilberufsausweis (HBA)"
    assert found["gSMC-K"].hinweis == "in Ordnung"
    assert not inventory.good
    assert inventory.lines()[0].startswith("22.11.2026  Clientzertifikat")


def test_the_same_certificate_from_two_probes_is_one_row() -> None:
    words = [
        good("P9", "zertifikate", START, "", zertifikate=[entry("SMC-B", 400)]),
        good("P8", "smcb", START, "", iccsn="80276883110000012345", terminal="CT-01", bis=entry("SMC-B", 400)["bis"]),
        good("P5", "konnektor", START, "", **CERT),
    ]
    inventory = build_inventory(words, START, STEPS)
    assert [(z.was, z.verfahren) for z in inventory.zertifikate] == [("SMC-B", "ECC"), ("TLS", "RSA-2048")]
    assert inventory.good


def test_the_table_for_spreadsheets_is_german_and_harmless() -> None:
    rows = [entry("=cmd()", 10), entry("SMC-B", -40, "9" * 20)]
    text = build_inventory([good("P9", "zertifikate", START, "", zertifikate=rows)], START, STEPS).csv()
    table = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert table[0] == ["Was", "Wo", "Verfahren", "Kennung", "Gültig bis", "Tage", "Hinweis"]
    assert table[2][0] == "'=cmd()"
    assert table[1][4:6] == ["14.10.2026", "-40"]


def test_broken_rows_are_left_out() -> None:
    words = [
        good("P9", "zertifikate", START, "", zertifikate=["x", {"bis": "nie"}, {}]),
        good("P9", "z", START, "", zertifikate=7),
    ]
    inventory = build_inventory(words, START, STEPS)
    assert inventory.zertifikate == ()
    assert "noch kein Zertifikat" in inventory.lines()[0]


def test_the_inventory_on_paper(day: Day) -> None:
    text = pypdf.PdfReader(io.BytesIO(day.look_back.inventory_pdf())).pages[0].extract_text()
    assert "Karten und Zertifikate" in text
    assert "Praxiskarte (SMC-B)" in text
