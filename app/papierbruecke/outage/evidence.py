"""The evidence of one Störung: facts with their sources, ready for hotline, KV and Krankenkasse (pure).

No patient data, no PIN, no KVNR, no holder name: observations hold none, of Belege only numbers
are given. Wording: facts, not blame. Source: ti-detection §5.4, issue 3 item 8.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from papierbruecke.clock import local
from papierbruecke.outage.catalogue import katalog
from papierbruecke.outage.incident import Stoerung
from papierbruecke.outage.model import Dienst, Umfeld
from papierbruecke.outage.samples import Zeile
from papierbruecke.redact import Value

VORHER = timedelta(hours=2)
NACHHER = timedelta(minutes=30)
"""What belongs to the evidence around an incident: the last good samples and the recovery."""

_LAYERS = (
    ("Computer", "P0", "pc"),
    ("Router", "P1", "router"),
    ("Namensauskunft", "P2", "internet"),
    ("Internet", "P3", "internet"),
    ("Konnektor (Verbindung)", "P4", "konnektor"),
    ("Konnektor (Zertifikat)", "P5", "konnektor"),
    ("Konnektor (Antwort)", "P7", "konnektor"),
    ("Kartenterminal", "P8", "terminal"),
    ("Praxiskarte (SMC-B)", "P8", "smcb"),
    ("Heilberufsausweis", "P8", "hba"),
    ("Namen der TI (dieser PC)", "P10", "system"),
    ("Namen der TI (Konnektor)", "P10", "konnektor"),
    ("KIM-Programm", "P12", "kim"),
)
_MAX_ROWS = 200


class Zeitpunkt(Value):
    """A moment twice: as the world counts it and as the wall clock of the practice showed it."""

    utc: str
    lokal: str


class Schichtbeleg(Value):
    """One layer: the last good sample before its first failure in this incident, and that failure."""

    schicht: str
    zuletzt_gut: Zeitpunkt | None
    zuerst_gestoert: Zeitpunkt
    wieder_gut: Zeitpunkt | None
    befund: str


class Zustandsbeleg(Value):
    """An error state with the Konnektor's own time, unchanged, beside ours."""

    gesehen: Zeitpunkt
    zustand: str
    schwere: str
    laut_konnektor: str | None


class Lagebildbeleg(Value):
    """A snapshot of the Lagebild with its fetch time; ``dokument``: the archived answer, None if too large."""

    abgerufen: Zeitpunkt
    befund: str
    ursachen: tuple[str, ...]
    sha256: str
    dokument: str | None = None


class Zertifikatsbeleg(Value):
    """A server certificate of the Konnektor, from when on it was seen."""

    gesehen: Zeitpunkt
    sha256: str
    schluesselart: str
    gueltig_bis: str


class Diagnosebeleg(Value):
    """A change of the diagnosis."""

    ab: Zeitpunkt
    id: str | None
    satz: str


class Zahlen(Value):
    """What the outage cost: Belege by kind, patients (Vorgänge), estimated extra minutes."""

    belege: dict[str, int]
    vorgaenge: int
    mehrarbeit_min: int


class Bericht(Value):
    """Everything of the report; ``kopf_hash`` is the head of the history when it was made."""

    erstellt: Zeitpunkt
    beginn: Zeitpunkt
    ende: Zeitpunkt | None
    dauer_min: int
    grund: str | None
    dienste: tuple[str, ...]
    anschlussart: str
    ti_zugang: str | None
    diagnosen: tuple[Diagnosebeleg, ...]
    haupt: Diagnosebeleg | None
    verantwortlich: str
    schichten: tuple[Schichtbeleg, ...]
    zustaende: tuple[Zustandsbeleg, ...]
    lagebild: tuple[Lagebildbeleg, ...]
    zertifikate: tuple[Zertifikatsbeleg, ...]
    konnektor: str
    uhr_abweichung_s: float | None
    zahlen: Zahlen
    zeilen: tuple[int, int] | None  # first and last row number of the history that this rests on
    kette: tuple[str, ...]  # findings; empty = intact
    kopf_hash: str


def moment(zeit: datetime) -> Zeitpunkt:
    """Both clocks."""
    utc = zeit.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return Zeitpunkt(utc=utc, lokal=f"{local(zeit):%d.%m.%Y %H:%M:%S}")


