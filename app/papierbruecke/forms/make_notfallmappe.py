"""Make a new Notfallmappe: number its sheets in the store, then draw it."""

from collections.abc import Callable
from datetime import date
from uuid import uuid4

from papierbruecke.errors import Einwand, InputRefused
from papierbruecke.forms.draw_page import draw_page
from papierbruecke.forms.notfallmappe import Mappe, Teil, Vordruck, end_of_next_quarter, teile
from papierbruecke.outbox.store import NummernStore
from papierbruecke.pdf.canvas import Dokument
from papierbruecke.record.belegnummer import NOTFALL_BLOCK
from papierbruecke.record.kennung import new_kennung
from papierbruecke.record.model import BelegArt
from papierbruecke.settings import Einstellungen


def make_notfallmappe(
    store: NummernStore,
    settings: Einstellungen,
    *,
    heute: date,
    wer: str,
    anzahl: int,
    papier: str = "a5",
    ersetzen_nach: date | None = None,
    uebung: bool = False,
    on_progress: Callable[[int, int], None] | None = None,
) -> dict[str, bytes]:
    """The files of the Notfallmappe, name (``04-krankschreibungen.pdf``) to content, in order.

    ``anzahl``: so many sets of sick notes and so many capture sheets. Their numbers are drawn
    first and never given again, even if nobody prints the files; therefore drawing them cannot be
    stopped half-way. Raises InputRefused if the desk's numbers of this day do not suffice.
    """
    au = [new_kennung(BelegArt.AU) for _ in range(anzahl)]
    boegen = [uuid4() for _ in range(anzahl)]
    used = sum(number.startswith(f"{heute:%d%m%y}-") for number in store.preprinted())
    if used + 2 * anzahl > NOTFALL_BLOCK:
        left = max(0, NOTFALL_BLOCK - used) // 2
        text = f"Für heute sind nur noch {left} Sätze zu nummerieren. Bitte weniger drucken oder morgen weitermachen."
        raise InputRefused((Einwand("anzahl", "Design §2", text),))
    numbers = store.preprint(heute, settings.praxis.platz, [*au, *boegen], wer)
    mappe = Mappe(
        hergestellt=heute,
        ersetzen_nach=ersetzen_nach or end_of_next_quarter(heute),
        settings=settings,
        au=tuple(Vordruck(kennung, numbers[kennung]) for kennung in au),
        boegen=tuple(Vordruck(kennung, numbers[kennung]) for kennung in boegen),
        papier=papier,
    )
    files: dict[str, bytes] = {}
    for teil in (parts := teile(mappe)):
        if on_progress is not None:
            on_progress(len(files), len(parts))
        files[f"{teil.name}.pdf"] = render(teil, uebung)
    return files


def render(teil: Teil, uebung: bool = False) -> bytes:
    """One part as a file."""
    document = Dokument(f"Notfallmappe: {teil.titel}")
    for page in teil.seiten:
        draw_page(document, page, uebung=uebung)
    return document.as_bytes()
