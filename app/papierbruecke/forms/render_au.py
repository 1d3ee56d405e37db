"""The paper AU as PDF: hands the layout to ``pdf``, one page per copy.

A file that holds only AG copies carries no diagnosis, status or BSNR anywhere, metadata
included: those values never reach its page (P6-02, design §3 rule 7).
"""

from collections.abc import Sequence
from uuid import UUID

from papierbruecke.forms.au import AuCopy, au_page
from papierbruecke.forms.au_text import Ausfertigung
from papierbruecke.forms.draw_page import draw_page
from papierbruecke.pdf.canvas import Dokument
from papierbruecke.record.model import Eingabe

TITEL = "Arbeitsunfähigkeitsbescheinigung"


def render_au(
    eingabe: Eingabe,
    copies: Sequence[Ausfertigung],
    *,
    kennung: UUID,
    belegnummer: str | None,
    pruefnummer: str | None,
    papier: str = "a5",
    uebung: bool = False,
    nur_personalien: bool = False,
) -> bytes:
    """The wanted copies of a sick note, in the order given.

    ``kennung`` is the Dokumenten-ID that the eAU will carry; it stands in full on each copy.
    ``papier``: ``a5`` or ``a4``. ``nur_personalien``, or an input without medical part: patient,
    BSNR and LANR only, the rest is filled in by hand (P6-02 AC6). Raises InputRefused if the
    stamp does not fit its box.
    """
    shown = persons_only(eingabe) if nur_personalien else eingabe
    return _file(
        [AuCopy(copy, shown, kennung=kennung, belegnummer=belegnummer, pruefnummer=pruefnummer) for copy in copies],
        papier,
        uebung,
    )


def persons_only(eingabe: Eingabe) -> Eingabe:
    """The same input without its medical part, which then cannot reach the page."""
    kept = {name: getattr(eingabe, name) for name in Eingabe.model_fields}
    return Eingabe.model_construct(**kept)


def render_au_view(eingabe: Eingabe, *, kennung: UUID, pruefnummer: str, uebung: bool = False) -> bytes:
    """The Krankenkasse copy to look at before signing, without its barcode (TA eAU P4-02 AC1)."""
    return _file([AuCopy("kk", eingabe, kennung=kennung, pruefnummer=pruefnummer, barcode=False)], "a5", uebung)


def render_au_blanko(copies: Sequence[Ausfertigung], *, papier: str = "a5", uebung: bool = False) -> bytes:
    """Empty copies for the emergency stack, without barcode and without any data (P6-02 AC5)."""
    return _file([AuCopy(copy) for copy in copies], papier, uebung)


def _file(copies: Sequence[AuCopy], papier: str, uebung: bool) -> bytes:
    document = Dokument(TITEL)
    for copy in copies:
        draw_page(document, au_page(copy, papier), uebung=uebung)
    return document.as_bytes()
