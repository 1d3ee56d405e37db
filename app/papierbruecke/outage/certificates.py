"""The inventory of cards and certificates: what ends when, and what to do about it (pure).

Replacing an SMC-B or HBA takes weeks (order, PIN letter, activation, KIM), so the first warning
comes at 90 days and says so. Source: ti-detection §1.8; warning steps design §12.
"""

import csv
import io
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from papierbruecke.clock import local
from papierbruecke.outage.hints import warning_step
from papierbruecke.outage.model import Messung
from papierbruecke.redact import Value

_KINDS = {
    "SMC-B": "Praxiskarte (SMC-B)",
    "SM-B": "Praxiskarte (SM-B)",
    "HSM-B": "Praxiskarte im Rechenzentrum (HSM-B)",
    "HBA": "Heilberufsausweis (HBA)",
    "SMC-KT": "Gerätekarte Kartenterminal (SMC-KT)",
    "gSMC-K": "Gerätekarte Konnektor (gSMC-K)",
    "TLS": "Konnektor (TLS)",
    "P12": "Clientzertifikat dieses Programms",
    "KIM": "KIM-Programm (TLS)",
}
_ORDER = "Bestellung, PIN-Brief und Freischaltung dauern mehrere Wochen"
_ADVICE = {
    "SMC-B": f"Folgekarte beim Kartenanbieter bestellen; {_ORDER}.",
    "SM-B": f"Folgekarte beim Kartenanbieter bestellen; {_ORDER}.",
    "HSM-B": "Beim Betreiber des Rechenzentrums nach der Verlängerung fragen.",
    "HBA": f"Folgeausweis beim Kartenanbieter bestellen; {_ORDER}.",
    "SMC-KT": "Den DVO nach einer neuen Gerätekarte für das Kartenterminal fragen.",
    "gSMC-K": "Den DVO fragen: Laufzeitverlängerung, Gerätetausch oder TI-Gateway.",
    "TLS": "Den DVO fragen, wann das Zertifikat am Konnektor erneuert wird; danach hier neu bestätigen.",
    "P12": "Den DVO bitten, am Konnektor ein neues Clientzertifikat zu exportieren.",
    "KIM": "Den KIM-Anbieter fragen, wann das Zertifikat erneuert wird; danach hier neu bestätigen.",
}
_NO_ADVICE = "Den DVO fragen."
_PREFIXES = ("HBA",)  # HBAx, HBA-qSig


class Zertifikat(Value):
    """One row. ``tage``: calendar days left, negative if over; ``stufe``: the warning step reached."""

    was: str  # SMC-B, HBA, SMC-KT, gSMC-K, TLS, P12
    bezeichnung: str
    wo: str
    verfahren: str  # "RSA", "ECC", "EC-brainpoolP256r1", "" = not known
    kennung: str  # end of the ICCSN, or of the fingerprint
    bis: datetime
    tage: int
    stufe: int | None
    abgelaufen: bool
    hinweis: str


class Inventar(Value):
    """Everything that is watched, soonest end first; ``stand``: the oldest answer it rests on."""

    stand: datetime | None
    zertifikate: tuple[Zertifikat, ...]

    @property
    def good(self) -> bool:
        """Whether nothing is over or within a warning step."""
        return not any(z.abgelaufen or z.stufe is not None for z in self.zertifikate)

    def as_dict(self) -> dict[str, Any]:
        """The rows for the command's answer."""
        return self.model_dump(mode="json")

    def lines(self) -> list[str]:
        """The rows for reading."""
        if not self.zertifikate:
            return ["Es ist noch kein Zertifikat bekannt; dafür muss der Konnektor eingerichtet und erreichbar sein."]
        return [
            f"{local(z.bis):%d.%m.%Y}  {z.bezeichnung:<40} {z.verfahren:<20} {z.wo:<24} {z.hinweis}"
            for z in self.zertifikate
        ]

    def csv(self) -> str:
        """The rows as CSV for a spreadsheet: semicolons and dates as in Germany."""
        out = io.StringIO()
        writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
        writer.writerow(("Was", "Wo", "Verfahren", "Kennung", "Gültig bis", "Tage", "Hinweis"))
        for z in self.zertifikate:
            row = (z.bezeichnung, z.wo, z.verfahren, z.kennung, f"{local(z.bis):%d.%m.%Y}", str(z.tage), z.hinweis)
            writer.writerow([_harmless(cell) for cell in row])
        return out.getvalue()


