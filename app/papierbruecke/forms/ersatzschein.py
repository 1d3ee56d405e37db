"""The slip of the Ersatzverfahren: who is insured where, confirmed by signature (pure layout, A5).

Internal paper of the practice, labelled as such; it does not replace Muster 5. With a stock of
Muster 5 the patient signs there, and this sheet is what the Vordruck is filled in from. Unknown
fields stay empty, to be filled in by hand. Source: KVDT P2-400 Tabelle 5; Anlage 4a BMV-Ä Anhang 1;
domain sheets forms §2.6, §7.2 and reconciliation §3.
"""

from papierbruecke.card.kostentraeger import payer_ik, payer_name
from papierbruecke.card.model import Versicherter
from papierbruecke.forms.capture_sheet import ERKLAERUNG
from papierbruecke.forms.drawing import Box, Element, Line, Page, Paragraph, QrCode, Text, Tick
from papierbruecke.forms.fit_text import fit_or_cut, joined
from papierbruecke.forms.stempel import full_name
from papierbruecke.pdf.fonts import Schrift
from papierbruecke.practice.eeb import check_in_url
from papierbruecke.record.model import ErsatzscheinEingabe

TITEL = "Ersatzschein"
HINWEIS = "Angaben zur Versicherung im Ersatzverfahren. Interner Beleg der Praxis, ersetzt nicht Muster 5."
AUF_MUSTER5 = "Unterschrift auf dem Vordruck Muster 5 (Abrechnungsschein)"
EINVERSTAENDNIS = "Die Praxis darf bei meiner Krankenkasse eine Ersatzbescheinigung (eEB) anfordern."
EINVERSTANDEN_MUENDLICH = "Einverstanden: Praxis fordert bei der Krankenkasse eine Ersatzbescheinigung (eEB) an."
A5 = (148.0, 210.0)
LEFT, RIGHT = 12.0, 138.0
_ROW_MM = 10.0
_VALUE_PT, _SMALLEST_PT = 10.0, 6.5
_TICK_MM = 3.2

GRUENDE = {
    "karte_defekt": "Karte defekt",
    "technik_defekt": "Lesegerät oder Netz defekt",
    "hausbesuch": "Hausbesuch",
    "karte_nicht_dabei": "Karte nicht dabei",
    "kartendaten_falsch": "Kartendaten falsch",
    "saeugling": "Säugling, noch ohne Karte",
    "ersatzbescheinigung": "Ersatzbescheinigung (eEB)",
}
_HERKUNFT = {
    "karte": "Karte (kein Nachweis)",
    "hand": "von Hand",
    "eeb": "Ersatzbescheinigung",
    "pvs": "Praxissoftware",
}
_GESCHLECHT = {"M": "männlich", "W": "weiblich", "X": "unbestimmt", "D": "divers"}
_ART = {"1": "1 Mitglied", "3": "3 Familie", "5": "5 Rente"}
_OHNE_UNTERSCHRIFT = {"notfall": "Notfall", "telefon": "telefonischer Kontakt"}


def ersatzschein_page(
    eingabe: ErsatzscheinEingabe, *, belegnummer: str | None = None, kim_adresse: str | None = None
) -> Page:
    """One slip; with its number as QR code, and the check-in code of the practice if it has a KIM address."""
    elements: list[Element] = [
        Text(LEFT, 18.0, TITEL, Schrift.SANS_BOLD, 16),
        Paragraph(LEFT, 24.0, 88.0, HINWEIS, Schrift.SANS, 7.5, 3.3),
    ]
    if belegnummer is not None:
        elements.append(QrCode(RIGHT - 14.5, 8.0, 0.5, belegnummer))
        elements.append(Text(RIGHT - 16.0, 18.0, belegnummer, Schrift.SANS_BOLD, 8.5, "right"))
    y = 31.0
    for fields in _rows(eingabe):
        x = LEFT
        for label, value, width in fields:
            elements += _field(x, y, width, label, value)
            x += width
        y += _ROW_MM
    elements += _reasons(eingabe, y + 2.0)
    elements += _declaration(eingabe, y + 25.0)
    return Page(*A5, tuple(elements + _foot(eingabe, kim_adresse)))


