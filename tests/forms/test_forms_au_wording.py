"""Wording, order and places of the three copies against the official example prints.

The labels and the left edges were taken by hand from the KBV's own prints of eAU V1.2
(EEAU0_ccd9f64f…, EEAU0_12a8e1db…, EEAU0_2ed6995a…, EEAU0_cdac23e6…: _KK, _V, _AG), set with their
style sheet and brought to the width of A5. They are facts of the form and stand here a second time on
purpose: the product's own table must not vouch for itself.
"""

from collections import Counter
from typing import Any
from uuid import UUID

import pytest

import inputs
import paper
from paper import pages, rows
from papierbruecke.forms.render_au import render_au, render_au_blanko
from papierbruecke.record.read_input import read_au

HEAD = """Krankenkasse bzw. Kostenträger Name, Vorname des Versicherten geb. am Kostenträgerkennung
Versicherten-Nr. Status Betriebsstätten-Nr. Arzt-Nr. Datum Arbeitsunfähigkeits- 1 bescheinigung
Erstbescheinigung Folgebescheinigung Arbeitsunfall, Arbeitsunfall- folgen, Berufskrankheit
dem Durchgangsarzt zugewiesen arbeitsunfähig seit voraussichtlich arbeitsunfähig bis einschließlich
oder letzter Tag der Arbeitsunfähigkeit festgestellt am Vertragsarztstempel / Unterschrift des Arztes"""
MEDICAL = """AU-begründende Diagnose(n) (ICD-10) ICD-10 - Code ICD-10 - Code ICD-10 - Code ICD-10 - Code
ICD-10 - Code ICD-10 - Code sonstiger Unfall, Unfallfolgen Versorgungsleiden (z.B. SER)
Es wird die Einleitung folgender besonderer Maßnahmen für erforderlich gehalten
Leistungen zur medizinischen Rehabilitation stufenweise Wiedereingliederung Sonstige
Im Krankengeldfall ab 7. AU-Woche oder sonstiger Krankengeldfall Endbescheinigung"""
FOOT = "Dokumentenversion: 1.2 Dokumententyp: e010 PRF.NR."
OFFICIAL = {
    "kk": f"""{HEAD} Ausfertigung zur Vorlage bei der Krankenkasse {MEDICAL}
        Hinweis für Versicherte zum Krankengeld
        Wird Ihnen in der Arztpraxis die Bescheinigung über die Arbeitsunfähigkeit für die Krankenkasse
        ausgehändigt, leiten Sie diese bitte an Ihre Krankenkasse weiter. Dadurch können zeitliche
        Verzögerungen bei der Gewährung von Kranken- bzw. Verletztengeld vermieden werden. {FOOT}""",
    "v": f"""{HEAD} Ausfertigung für Versicherte {MEDICAL}
        Hinweis für Versicherte zum Kranken- und Verletztengeld
        Achten Sie bei fortbestehender Arbeitsunfähigkeit auf eine lückenlose ärztliche Feststellung, da sonst
        ein Krankengeldverlust droht. Hierfür ist es erforderlich, dass Sie sich spätestens an dem Werktag, der
        auf den letzten Tag der aktuellen Arbeitsunfähigkeitsbescheinigung folgt, bei Ihrem Arzt oder Ihrer
        Ärztin die fortbestehende Arbeitsunfähigkeit bestätigen lassen. Legen Sie immer ihre aktuell gültige
        Versichertenkarte vor, um Probleme bei der Zahlung von Kranken- oder Verletztengeld zu vermeiden.
        Weitere Informationen erhalten Sie bei Ihrer Krankenkasse. {FOOT}""",
    "ag": f"""{HEAD} Ausfertigung zur Vorlage beim Arbeitgeber sonstiger Unfall, Unfallfolgen
        Der angegebenen Krankenkasse wird unverzüglich eine Bescheinigung über die Arbeitsunfähigkeit mit
        Angaben über die Diagnose sowie die voraussichtliche Dauer der Arbeitsunfähigkeit übersandt. {FOOT}""",
}
LEFT_EDGES = {  # mm on A5, measured in the official print
    "Krankenkasse bzw. Kostenträger": 8.2,
    "Name, Vorname des Versicherten": 8.2,
    "geb. am": 68.8,
    "Kostenträgerkennung": 8.2,
    "Versicherten-Nr.": 32.5,
    "Status": 59.6,
    "Betriebsstätten-Nr.": 8.2,
    "Arzt-Nr.": 32.5,
    "Datum": 56.9,
    "Arbeitsunfähigkeits-": 84.2,
    "bescheinigung": 84.2,
    "Erstbescheinigung": 89.9,
    "Folgebescheinigung": 89.9,
    "folgen, Berufskrankheit": 13.2,
    "zugewiesen": 51.2,
    "arbeitsunfähig seit": 7.8,
    "voraussichtlich arbeitsunfähig": 7.8,
    "festgestellt am": 7.8,
    "Vertragsarztstempel / Unterschrift des Arztes": 95.3,
    "Es wird die Einleitung folgender besonderer Maßnahmen für erforderlich gehalten": 8.7,
    "medizinischen Rehabilitation": 14.1,
    "Wiedereingliederung": 49.3,
    "(z.B. SER)": 49.3,
    "Sonstige": 14.1,
    "Im Krankengeldfall": 9.3,
    "ab 7. AU-Woche oder": 50.1,
    "Endbescheinigung": 90.9,
    "Hinweis für Versicherte zum Krankengeld": 9.3,
    "Dokumentenversion: 1.2": 9.0,
}


