"""One outage day as processes: a real card service, the simulated TI, and the command line."""

import json
from pathlib import Path

import pypdf
import pytest

import inputs
import processes
from counterparts.pcsc import pcsc  # noqa: F401 (fixture)
from papierbruecke.drill.card_image import load_card
from papierbruecke.drill.virtual_card import VirtualCard
from papierbruecke.resources import folder


def card_answer() -> dict[str, object]:
    """What ``karte`` says about a synthetic card in the real reader."""
    card = load_card(folder() / "drill" / "karten" / "mitglied.json")
    with VirtualCard(card):
        return processes.answer("karte", "--leser", "Virtual PCD 00 00")


def write_inputs(where: Path, card: dict[str, object], today: str) -> None:
    """Input files from a card answer, as a practice system would make them."""
    entry = card | {"arzt": inputs.ARZT, "betriebsstaette": inputs.BETRIEBSSTAETTE, "datum": today}
    medicine = {"form": "freitext", "text": "Ibuprofen Test 400 mg 20 St N1", "dosierung": "1-0-1"}
    rezept = {"gebuehr": "pflichtig", "positionen": [medicine]}
    au = {"art": "erst", "seit": today, "bis": today, "festgestellt": today}
    au |= {"diagnosen": [{"icd": "J06.9", "sicherheit": "G"}]}
    (where / "rezept.json").write_bytes(inputs.as_bytes(entry | {"rezept": rezept}))
    (where / "au.json").write_bytes(inputs.as_bytes(entry | {"au": au}))


@pytest.mark.usefixtures("pcsc")
def test_one_outage_day_from_the_card_to_the_delivered_eau(tmp_path: Path) -> None:
    with processes.SimulatorProcess(tmp_path / "daten", "vpn-zugangsdienst") as simulator:
        daten = ("--daten", simulator.daten)
        lage = processes.answer(*daten, "lage", code=1)
        assert lage["diagnose"]["id"] == "D24"
        assert {dienst["zustand"] for dienst in lage["dienste"].values()} == {"gestoert"}
        assert lage["diagnose"]["verantwortlich"]
        stoerung = processes.answer(*daten, "stoerung", "beginn", "--grund", "Probe", code=1)
        assert {d["betriebsart"] for d in stoerung["dienste"].values()} == {"papier"}

        card = card_answer()
        assert card["verwendbar"] is True
        write_inputs(tmp_path, card, processes.today())
        numbers = {}
        for kind in ("rezept", "au"):
            paper = tmp_path / f"{kind}.pdf"
            made = processes.answer(*daten, kind, tmp_path / f"{kind}.json", "-o", paper, "--ablegen")
            (numbers[kind],) = made["belegnummern"]
            processes.answer(*daten, "beleg", numbers[kind], "--gedruckt", code=1)
        assert len(pypdf.PdfReader(tmp_path / "rezept.pdf").pages) == 1
        assert len(pypdf.PdfReader(tmp_path / "au.pdf").pages) == 3

        # While the TI is away nothing leaves, and nothing is lost by trying.
        tried = processes.answer(*daten, "nachversand", code=1)
        assert tried["offen"] == 1
        assert simulator.krankenkasse() == []

        simulator.post("/szenario/normal")
        processes.answer(*daten, "stoerung", "ende")
        sent = processes.answer(*daten, "nachversand", "--warten-s", "30")
        assert sent["offen"] == 0
        processes.answer(*daten, "beleg", numbers["rezept"], "--dokumentiert")

        (arrived,) = simulator.krankenkasse()
        au = processes.answer(*daten, "beleg", numbers["au"])
        assert arrived["dokumenten_id"].removeprefix("urn:uuid:") == au["kennung"]
        assert (arrived["zustand"], arrived["anzahl"], arrived["konflikte"]) == ("angenommen", 1, 0)
        assert au["zustand"] == "zugestellt"
        assert au["kennung"] in text_of(tmp_path / "au.pdf")

        closed = processes.answer(*daten, "abgleich", "-o", tmp_path / "abgleich.pdf")
        seen = json.dumps(closed)
        assert all(seen.count(f'"{number}"') == 1 for number in numbers.values())
        text = text_of(tmp_path / "abgleich.pdf")
        assert all(number in text for number in numbers.values())
        assert "J06.9" not in text


def text_of(pdf: Path) -> str:
    """All text of a file."""
    return "".join(page.extract_text() for page in pypdf.PdfReader(pdf).pages)


def test_a_desk_that_is_not_set_up_says_what_to_do(tmp_path: Path) -> None:
    tested = processes.answer("--daten", tmp_path / "leer", "selbsttest", code=1)
    parts = [part["teil"] for part in tested["teile"]]
    assert parts == ["Kartenleser", "Schlüssel", "Speicher", "Sicherung", "Drucker", "Konnektor", "KIM", "Uhr"]
    assert all(part["text"].endswith(".") for part in tested["teile"])
    assert not (tmp_path / "leer").exists()


def test_the_self_test_of_a_healthy_desk(tmp_path: Path) -> None:
    with processes.SimulatorProcess(tmp_path / "daten") as simulator:
        processes.answer("--daten", simulator.daten, "sicherung", "anlegen")
        tested = processes.answer("--daten", simulator.daten, "selbsttest", code=1)
    parts = {part["teil"]: part["ok"] for part in tested["teile"]}
    assert parts.pop("Drucker") is False
    parts.pop("Kartenleser")
    assert all(parts.values()), tested