def _harmless(cell: str) -> str:
    """Text that a spreadsheet would take for a formula gets a quote in front; numbers stay."""
    risky = cell[:1] in "=+@\t\r" or (cell[:1] == "-" and not cell[1:].isdigit())
    return f"'{cell}" if cell and risky else cell


def build_inventory(messungen: Iterable[Messung], now: datetime, steps: tuple[int, ...]) -> Inventar:
    """The inventory from the last good words of P5, P8, P9 and P12."""
    rows: dict[tuple[str, str, str], Zertifikat] = {}
    stands: list[datetime] = []
    for messung in messungen:
        for was, wo, art, ident, bis in _entries(messung):
            until = _moment(bis)
            if until is None:
                continue
            stands.append(messung.zeit)
            row = _row(was, wo, art, ident, until, now, steps)
            key = (was, row.kennung or wo, until.date().isoformat())
            known = rows.get(key)
            # P9 knows the kind of key, P8 the terminal: keep what says more.
            if known is None or (len(row.verfahren) + len(row.wo)) > (len(known.verfahren) + len(known.wo)):
                rows[key] = row
    ordered = sorted(rows.values(), key=lambda z: (z.bis, z.bezeichnung, z.kennung))
    return Inventar(stand=min(stands, default=None), zertifikate=tuple(ordered))


def _entries(messung: Messung) -> list[tuple[str, str, str, str, Any]]:
    daten = messung.daten
    if messung.probe == "P9":
        listed = daten.get("zertifikate")
        return [
            (
                str(row.get("was", "")),
                str(row.get("ort", "")),
                str(row.get("art", "")),
                str(row.get("iccsn", "")),
                row.get("bis"),
            )
            for row in (listed if isinstance(listed, list) else ())
            if isinstance(row, dict)
        ]
    if messung.probe in ("P5", "P12"):
        return [
            (
                *(("TLS", "Konnektor") if messung.probe == "P5" else ("KIM", "KIM-Programm")),
                str(daten.get("schluesselart", "")),
                str(daten.get("sha256", "")),
                daten.get("not_after"),
            )
        ]
    if messung.probe == "P8" and messung.ziel in ("smcb", "hba"):
        kind = {"smcb": "SMC-B", "hba": "HBA"}[messung.ziel]
        return [(kind, str(daten.get("terminal", "")), "", str(daten.get("iccsn", "")), daten.get("bis"))]
    return []


def _row(was: str, wo: str, art: str, ident: str, until: datetime, now: datetime, steps: tuple[int, ...]) -> Zertifikat:
    kind = next((prefix for prefix in _PREFIXES if was.upper().startswith(prefix)), was)
    left = (until - now) / timedelta(days=1)
    step, over = warning_step(left, steps), until <= now
    days = (local(until).date() - local(now).date()).days
    advice = _ADVICE.get(kind, _NO_ADVICE)
    if over:
        hinweis = f"Abgelaufen. {advice}"
    elif step is not None:
        hinweis = f"In {days} Tagen. {advice}" if days else f"Heute. {advice}"
    else:
        hinweis = "in Ordnung"
    return Zertifikat(
        was=was,
        bezeichnung=_KINDS.get(kind, was or "Zertifikat"),
        wo=wo,
        verfahren=art,
        kennung=ident[:16] if was in ("TLS", "KIM") else ident[-5:],
        bis=until,
        tage=days,
        stufe=step,
        abgelaufen=over,
        hinweis=hinweis,
    )


def _moment(text: Any) -> datetime | None:
    try:
        until = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return until if until.tzinfo is not None else None
