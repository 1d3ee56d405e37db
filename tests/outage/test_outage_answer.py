"""The answer of ``lage``: exactly design §6.3, valid against its own schema, readable in German."""

import json

from lage_world import ALL_OK, OFFLINE, Player, World
from papierbruecke.outage.answer import LAGE_SCHEMA, evidence_sentence, lage_json, lage_lines
from schema_check import conforms


def outage() -> Player:
    world = World()
    player = Player(world)
    player.play(720)
    world.vpn, world.states, world.lagebild = False, OFFLINE, ALL_OK | {"ti_zugang": "aus"}
    world.smcb = "card.pin"
    player.play(900)
    return player


def test_the_document_of_an_outage_is_the_contract() -> None:
    document = lage_json(outage().lage())
    assert conforms(document, LAGE_SCHEMA) == []
    assert list(document) == ["zeit", "diagnose", "weitere", "hinweise", "dienste", "proben"]
    assert document["diagnose"]["id"] == "D24"
    assert [row["id"] for row in document["weitere"]] == ["D31"]
    assert document["zeit"].endswith("+01:00")
    assert document["dienste"]["vsdm"]["zustand"] == "gestoert"
    assert document["dienste"]["vsdm"]["seit"].startswith("2026-11-23T07:12")
    assert {"id": "P7", "ziel": "konnektor", "ergebnis": "ok", "dauer_ms": 40, "befund": ""} in document["proben"]
    assert json.loads(json.dumps(document)) == document


def test_all_is_well_is_null() -> None:
    player = Player(World())
    document = lage_json(player.play(700))
    assert conforms(document, LAGE_SCHEMA) == []
    assert document["diagnose"] is None
    assert lage_lines(player.lage())[0] == "Die TI ist erreichbar, alles ist in Ordnung."


def test_the_lines_answer_what_since_when_whose_and_what_now() -> None:
    lines = lage_lines(outage().lage())
    assert lines[0] == "Der TI-Zugang Ihres Anbieters (Beispiel-Zugang) ist gestört. Seit 07:12 Uhr."
    assert lines[1].startswith("  In der Praxis ist alles in Ordnung;")
    assert lines[2] == "  Zuständig: VPN-Zugangsdienst (Beispiel-Zugang) [D24]"
    assert lines[5] == "  Zuständig: wahrscheinlich Praxis [D31]"
    assert "E-Rezept      gestört seit 07:12 Uhr" in lines


def test_the_sentence_for_the_hotline_holds_facts_only() -> None:
    sentence = evidence_sentence(outage().lage())
    assert sentence.startswith("Von der Praxis aus erreichbar um 07:27:00 Uhr: Internet ja, Konnektor ja,")
    assert "TI-Tunnel nein" in sentence
    assert sentence.endswith("Störung seit 07:12 Uhr.")
    assert evidence_sentence(Player(World()).lage()).endswith("noch keine Messung.")