def words_of(page: Any) -> Counter[str]:
    return Counter(" ".join(row.text for row in rows(page)).replace("Diagnose(n)(", "Diagnose(n) (").split())


@pytest.mark.parametrize("copy", ["kk", "v", "ag"])
def test_a_blank_copy_says_exactly_what_the_official_form_says(copy: Any) -> None:
    found = words_of(pages(render_au_blanko((copy,)))[0])
    assert found == Counter(OFFICIAL[copy].split()) + Counter(["keine"])


def test_each_label_stands_where_the_official_form_has_it() -> None:
    page = pages(render_au_blanko(("kk",)))[0]
    for label, official in LEFT_EDGES.items():
        assert paper.find(page, label).x0 == pytest.approx(official, abs=2.1), label


def test_the_personalienfeld_stands_at_the_same_place_on_every_copy() -> None:
    eingabe = read_au(inputs.as_bytes(inputs.au()))
    kk, v, ag = pages(render_au(eingabe, ("kk", "v", "ag"), kennung=UUID(int=5), belegnummer=None, pruefnummer=None))
    field = [word for word in rows(kk) if word.x0 < 82 and word.bottom < 52]
    assert len(field) > 15
    assert [word for word in rows(v) if word.x0 < 82 and word.bottom < 52] == field
    hidden = {"1 00 00 00", "031234567"}
    assert [word for word in rows(ag) if word.x0 < 82 and word.bottom < 52] == [
        word for word in field if word.text not in hidden
    ]


