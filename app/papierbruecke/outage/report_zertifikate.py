"""The inventory of cards and certificates on paper, for the folder of the practice."""

from papierbruecke.clock import local
from papierbruecke.outage.certificates import Inventar
from papierbruecke.pdf.flow import Fluss, Spaltenkopf
from papierbruecke.settings import Einstellungen

_SPALTEN = (
    Spaltenkopf("Gültig bis", 22, fett=True),
    Spaltenkopf("Was", 44),
    Spaltenkopf("Wo", 22),
    Spaltenkopf("Verfahren", 36),
    Spaltenkopf("Hinweis", 50),
)


def render_inventory(inventar: Inventar, settings: Einstellungen, uebung: bool) -> bytes:
    """One table, soonest end first, A4."""
    places = settings.praxis.betriebsstaetten
    practice = f"{places[0].name}, BSNR {places[0].bsnr}" if places else "Praxis"
    stand = f"Stand {local(inventar.stand):%d.%m.%Y %H:%M} Uhr" if inventar.stand is not None else "Noch keine Messung"
    flow = Fluss("Karten und Zertifikate", kopf=practice, fuss=f"{stand}. Keine Patientendaten.", uebung=uebung)
    over = sum(z.abgelaufen for z in inventar.zertifikate)
    soon = sum(z.stufe is not None for z in inventar.zertifikate)
    flow.tiles([(str(len(inventar.zertifikate)), "überwacht"), (str(soon), "bald fällig"), (str(over), "abgelaufen")])
    flow.space(2)
    if inventar.zertifikate:
        rows = [
            (f"{local(z.bis):%d.%m.%Y}", f"{z.bezeichnung} {_end(z.kennung)}", z.wo, z.verfahren, z.hinweis)
            for z in inventar.zertifikate
        ]
        flow.table(_SPALTEN, rows)
    else:
        flow.paragraph(inventar.lines()[0])
    return flow.as_bytes()


def _end(kennung: str) -> str:
    return f"…{kennung}" if kennung else ""
