"""Every scenario of design §6, end to end: real sockets, real probes, and the diagnosis it must lead to."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from papierbruecke.clock import SystemClock
from papierbruecke.drill.model import Szenario
from papierbruecke.drill.past import past_samples
from papierbruecke.drill.scenarios import load_scenario, scenario_names
from papierbruecke.drill.simulator import Simulator
from papierbruecke.kim.client import KimPostfach
from papierbruecke.konnektor.client import SoapKonnektor
from papierbruecke.outage.catalogue import katalog
from papierbruecke.outage.memory_samples import MemorySamples
from papierbruecke.outage.model import Dienst, Lage, Messung, Umfeld
from papierbruecke.outage.watch import Watch, build_probes
from papierbruecke.outage.zeiten import zeiten

# The names that design §6 demands.
NAMES = """
    normal gateway-getrennt gateway-anbieter pc-offline internet-aus dns-aus konnektor-aus konnektor-neustart
    konnektor-zertifikat-neu konnektor-zertifikat-abgelaufen client-abgelehnt infomodell tsl-veraltet zeit online-aus
    vpn-eigene-leitung vpn-zugangsdienst vpn-nur-wir vpn-ohne-lagebild namensdienst terminal-weg smcb-fehlt smcb-pin
    smcb-abgelaufen hba-weg ocsp-ueberlast vsdm-aus kim-modul-aus kim-server-aus kim-kann-nicht-signieren idp-aus
    erezept-aus epa-teilweise epa-aus langsam flattert wartung
""".split()  # noqa: SIM905 (as the design writes them)


class Welt:
    """One simulator with the outage room in front of it; the samples are in memory."""

    def __init__(self, folder: Path, szenario: Szenario) -> None:
        self.simulator = Simulator(folder, szenario)
        self.simulator.__enter__()
        settings = self.simulator.settings()
        self.clock = SystemClock()
        self.umfeld = Umfeld(
            anschlussart=settings.konnektor.anschlussart,
            ti_zugang_anbieter=settings.lagebild.ti_zugang_anbieter,
            ti_zugang_ci=settings.lagebild.ti_zugang_ci,
            kim_anbieter=settings.kim.anbieter,
            kim_ci=settings.kim.anbieter_ci,
        )
        self.simulator.play_normal()
        self.normal = self.ask_once()

    def ask_once(self) -> list[Messung]:
        """One round of a program that has just been started; its answers are not kept."""
        settings, heard, begin = self.simulator.settings(), MemorySamples(), self.clock.now()
        konnektor = SoapKonnektor(settings.konnektor, self.clock)
        probes = build_probes(settings, konnektor, KimPostfach(settings.kim, self.clock), self.clock)
        Watch(probes, heard, self.clock, self.umfeld).round()
        konnektor.close()
        return heard.since(begin)

    def lage(self, szenario: Szenario) -> Lage:
        """What the program says after the past of this scenario, of which the last round was asked now."""
        self.simulator.scenario(szenario)
        self.simulator.play_current()
        disturbed, z, samples = self.ask_once(), zeiten(), MemorySamples()
        past = past_samples(
            self.simulator.szenario, self.normal, disturbed, self.clock.now(), z.takt_s, z.takt_verdacht_s
        )
        samples.add(past)
        return Watch([], samples, self.clock, self.umfeld).round()

    def close(self) -> None:
        self.simulator.close()


class Welten:
    """One world per kind of practice: the normal round is asked once for all its scenarios."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._worlds: dict[str, Welt] = {}

    def of(self, szenario: Szenario) -> Welt:
        kind = f"{szenario.anschlussart} {szenario.schluesselart} {szenario.grund}"
        if kind not in self._worlds:
            self._worlds[kind] = Welt(self._folder, szenario)
        return self._worlds[kind]

    def close(self) -> None:
        for welt in self._worlds.values():
            welt.close()


@pytest.fixture(scope="module")
def welten(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Welten]:
    worlds = Welten(tmp_path_factory.mktemp("welten"))
    yield worlds
    worlds.close()


def test_every_name_of_the_design_exists() -> None:
    assert set(NAMES) == set(scenario_names())


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_leads_to_its_diagnosis(welten: Welten, name: str) -> None:
    szenario = load_scenario(name)
    expected = szenario.erwartet
    lage = welten.of(szenario).lage(szenario)
    found = (lage.diagnose.id if lage.diagnose else None, [hint.id for hint in lage.hinweise])
    assert found == (expected.diagnose, list(expected.hinweise))
    assert {dienst: state.zustand for dienst, state in lage.dienste.items()} == expected.dienste
    assert [row.id for row in lage.weitere] == []


@pytest.mark.parametrize("name", NAMES)
def test_expected_states_follow_the_table_of_the_diagnoses(name: str) -> None:
    expected = load_scenario(name).erwartet
    if expected.diagnose is not None:
        table = katalog().diagnosen[expected.diagnose].dienste
        assert {dienst: table[dienst] for dienst in Dienst} == expected.dienste


VPN_WEG = {"vpn_ti": False}
# Rows without a name in the design that the knobs of the simulated TI can play, too.
ROWS = {
    "D02": {"netz": {"p1": "fehler", "p2": "fehler", "p3": "fehler"}, "konnektor": {"port": "stumm"}},
    "D05": {"netz": {"p2": "fehler", "p3": "fehler"}, "lagebild": {"port": "zu"}},
    "D10": {"konnektor": {"zertifikat": "fremd"}},
    "D12": {"konnektor": {"zertifikat": "erneuert"}},
    "D15": {"konnektor": {"client": "fault-4204"}},
    "D16": {"konnektor": {"kontext_fehler": 4021}},
    "D19": {"konnektor": VPN_WEG | {"fehlerzustaende": ["EC_NK_Certificate_Expired"]}},
    "D20": {"konnektor": VPN_WEG | {"fehlerzustaende": ["EC_FW_Not_Valid_Status_Blocked"]}},
    "D21": {"konnektor": VPN_WEG | {"fehlerzustaende": ["EC_Secure_KeyStore_Not_Available"]}},
    "D28": {"netz": {"p10_system": "fehler"}},
    "D32": {"konnektor": {"smcb": {"pin": "BLOCKED"}}},
}


@pytest.mark.parametrize("row", ROWS)
def test_other_rows_can_be_played(welten: Welten, row: str) -> None:
    szenario = load_scenario("vpn-nur-wir").model_copy(update={"name": row.lower(), "schritte": (ROWS[row],)})
    lage = welten.of(szenario).lage(szenario)
    assert lage.diagnose is not None
    assert (lage.diagnose.id, [other.id for other in lage.weitere]) == (row, [])


def test_a_slip_in_a_scenario_file_is_found_when_it_is_read() -> None:
    szenario = load_scenario("normal")
    for slip in (
        {"konnektor": {"fehlerzustaende": ["EC_Erfunden"]}},
        {"konnektor": {"port": "kaputt"}},
        {"stoerfaelle": [{"stelle": "SignDokument", "art": "verlieren"}]},
        {"kassen": {}},
    ):
        with pytest.raises(ValidationError):
            szenario.model_copy(update={"schritte": (slip,)}).zustand(0)
