"""The calibration page of Muster 16: held with an original against the light, it gives the offset.

Printed on white paper through the same way as a prescription. Around the frame's left and top
edge stand marks every half millimetre: the mark that lies on the original's line is the
correction (forms sheet §4).
"""

from papierbruecke.forms.draw_page import draw_page
from papierbruecke.forms.drawing import Box, Element, Line, Page, Paragraph, Text
from papierbruecke.forms.geometry import muster16
from papierbruecke.forms.personalienfeld import SPALTEN
from papierbruecke.pdf.canvas import Dokument
from papierbruecke.pdf.fonts import Schrift
from papierbruecke.settings_desk import DruckEinstellungen

TITEL = "Kalibrierung Muster 16"
RULER = ("1234567890" * 3)[:SPALTEN]
REACH_MM = 3.0
STEP_MM = 0.5
BAR_MM = 100.0
CROSS_MM = 1.2
_LINE_MM = 0.1


def render_calibration(settings: DruckEinstellungen) -> bytes:
    """The page as PDF; names the offset that is set now."""
    document = Dokument(TITEL)
    draw_page(document, calibration_page(settings.muster16_dx_mm, settings.muster16_dy_mm))
    return document.as_bytes()


def calibration_page(dx_mm: float, dy_mm: float) -> Page:
    """Outlines of the form, a cross in every box, the 30-column ruler, the marks, a bar of 100 mm."""
    form = muster16()
    elements: list[Element] = [
        Box(x0, y0, x1 - x0, y1 - y0, _LINE_MM) for x0, y0, x1, y1 in form.vordruck.kaesten.values()
    ]
    elements += [Line(*line, width_mm=_LINE_MM) for line in form.vordruck.linien[:7]]
    for x, y in form.kreuz.mitten.values():
        elements += _cross(x, y)
    for name, (_, x) in form.ziffern.mitten.items():
        _, y0, _, y1 = form.vordruck.kaesten[name]
        elements += _cross(x, (y0 + y1) / 2)
    lage = form.personalienfeld
    elements += [Text(lage.x, lage.grundlinien[line], RULER, Schrift.MONO, lage.groesse_pt) for line in (0, 6)]
    frame = form.vordruck.kasten("personalienfeld")
    elements += _marks(frame.x0, 27.7, across=True)
    elements += _marks(frame.y0, 60.0, across=False)
    return Page(*form.seite, tuple(elements + _texts(dx_mm, dy_mm)))


def _cross(x: float, y: float) -> list[Element]:
    return [
        Line(x - CROSS_MM, y, x + CROSS_MM, y, _LINE_MM),
        Line(x, y - CROSS_MM, x, y + CROSS_MM, _LINE_MM),
    ]


def _marks(edge: float, along: float, *, across: bool) -> list[Element]:
    """Marks beside a line of the frame; ``across``: the line is upright and the marks count to the right."""
    elements: list[Element] = []
    for number in range(-round(REACH_MM / STEP_MM), round(REACH_MM / STEP_MM) + 1):
        offset = number * STEP_MM
        length = 1.9 if offset == int(offset) else 1.1
        place = edge + offset
        if across:
            elements.append(Line(place, along, place, along + length, _LINE_MM))
        else:
            elements.append(Line(along, place, along + length, place, _LINE_MM))
        if abs(offset) == REACH_MM:
            label = f"{offset:+.0f}"
            if across:  # beside the row of marks: above it stands the box "noctu"
                aside = -0.6 if offset < 0 else 0.6
                elements.append(
                    Text(place + aside, along + 1.6, label, Schrift.SANS, 5, "right" if offset < 0 else "left")
                )
            else:
                elements.append(Text(along - 0.6, place + 0.6, label, Schrift.SANS, 5, "right"))
    return elements


def _texts(dx_mm: float, dy_mm: float) -> list[Element]:
    steps = (
        "*Auf* *weißes* *Papier* drucken, nicht auf ein rosa Original. Mit einem Original gegen das Licht halten: "
        "Rahmen und Kästchen decken sich. Tun sie es nicht: Der Strich, der auf der linken Rahmenlinie des Originals "
        "liegt, ist die Korrektur „nach rechts“, der Strich auf der oberen Rahmenlinie die Korrektur „nach unten“. "
        "Beide zu den eingestellten Werten zählen und noch einmal drucken."
    )
    return [
        Text(12, 58, TITEL, Schrift.SANS_BOLD, 10),
        Paragraph(12, 63, 84, steps, Schrift.SANS, 7, 3.2),
        Text(101.5, 58, "Eingestellt", Schrift.SANS_BOLD, 7),
        Text(101.5, 63, f"{_number(dx_mm)} mm nach rechts", Schrift.SANS, 7),
        Text(101.5, 66.2, f"{_number(dy_mm)} mm nach unten", Schrift.SANS, 7),
        Line(24, 86.5, 24 + BAR_MM, 86.5, 0.3),
        Line(24, 85.3, 24, 87.7, 0.3),
        Line(24 + BAR_MM, 85.3, 24 + BAR_MM, 87.7, 0.3),
        Text(
            74, 85.6, "Dieser Balken ist genau 100 mm lang. Sonst verkleinert der Drucker.", Schrift.SANS, 6, "center"
        ),
    ]


def _number(value: float) -> str:
    return f"{value:+.1f}".replace(".", ",") if value else "0,0"