def _rows(eingabe: ErsatzscheinEingabe) -> list[list[tuple[str, str, float]]]:
    cover, person = eingabe.versicherung, eingabe.versicherter
    if person is None:
        raise AssertionError("a slip without a person is refused before")
    return [
        [
            ("Krankenkasse", payer_name(cover), 86),
            ("Kassennummer (IK)", payer_ik(cover), 40),
        ],
        [
            ("Nachname", person.nachname, 86),
            ("Versicherten-Nummer", person.versicherten_id or eingabe.skt_zusatz or "", 40),
        ],
        [
            (
                "Titel, Vorname, Namenszusatz, Vorsatzwort",
                joined(person.titel, person.vorname, person.namenszusatz, person.vorsatzwort),
                86,
            ),
            ("Geburtsdatum", _day(person.geburtsdatum), 40),
        ],
        [
            ("Straße, Hausnummer oder Postfach", _street(person), 86),
            ("Geschlecht", _GESCHLECHT.get(person.geschlecht or "", ""), 40),
        ],
        [
            ("Land, Postleitzahl, Ort", _town(person), 86),
            ("Versichertenart", _ART.get(cover.versichertenart or "", ""), 40),
        ],
        [
            ("Personengruppe", cover.personengruppe or "00", 28),
            ("DMP", cover.dmp or "00", 18),
            ("WOP", cover.wop or "", 18),
            ("Versicherungsschutz bis", _day(cover.ende), 62),
        ],
        [
            ("Quartal", f"{(eingabe.datum.month + 2) // 3}/{eingabe.datum.year}", 28),
            ("Herkunft der Angaben", _HERKUNFT[eingabe.herkunft], 58),
            ("Behandlungstag", f"{eingabe.datum:%d.%m.%Y}", 40),
        ],
        [("Bemerkung", eingabe.ersatzschein.bemerkung or "", 126)],
    ]


def _field(x: float, y: float, width: float, label: str, value: str) -> list[Element]:
    made: list[Element] = [Box(x, y, width, _ROW_MM, 0.2), Text(x + 1, y + 2.8, label, Schrift.SANS, 6.5)]
    if value:
        size, lines = fit_or_cut(value, width - 2.4, _VALUE_PT, _SMALLEST_PT, 2)
        first = y + 8.0 if len(lines) == 1 else y + 5.9
        made += [Text(x + 1.2, first + index * 2.9, line, Schrift.MONO, size) for index, line in enumerate(lines)]
    return made