def build_bericht(
    stoerung: Stoerung,
    rows: Sequence[Zeile],
    umfeld: Umfeld,
    now: datetime,
    *,
    belege: Mapping[str, int],
    vorgaenge: int,
    minuten_je_beleg: Mapping[str, float],
    kette: Sequence[str],
    kopf_hash: str,
    verzeichnis: Mapping[str, Any] | None = None,
) -> Bericht:
    """The report on one Störung; ``rows``: history from ``VORHER`` before to ``NACHHER`` after it."""
    end = stoerung.ende
    diagnosen = _diagnoses(rows, stoerung.beginn)
    haupt = _main(diagnosen, stoerung)
    minutes = sum(count * minuten_je_beleg.get(kind, 0.0) for kind, count in belege.items())
    product = verzeichnis or {}
    return Bericht(
        erstellt=moment(now),
        beginn=moment(stoerung.beginn),
        ende=moment(end) if end is not None else None,
        dauer_min=round(((end or now) - stoerung.beginn).total_seconds() / 60),
        grund=stoerung.grund,
        dienste=tuple(dienst.value for dienst in Dienst if dienst in stoerung.dienste),
        anschlussart=umfeld.anschlussart.value,
        ti_zugang=umfeld.ti_zugang_anbieter,
        diagnosen=diagnosen,
        haupt=haupt,
        verantwortlich=_responsible(haupt, umfeld),
        schichten=_layers(rows, stoerung.beginn - timedelta(minutes=30)),
        zustaende=_states(rows),
        lagebild=_snapshots(rows),
        zertifikate=_certificates(rows),
        konnektor=" ".join(str(product.get(name, "")) for name in ("hersteller", "produkt", "firmware")).strip(),
        uhr_abweichung_s=_offset(rows),
        zahlen=Zahlen(belege=dict(belege), vorgaenge=vorgaenge, mehrarbeit_min=round(minutes)),
        zeilen=(rows[0].nummer, rows[-1].nummer) if rows else None,
        kette=tuple(kette),
        kopf_hash=kopf_hash,
    )


def _diagnoses(rows: Iterable[Zeile], begin: datetime) -> tuple[Diagnosebeleg, ...]:
    found = [row for row in rows if row.was == "diagnose"]
    first = max((n for n, row in enumerate(found) if row.zeit <= begin), default=0)
    told: list[Diagnosebeleg] = []
    for row in found[first:][:_MAX_ROWS]:
        satz = row.inhalt.get("satz") or "Alles in Ordnung."
        told.append(Diagnosebeleg(ab=moment(row.zeit), id=row.inhalt.get("diagnose"), satz=str(satz)))
    return tuple(told)


def _main(diagnosen: Sequence[Diagnosebeleg], stoerung: Stoerung) -> Diagnosebeleg | None:
    """The row that explains most: the last named one that is no mere observation."""
    named = [d for d in diagnosen if d.id is not None and d.id not in ("D51", "D49")]
    if named:
        return named[-1]
    row = katalog().diagnosen.get(stoerung.diagnose or "")
    if row is None or stoerung.diagnose is None:
        return None
    return Diagnosebeleg(ab=moment(stoerung.beginn), id=stoerung.diagnose, satz=row.titel)


def _responsible(haupt: Diagnosebeleg | None, umfeld: Umfeld) -> str:
    row = katalog().diagnosen.get((haupt.id if haupt else None) or "")
    if row is None:
        return "offen"
    name = f"({umfeld.ti_zugang_anbieter})" if umfeld.ti_zugang_anbieter and row.gruppe in ("vpn", "konnektor") else ""
    return row.verantwortlich.replace("{Name}", name).strip()


def _layers(rows: Sequence[Zeile], begin: datetime) -> tuple[Schichtbeleg, ...]:
    found = [_layer(name, _words(rows, probe, ziel), begin) for name, probe, ziel in _LAYERS]
    tunnel = _layer("TI-Tunnel", _tunnel_words(rows), begin)
    return tuple(layer for layer in (*found[:7], tunnel, *found[7:]) if layer is not None)


Word = tuple[datetime, bool, str]