PERSON: dict[str, Any] = {
    "versicherten_id": "X234567890",
    "vorname": "Ludger",
    "nachname": "Königsstein",
    "geburtsdatum": "1935-06-22",
    "geschlecht": "M",
    "anschrift": {"strasse": "Musterstr.", "hausnummer": "1", "plz": "10623", "ort": "Berlin", "land": None},
}
PRAXIS = {
    "bsnr": "999999900",
    "name": "Hausarztpraxis Dr. Topp-Glücklich",
    "strasse": "Musterstr.",
    "hausnummer": "2",
    "plz": "10623",
    "ort": "Berlin",
    "telefon": "0301234567",
}
HANS = {"titel": "Dr. med.", "vorname": "Hans", "nachname": "Topp-Glücklich"}
SIX = [
    {"icd": "E10.20", "sicherheit": "G"},
    {"icd": "N08.3", "sicherheit": "G"},
    {"icd": "S42.3", "sicherheit": "G", "seite": "L"},
    {"icd": "S82.28", "sicherheit": "G", "seite": "R"},
    {"icd": "Q01.9", "sicherheit": "V"},
    {"icd": "S22.32", "sicherheit": "Z"},
]
WHO = "Königsstein 22.06.1935 Ludger Musterstr. 1 10623 Berlin X234567890 29.09.2022"
SICK = "E10.20 G N08.3 G S42.3 G L S82.28 G R Q01.9 V S22.32 Z Ein sehr kranker Patient"
EXAMPLES = {
    "ccd9f64f-5066-5181-93cf-26a8d94fd560": (
        {
            "versicherung": {"name": "AOK Rheinland/Hamburg", "ik": "104212059", "wop": "03", "rechtsgrundlage": "01"},
            "arzt": HANS
            | {
                "lanr": "555555523",
                "berufsbezeichnung": "fachärztliche Innere Medizin",
                "asv_teamnummer": "345678901",
            },
            "betriebsstaette": PRAXIS | {"name": "Krankenhaus Test", "bsnr": "345678901"},
            "au": {"art": "erst", "seit": "2022-09-29", "bis": "2022-10-09", "diagnosen": SIX[:4]},
        },
        f"""AOK Rheinland/Hamburg 03 {WHO} 104212059 555555523 29.09.2022 09.10.2022 29.09.2022 Krankenhaus Test
        Musterstr. 2 10623 Berlin Tel: 0301234567 Dr. med. Hans Topp-Glücklich fachärztliche Innere Medizin
        555555523""",
        "1 00 00 01 345678901 345678901 E10.20 G N08.3 G S42.3 G L S82.28 G R",
        {"Erstbescheinigung"},
    ),
    "12a8e1db-448c-5879-aecd-1f81f1b253d5": (
        {
            "versicherung": {
                "name": "Bayerische Beamtenkrankenkasse Aktiengesells",
                "ik": "168141347",
                "wop": "03",
                "rechtsgrundlage": "00",
            },
            "arzt": HANS | {"lanr": "999999900", "berufsbezeichnung": "Hausarzt"},
            "betriebsstaette": PRAXIS,
            "au": {
                "art": "folge",
                "seit": None,
                "bis": "2022-10-10",
                "diagnosen": SIX,
                "diagnosetext": "Ein sehr kranker Patient",
                "ursachen": ["arbeitsunfall"],
                "reha": True,
                "wiedereingliederung": True,
                "krankengeldfall": True,
            },
        },
        f"""Bayerische Beamtenkrankenkasse Aktiengesells 03 {WHO} 168141347 999999900 10.10.2022 29.09.2022
        Hausarztpraxis Dr. Topp-Glücklich Musterstr. 2 10623 Berlin Tel: 0301234567 Dr. med. Hans Topp-Glücklich
        Hausarzt 999999900""",
        f"1 00 00 00 999999900 999999900 {SICK}",
        {
            "Folgebescheinigung",
            "Arbeitsunfall, Arbeitsunfall-",
            "Leistungen zur",
            "stufenweise",
            "ab 7. AU-Woche oder",
        },
    ),
    # After an accident at work: the insurer's name, the IK of the patient's fund, every box of the left side.
    "2ed6995a-ddcb-4af9-af62-80dac413408b": (
        {
            "versicherung": {"name": "BG der Bauwirtschaft", "ik": "104212059", "wop": "03", "rechtsgrundlage": "00"},
            "arzt": HANS | {"lanr": "838382202", "berufsbezeichnung": "Hausarzt"},
            "betriebsstaette": PRAXIS | {"bsnr": "031234567"},
            "au": {
                "art": "folge",
                "endbescheinigung": True,
                "seit": None,
                "bis": "2022-10-10",
                "diagnosen": SIX,
                "diagnosetext": "Ein sehr kranker Patient",
                "ursachen": ["arbeitsunfall"],
                "durchgangsarzt": True,
                "krankengeldfall": True,
            },
        },
        f"""BG der Bauwirtschaft 03 {WHO} 104212059 838382202 10.10.2022 29.09.2022
        Hausarztpraxis Dr. Topp-Glücklich Musterstr. 2 10623 Berlin Tel: 0301234567 Dr. med. Hans Topp-Glücklich
        Hausarzt 838382202""",
        f"1 00 00 00 031234567 031234567 {SICK}",
        {
            "Folgebescheinigung",
            "Arbeitsunfall, Arbeitsunfall-",
            "dem Durchgangsarzt",
            "ab 7. AU-Woche oder",
            "Endbescheinigung",
        },
    ),
    "cdac23e6-4270-53c7-abf3-53e97d090da9": (
        {
            "versicherung": {"name": "AOK Rheinland/Hamburg", "ik": "104212059", "wop": "03", "rechtsgrundlage": "00"},
            # The KBV's trainee has no number of his own; ours always has one, if need be the pseudo number.
            "arzt": HANS | {"vorname": "Udo", "lanr": "838382202", "berufsbezeichnung": "Hausarzt in Weiterbildung"},
            "verantwortlich": HANS | {"lanr": "838382202", "berufsbezeichnung": "Hausarzt"},
            "betriebsstaette": PRAXIS | {"bsnr": "031234567"},
            "au": {
                "art": "erst",
                "seit": "2022-09-29",
                "bis": "2022-10-06",
                "diagnosen": SIX,
                "diagnosetext": "Ein sehr kranker Patient",
            },
        },
        f"""AOK Rheinland/Hamburg 03 {WHO} 104212059 838382202 29.09.2022 06.10.2022 29.09.2022
        Hausarztpraxis Dr. Topp-Glücklich Musterstr. 2 10623 Berlin Tel: 0301234567 Dr. med. Udo Topp-Glücklich
        Hausarzt in Weiterbildung 838382202 Dr. med. Hans Topp-Glücklich Hausarzt 838382202""",
        f"1 00 00 00 031234567 031234567 {SICK}",
        {"Erstbescheinigung"},
    ),
}