def _reasons(eingabe: ErsatzscheinEingabe, y: float) -> list[Element]:
    made: list[Element] = [Text(LEFT, y + 3.0, "Warum keine Karte gelesen wurde", Schrift.SANS_BOLD, 8)]
    for index, (grund, label) in enumerate(GRUENDE.items()):
        x, top = LEFT + (index % 3) * 42.0, y + 5.2 + (index // 3) * 5.4
        made.append(Tick(x, top, _TICK_MM, eingabe.ersatzschein.grund == grund))
        made.append(Text(x + 4.6, top + 2.7, label, Schrift.SANS, 7.5))
    return made


def _declaration(eingabe: ErsatzscheinEingabe, y: float) -> list[Element]:
    exempt = eingabe.ersatzschein.unterschrift_entfaellt
    made: list[Element] = [
        Box(LEFT, y, RIGHT - LEFT, 38.0, 0.35),
        Paragraph(LEFT + 2.5, y + 5.0, RIGHT - LEFT - 5, ERKLAERUNG, Schrift.SANS, 8.5, 3.8),
        Tick(LEFT + 2.5, y + 12.4, _TICK_MM, eingabe.ersatzschein.eeb_einverstanden),
        Text(LEFT + 7.5, y + 15.2, EINVERSTAENDNIS, Schrift.SANS, 8),
    ]
    if exempt is not None:
        text = f"Unterschrift entfällt: {_OHNE_UNTERSCHRIFT[exempt]}"
        return [*made, Text(LEFT + 2.5, y + 28.0, text, Schrift.SANS_BOLD, 9)]
    if eingabe.ersatzschein.auf_muster5:
        return [
            Box(LEFT, y, RIGHT - LEFT, 38.0, 0.35),
            Text(LEFT + 2.5, y + 6.5, AUF_MUSTER5, Schrift.SANS_BOLD, 9),
            Tick(LEFT + 2.5, y + 12.4, _TICK_MM, eingabe.ersatzschein.eeb_einverstanden),
            Text(LEFT + 7.5, y + 15.2, EINVERSTANDEN_MUENDLICH, Schrift.SANS, 8),
            Tick(LEFT + 2.5, y + 24.4, _TICK_MM, False),
            Text(LEFT + 7.5, y + 27.2, "Muster 5 ist unterschrieben und abgelegt", Schrift.SANS, 8),
            Text(LEFT + 72, y + 27.2, "Zeichen", Schrift.SANS, 8),
            Line(LEFT + 84, y + 27.6, RIGHT - 2.5, y + 27.6, 0.2),
        ]
    return [
        *made,
        Line(LEFT + 2.5, y + 31.5, LEFT + 32, y + 31.5, 0.2),
        Text(LEFT + 2.5, y + 34.8, "Datum", Schrift.SANS, 6.5),
        Line(LEFT + 38, y + 31.5, RIGHT - 2.5, y + 31.5, 0.2),
        Text(LEFT + 38, y + 34.8, "Unterschrift der versicherten Person oder ihrer Vertretung", Schrift.SANS, 6.5),
    ]


def _foot(eingabe: ErsatzscheinEingabe, kim_adresse: str | None) -> list[Element]:
    place, arzt = eingabe.betriebsstaette, eingabe.arzt
    made: list[Element] = [
        Text(LEFT, 180.5, place.name, Schrift.SANS_BOLD, 7.5),
        Text(LEFT, 184.0, f"BSNR {place.bsnr}   LANR {arzt.lanr}   {full_name(arzt)}", Schrift.SANS, 7),
        Text(LEFT, 191.5, "Karte nachgelesen am", Schrift.SANS, 7.5),
        Line(LEFT + 29, 192.0, LEFT + 56, 192.0, 0.2),
        Text(LEFT + 59, 191.5, "Zeichen", Schrift.SANS, 7.5),
        Line(LEFT + 70, 192.0, LEFT + 88, 192.0, 0.2),
        Text(LEFT, 198.5, "Wird die Karte noch im Quartal gelesen, ist dieser Schein zu vernichten.", Schrift.SANS, 7),
    ]
    if kim_adresse:
        made.append(QrCode(RIGHT - 20.5, 177.0, 0.5, check_in_url(kim_adresse)))
        made.append(Text(RIGHT - 10.2, 200.5, "eEB mit der Kassen-App", Schrift.SANS, 5.5, "center"))
    return made


def _day(text: str | None) -> str:
    """TT.MM.JJJJ; unknown parts as 00 (KVDT P2-430)."""
    if not text:
        return ""
    year, month, day = [*text.split("-"), "00", "00"][:3]
    return f"{day}.{month}.{year}"


def _street(person: Versicherter) -> str:
    if person.anschrift is not None and person.anschrift.strasse:
        return joined(person.anschrift.strasse, person.anschrift.hausnummer)
    return f"Postfach {person.postfach.postfach}" if person.postfach is not None else ""


def _town(person: Versicherter) -> str:
    place = person.anschrift
    if person.postfach is not None and not (place is not None and place.strasse):
        return joined(person.postfach.land, person.postfach.plz, person.postfach.ort)
    return joined(place.land, place.plz, place.ort) if place is not None and (place.plz or place.ort) else ""