def _words(rows: Iterable[Zeile], probe: str, ziel: str) -> list[Word]:
    """Every stored word of a series: changes, and the last word of every five minutes."""
    words: list[Word] = []
    for row in rows:
        for word in _observations(row):
            if (word.get("probe"), word.get("ziel")) == (probe, ziel) and word.get("ergebnis") in ("ok", "fehler"):
                befund = str(word.get("befund") or word.get("schluessel") or "")
                words.append((row.zeit, word["ergebnis"] == "ok", befund))
    return words


def _tunnel_words(rows: Iterable[Zeile]) -> list[Word]:
    words: list[Word] = []
    for row in rows:
        for word in _observations(row):
            vpn = word.get("vpn_ti", word.get("daten", {}).get("vpn_ti"))
            if word.get("probe") == "P7" and isinstance(vpn, bool):
                told = word.get("daten", {}).get("vpn_ti_seit")
                words.append((row.zeit, vpn, f"nicht verbunden, laut Konnektor seit {told}" if told else "getrennt"))
    return words


def _observations(row: Zeile) -> list[dict[str, Any]]:
    if row.was == "wechsel":
        return [row.inhalt]
    return row.inhalt.get("proben", []) if row.was == "takt" else []


def _layer(name: str, words: Sequence[Word], begin: datetime) -> Schichtbeleg | None:
    first = next((n for n, (zeit, ok, _) in enumerate(words) if not ok and zeit >= begin), None)
    if first is None:
        return None
    good = [zeit for zeit, ok, _ in words[:first] if ok]
    back = next((zeit for zeit, ok, _ in words[first:] if ok), None)
    return Schichtbeleg(
        schicht=name,
        zuletzt_gut=moment(good[-1]) if good else None,
        zuerst_gestoert=moment(words[first][0]),
        wieder_gut=moment(back) if back is not None else None,
        befund=words[first][2],
    )


def _changes(rows: Iterable[Zeile], probe: str) -> Iterable[tuple[datetime, dict[str, Any]]]:
    for row in rows:
        if row.was == "wechsel" and row.inhalt.get("probe") == probe:
            yield row.zeit, row.inhalt


def _states(rows: Iterable[Zeile]) -> tuple[Zustandsbeleg, ...]:
    seen: dict[tuple[str, str | None], Zustandsbeleg] = {}
    for zeit, word in _changes(rows, "P7"):
        for state in word.get("daten", {}).get("fehlerzustaende") or []:
            key = (str(state.get("name")), state.get("seit"))
            beleg = Zustandsbeleg(
                gesehen=moment(zeit), zustand=key[0], schwere=str(state.get("schwere", "")), laut_konnektor=key[1]
            )
            seen.setdefault(key, beleg)
    return tuple(seen.values())[:_MAX_ROWS]


def _snapshots(rows: Iterable[Zeile]) -> tuple[Lagebildbeleg, ...]:
    found: list[Lagebildbeleg] = []
    for zeit, word in _changes(rows, "P13"):
        daten = word.get("daten", {})
        causes = [
            " ".join(str(cause.get(name, "")) for name in ("organisation", "komponente", "funktion")).strip()
            for cause in daten.get("ursachen") or []
        ]
        found.append(
            Lagebildbeleg(
                abgerufen=moment(zeit),
                befund=str(word.get("befund", "")),
                ursachen=tuple(causes),
                sha256=str(daten.get("sha256", "")),
                dokument=daten.get("dokument"),
            )
        )
    return tuple(found)[:_MAX_ROWS]


def _certificates(rows: Iterable[Zeile]) -> tuple[Zertifikatsbeleg, ...]:
    seen: dict[str, Zertifikatsbeleg] = {}
    for zeit, word in _changes(rows, "P5"):
        daten = word.get("daten", {})
        if daten.get("sha256"):
            beleg = Zertifikatsbeleg(
                gesehen=moment(zeit),
                sha256=str(daten["sha256"]),
                schluesselart=str(daten.get("schluesselart", "")),
                gueltig_bis=str(daten.get("not_after", "")),
            )
            seen.setdefault(beleg.sha256, beleg)
    return tuple(seen.values())


def _offset(rows: Iterable[Zeile]) -> float | None:
    offset: float | None = None
    for _, word in _changes(rows, "P14"):
        told = word.get("daten", {}).get("versatz_s")
        offset = float(told) if isinstance(told, int | float) else offset
    return offset
