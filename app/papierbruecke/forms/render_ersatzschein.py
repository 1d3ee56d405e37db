"""The slip of the Ersatzverfahren as PDF."""

from papierbruecke.forms.draw_page import draw_page
from papierbruecke.forms.ersatzschein import TITEL, ersatzschein_page
from papierbruecke.pdf.canvas import Dokument
from papierbruecke.record.model import ErsatzscheinEingabe


def render_ersatzschein(
    eingabe: ErsatzscheinEingabe,
    *,
    belegnummer: str | None = None,
    kim_adresse: str | None = None,
    uebung: bool = False,
) -> bytes:
    """One page A5. ``kim_adresse``: the practice's own, for the check-in code of the patient's app."""
    document = Dokument(TITEL)
    draw_page(document, ersatzschein_page(eingabe, belegnummer=belegnummer, kim_adresse=kim_adresse), uebung=uebung)
    return document.as_bytes()
