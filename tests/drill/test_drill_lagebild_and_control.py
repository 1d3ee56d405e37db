"""Lagebild, played network and control port over HTTP, read by urllib."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from papierbruecke.drill.control import Control
from papierbruecke.drill.practice_setup import TI_ZUGANG_CI, TI_ZUGANG_NAME
from papierbruecke.drill.scenarios import load_scenario, scenario_names
from papierbruecke.drill.simulator import Simulator
from papierbruecke.errors import InputRefused


def get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


def post(url: str, body: Any = None) -> Any:
    request = urllib.request.Request(url, json.dumps(body).encode(), method="POST")
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


@pytest.fixture
def control(simulator: Simulator) -> Iterator[Control]:
    served = Control(simulator)
    yield served
    served.close()


def test_the_lagebild_is_healthy_and_has_every_app(simulator: Simulator) -> None:
    url = simulator.settings().lagebild.url
    picture = get(f"{url}/v2/tilage")
    assert picture["cause"] == []
    assert {app: state["outage"] for app, state in picture["appStatus"].items()} == dict.fromkeys(
        ("erezept", "epa", "kim", "wanda", "ogd", "vsdm", "tianschluss"), "none"
    )
    assert {row["availability"] for row in get(f"{url}/v1/tilage/bu/PU")} == {1}
    assert get(f"{url}/v1/tilage/bu/RU") == []
    groups = {group["filterGroup"]: group["cis"] for group in get(f"{url}/v2/tilage/filter")}
    assert {"ci": TI_ZUGANG_CI, "orgShortName": TI_ZUGANG_NAME} in groups["TI-Zugang"]
    assert get(f"{url}/v1/tistatus/incident") == {"success": True, "data": []}


def test_an_outage_of_ones_own_provider_is_full_and_of_another_one_none(simulator: Simulator) -> None:
    simulator.scenario("vpn-zugangsdienst")
    url = simulator.settings().lagebild.url

    def outage(query: str) -> tuple[str, list[str]]:
        picture = get(f"{url}/v2/tilage{query}")
        return picture["appStatus"]["tianschluss"]["outage"], [cause["ci"] for cause in picture["cause"]]

    assert outage("") == ("partial", [TI_ZUGANG_CI])
    assert outage(f"?ciAccess={TI_ZUGANG_CI}") == ("full", [TI_ZUGANG_CI])
    assert outage("?ciAccess=CI-0000211&ciKim=CI-0000202") == ("none", [])
    (incident,) = get(f"{url}/v1/tistatus/incident")["data"]
    assert (incident["status"], incident["app"], incident["closedAt"]) == (1, ["tianschluss"], None)
    (entry,) = get(f"{url}/v1/tistatus/outage")["data"]
    assert entry["ci"] == TI_ZUGANG_CI
    assert [row["availability"] for row in get(f"{url}/v1/tilage/ci/{TI_ZUGANG_CI}")] == [0]
    with pytest.raises(urllib.error.HTTPError, match="404"):
        get(f"{url}/v3/tilage")
    with pytest.raises(urllib.error.HTTPError, match="400"):
        get(f"{url}/v2/tilage?ci=CI-0000201")


def test_the_played_network_has_the_agreed_form(simulator: Simulator) -> None:
    url = simulator.settings().netz.gespielt_von
    assert url is not None
    assert get(url) == {
        "p0": "ok",
        "p1": "ok",
        "p2": "ok",
        "p3": "ok",
        "p10_system": "ok",
        "p10_konnektor": "ok",
        "p11": {"idp": "ok", "epa1": "ok", "epa2": "ok", "epa3": "ok", "erezept": "ok"},
        "uhr_versatz_s": 0.0,
        "vpn_schnittstelle": "ok",
    }


def test_the_control_port_changes_scenario_and_step(simulator: Simulator, control: Control) -> None:
    stand = post(f"{control.url}/szenario/vpn-zugangsdienst")
    assert (stand["szenario"], stand["schritt"], stand["erwartet"]["diagnose"]) == ("vpn-zugangsdienst", 0, "D24")
    assert not simulator.konnektor.services.zustand.vpn_ti
    assert post(f"{control.url}/schritt")["schritt"] == 1
    assert simulator.konnektor.services.zustand.vpn_ti
    assert post(f"{control.url}/schritt")["schritt"] == 1
    assert get(f"{control.url}/krankenkasse") == []


def test_the_control_port_arms_disturbances_and_refuses_nonsense(simulator: Simulator, control: Control) -> None:
    post(f"{control.url}/stoerfall", {"stelle": "GetCards", "art": "ablehnen", "code": 4001, "anzahl": 1})
    fall = simulator.faults.strike("GetCards")
    assert fall is not None
    assert fall.code == 4001
    assert simulator.faults.strike("GetCards") is None
    post(f"{control.url}/fehlernachricht", {"code": "100", "dokumenten_id": "0" * 8})
    post(f"{control.url}/clientmodul", {"codes": ["4009"]})
    uidl = post(f"{control.url}/mail", "irgendein Brief")["uidl"]
    briefe = simulator.mailbox.snapshot()
    assert [b"EEAU0_Fehler_" in briefe[0].daten, b"4009" in briefe[1].daten] == [True, True]
    assert (briefe[2].uidl, briefe[2].daten) == (uidl, b'"irgendein Brief"')
    for path, body, status in (
        ("/szenario/gibt-es-nicht", None, 404),
        ("/unbekannt", None, 404),
        ("/stoerfall", {"stelle": "x", "art": "zaubern"}, 400),
        ("/fehlernachricht", {}, 400),
        ("/clientmodul", {}, 400),
    ):
        with pytest.raises(urllib.error.HTTPError, match=str(status)):
            post(f"{control.url}{path}", body)


@pytest.mark.parametrize("name", scenario_names())
def test_every_scenario_file_can_be_played(simulator: Simulator, name: str) -> None:
    szenario = load_scenario(name)
    assert set(szenario.erwartet.dienste) == {"vsdm", "erezept", "kim", "epa"}
    simulator.scenario(name)
    for _ in szenario.schritte:
        simulator.step()


def test_an_unknown_scenario_is_refused() -> None:
    with pytest.raises(InputRefused, match="szenario"):
        load_scenario("gibt-es-nicht")
