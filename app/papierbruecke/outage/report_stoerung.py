"""The Störungsbericht on paper: one page for a hotline, then the raw facts with the proof of their order.

No patient data. The QR code holds the head hash of the history: printed today, it proves later
that nothing before it was changed. Source: ti-detection §5.4, issue 3 item 8.
"""

from papierbruecke.outage.answer import DIENST_NAMEN
from papierbruecke.outage.evidence import Bericht, Zeitpunkt
from papierbruecke.outage.model import Dienst
from papierbruecke.pdf.barcode import draw, qr
from papierbruecke.pdf.canvas import Seite
from papierbruecke.pdf.flow import Fluss, Spaltenkopf
from papierbruecke.settings import Einstellungen

_QR_MODULE_MM = 0.8
_ARTEN = {
    "rezept": "Rezepte (Muster 16)",
    "au": "Krankschreibungen",
    "ersatzschein": "Ersatzscheine",
    "erinnerung": "Erinnerungen",
}


def render_bericht(bericht: Bericht, settings: Einstellungen, uebung: bool) -> bytes:
    """The report as PDF, A4."""
    places = settings.praxis.betriebsstaetten
    practice = f"{places[0].name}, BSNR {places[0].bsnr}" if places else "Praxis"
    flow = Fluss(
        "Störungsbericht",
        kopf=practice,
        fuss=f"Erstellt am {bericht.erstellt.lokal} Uhr. Keine Patientendaten.",
        uebung=uebung,
    )
    _for_the_hotline(flow, bericht)
    flow.new_page()
    _raw_facts(flow, bericht)
    _proof(flow, bericht)
    return flow.as_bytes()


def _for_the_hotline(flow: Fluss, bericht: Bericht) -> None:
    until = f"zurück {bericht.ende.lokal} Uhr" if bericht.ende is not None else "noch nicht zurück"
    flow.tiles(
        [
            (_duration(bericht.dauer_min), "Dauer"),
            (str(sum(bericht.zahlen.belege.values())), "Belege auf Papier"),
            (str(bericht.zahlen.vorgaenge), "Patienten"),
            (_duration(bericht.zahlen.mehrarbeit_min), "Mehrarbeit, geschätzt"),
        ]
    )
    flow.heading("Was war")
    if bericht.haupt is not None:
        flow.paragraph(f"{bericht.haupt.satz} (Diagnose {bericht.haupt.id})")
    else:
        flow.paragraph("Die Ursache wurde nicht benannt.")
    flow.paragraph(f"Zuständig, soweit erkennbar: {bericht.verantwortlich}.")
    seen = min((layer.zuerst_gestoert for layer in bericht.schichten), key=lambda zeit: zeit.utc, default=None)
    first = f" Erste gestörte Messung {seen.lokal} Uhr." if seen is not None else ""
    flow.paragraph(f"Auf Papier umgestellt {bericht.beginn.lokal} Uhr, {until}.{first}")
    names = ", ".join(DIENST_NAMEN[Dienst(name)] for name in bericht.dienste) or "keine"
    flow.paragraph(f"Betroffen: {names}.")
    if bericht.grund:
        flow.paragraph(f"Grund laut Praxis: {bericht.grund}")
    flow.heading("Was von der Praxis aus zu sehen war")
    if not bericht.schichten:
        flow.paragraph("In dieser Zeit ist keine eigene Messung fehlgeschlagen.")
    for layer in bericht.schichten:
        good = f"zuletzt in Ordnung {layer.zuletzt_gut.lokal}" if layer.zuletzt_gut else "vorher keine Messung"
        back = f", wieder in Ordnung {layer.wieder_gut.lokal}" if layer.wieder_gut else ""
        flow.paragraph(f"{layer.schicht}: gestört ab {layer.zuerst_gestoert.lokal} ({good}{back}).")
    flow.heading("Was gematik meldete")
    if not bericht.lagebild:
        flow.paragraph("Kein Abruf des TI-Lagebilds in dieser Zeit.")
    for shot in bericht.lagebild[-6:]:
        causes = f" Ursache: {'; '.join(shot.ursachen)}." if shot.ursachen else ""
        flow.paragraph(f"Abruf {shot.abgerufen.lokal} Uhr: {shot.befund}.{causes}")
    flow.heading("Belege und Aufwand")
    rows = [(_ARTEN.get(kind, kind), str(count)) for kind, count in sorted(bericht.zahlen.belege.items())]
    if rows:
        flow.table((Spaltenkopf("Art", 80), Spaltenkopf("Anzahl", 30)), rows)
    else:
        flow.paragraph("Kein Beleg wurde in dieser Störung geschrieben.")
    flow.space(2)
    flow.paragraph("Die Mehrarbeit ist mit den in den Einstellungen hinterlegten Minuten je Beleg geschätzt.")


