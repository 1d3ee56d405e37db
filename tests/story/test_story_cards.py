"""The main job on every card of the reference folder that is valid today, through the real reader."""

import json
from pathlib import Path

import pytest

import cards
import inputs
import processes
from counterparts.pcsc import pcsc  # noqa: F401 (fixture)
from papierbruecke.drill.card_image import Card, load_card
from papierbruecke.drill.virtual_card import VirtualCard

EXPIRED = {"XML_18", "XML_42"}
CASES = ["XML_11", "XML_18", "XML_22", "XML_31", "XML_38", "XML_42", "XML_44", "XML_48"]
IMAGES = ["egk_g2_heckhausen", "egk_g2_hoffmann"]


def reference_cards(referenz: Path) -> dict[str, Card]:
    found = {case: cards.reference_case(referenz, case) for case in CASES}
    return found | {name: load_card(referenz / "data" / "cards" / f"{name}.json") for name in IMAGES}


@pytest.mark.usefixtures("pcsc")
def test_every_valid_card_becomes_paper_and_a_delivered_eau(referenz: Path, tmp_path: Path) -> None:
    today = processes.today()
    numbers: dict[str, str] = {}
    with processes.SimulatorProcess(tmp_path / "daten") as simulator:
        daten = ("--daten", simulator.daten)
        for name, card in reference_cards(referenz).items():
            with VirtualCard(card):
                answer = processes.answer_here("karte", code=1 if name in EXPIRED else 0)
            assert answer["verwendbar"] is (name not in EXPIRED)
            assert answer["herkunft"] == "karte"
            assert {warning["code"] for warning in answer["warnungen"]} >= {"karte.offline"}
            if name in EXPIRED:
                continue
            entry = answer | {"arzt": inputs.ARZT, "betriebsstaette": inputs.BETRIEBSSTAETTE, "datum": today}
            medicine = {"form": "freitext", "text": "Ibuprofen Test 400 mg 20 St N1", "dosierung": "dj"}
            rezept = {"gebuehr": "pflichtig", "positionen": [medicine]}
            au = {"art": "erst", "seit": today, "bis": today, "festgestellt": today}
            au |= {"diagnosen": [{"icd": "J06.9", "sicherheit": "G"}]}
            for kind, content in (("rezept", rezept), ("au", au)):
                (tmp_path / "in.json").write_text(json.dumps(entry | {kind: content}), encoding="utf-8")
                paper = tmp_path / f"{name}-{kind}.pdf"
                made = processes.answer_here(*daten, kind, tmp_path / "in.json", "-o", paper, "--ablegen")
                (number,) = made["belegnummern"]
                processes.answer_here(*daten, "beleg", number, "--gedruckt", code=1)
                numbers[f"{name} {kind}"] = number
        sent = processes.answer_here(*daten, "nachversand", "--warten-s", "20")
        assert sent["offen"] == sent["unklar"] == 0
        states = {
            line["belegnummer"]: line["zustand"] for line in processes.answer_here(*daten, "belege", code=1)["belege"]
        }
        arrived = simulator.krankenkasse()
    assert {states[number] for kind, number in numbers.items() if kind.endswith("rezept")} == {"gedruckt"}
    assert {states[number] for kind, number in numbers.items() if kind.endswith("au")} == {"zugestellt"}
    assert len(arrived) == len(CASES) + len(IMAGES) - len(EXPIRED)
    assert all(entry["zustand"] == "angenommen" and entry["anzahl"] == 1 for entry in arrived)