@pytest.mark.parametrize("copy", ["kk", "v", "ag"])
@pytest.mark.parametrize("kennung", list(EXAMPLES))
def test_the_examples_of_the_kbv_print_as_the_kbv_prints_them(kennung: str, copy: Any) -> None:
    changes, on_all, not_on_ag, marks = EXAMPLES[kennung]
    document = inputs.au() | changes | {"versicherter": PERSON, "datum": "2022-09-29"}
    document["versicherung"] = inputs.VERSICHERUNG | changes["versicherung"]
    document["au"] = changes["au"] | {"festgestellt": "2022-09-29"}
    data = render_au(
        read_au(inputs.as_bytes(document)),
        (copy,),
        kennung=UUID(kennung),
        belegnummer=None,
        pruefnummer="KBV-Pruefnummer",
    )
    page = pages(data)[0]
    values = f"{on_all} KBV-Pruefnummer {kennung}" + ("" if copy == "ag" else f" {not_on_ag}")
    assert words_of(page) == Counter(OFFICIAL[copy].split()) + Counter(values.split())
    labels = ["Erstbescheinigung", "Folgebescheinigung", "Arbeitsunfall, Arbeitsunfall-", "dem Durchgangsarzt"]
    labels += ["sonstiger Unfall,"]
    if copy != "ag":
        labels += ["Versorgungsleiden", "Leistungen zur", "stufenweise", "Sonstige"]
        labels += ["ab 7. AU-Woche oder", "Endbescheinigung"]
    assert {label for label in labels if paper.ticked(page, label)} == marks & set(labels)