def _raw_facts(flow: Fluss, bericht: Bericht) -> None:
    flow.heading("Messwerte für die Technik")
    flow.paragraph(
        f"Anschlussart {bericht.anschlussart}; TI-Zugang {bericht.ti_zugang or 'nicht angegeben'}; Konnektor "
        f"{bericht.konnektor or 'unbekannt'}; Abweichung der PC-Uhr "
        f"{'unbekannt' if bericht.uhr_abweichung_s is None else f'{bericht.uhr_abweichung_s:+.1f} s'}. "
        f"Beginn {bericht.beginn.utc}, Ende {bericht.ende.utc if bericht.ende else 'offen'} (UTC)."
    )
    flow.space(2)
    _table(
        flow,
        (
            Spaltenkopf("Schicht", 38, fett=True),
            Spaltenkopf("zuletzt gut (UTC)", 39),
            Spaltenkopf("zuerst gestört (UTC)", 39),
            Spaltenkopf("Befund", 58),
        ),
        [(s.schicht, _utc(s.zuletzt_gut), s.zuerst_gestoert.utc, s.befund) for s in bericht.schichten],
    )
    flow.heading("Verlauf der Diagnose", 11)
    _table(
        flow,
        (Spaltenkopf("ab (UTC)", 39), Spaltenkopf("ab (lokal)", 37), Spaltenkopf("Zeile", 14), Spaltenkopf("Satz", 84)),
        [(d.ab.utc, d.ab.lokal, d.id or "–", d.satz) for d in bericht.diagnosen],
    )
    if bericht.zustaende:
        flow.heading("Zustände laut Konnektor", 11)
        flow.table(
            (
                Spaltenkopf("gesehen (UTC)", 39),
                Spaltenkopf("Zustand", 68),
                Spaltenkopf("Schwere", 17),
                Spaltenkopf("seit laut Konnektor", 50),
            ),
            [(z.gesehen.utc, z.zustand.upper(), z.schwere, z.laut_konnektor or "–") for z in bericht.zustaende],
        )
    if bericht.lagebild:
        flow.heading("TI-Lagebild der gematik", 11)
        flow.table(
            (Spaltenkopf("abgerufen (UTC)", 39), Spaltenkopf("Befund", 85), Spaltenkopf("SHA-256 (Anfang)", 50)),
            [(s.abgerufen.utc, "; ".join((s.befund, *s.ursachen)), s.sha256[:24]) for s in bericht.lagebild],
        )
    if bericht.zertifikate:
        flow.heading("TLS-Zertifikate des Konnektors", 11)
        flow.table(
            (
                Spaltenkopf("gesehen (UTC)", 39),
                Spaltenkopf("SHA-256", 75, mono=True),
                Spaltenkopf("Schlüssel", 38),
                Spaltenkopf("gültig bis", 22),
            ),
            [(z.gesehen.utc, z.sha256, z.schluesselart, z.gueltig_bis[:10]) for z in bericht.zertifikate],
        )


def _table(flow: Fluss, spalten: tuple[Spaltenkopf, ...], rows: list[tuple[str, ...]]) -> None:
    if rows:
        flow.table(spalten, rows)
    else:
        flow.paragraph("Keine Messung in dieser Zeit.")


def _proof(flow: Fluss, bericht: Bericht) -> None:
    flow.heading("Beweis der Reihenfolge", 11)
    span = f"Zeilen {bericht.zeilen[0]} bis {bericht.zeilen[1]}" if bericht.zeilen else "keine Zeilen"
    state = "unverändert" if not bericht.kette else f"NICHT unverändert: {' '.join(bericht.kette)}"
    flow.paragraph(
        f"Grundlage: {span} des Beobachtungsprotokolls; die Kette der Prüfsummen ist {state}. Jede Zeile trägt die "
        "Prüfsumme (SHA-256) der vorigen. Kopf der Kette bei Erstellung dieses Berichts:"
    )
    flow.paragraph(bericht.kopf_hash)
    symbol = qr(bericht.kopf_hash, _QR_MODULE_MM)

    def code(page: Seite, y_mm: float) -> None:
        draw(page, symbol, 18.0, y_mm)

    flow.space(2)
    flow.place(symbol.height_mm + 2, code)


def _duration(minutes: int) -> str:
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"


def _utc(moment: Zeitpunkt | None) -> str:
    return moment.utc if moment is not None else "–"
