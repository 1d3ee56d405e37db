"""The Lage as an answer: the JSON of design §6.3, German lines, and the schema of both."""

from datetime import datetime
from typing import Any

from papierbruecke.clock import local
from papierbruecke.outage.model import Diagnose, Dienst, DienstZustand, Ergebnis, Lage

DIENST_NAMEN = {
    Dienst.VSDM: "Karte (VSDM)",
    Dienst.EREZEPT: "E-Rezept",
    Dienst.KIM: "eAU und KIM",
    Dienst.EPA: "ePA",
}
ZUSTAND_NAMEN = {
    DienstZustand.VERFUEGBAR: "verfügbar",
    DienstZustand.GESTOERT: "gestört",
    DienstZustand.UNKLAR: "unklar",
}


def lage_json(lage: Lage) -> dict[str, Any]:
    """One JSON document exactly as design §6.3; times are local with offset."""
    return {
        "zeit": _time(lage.zeit),
        "diagnose": _diagnose(lage.diagnose) if lage.diagnose is not None else None,
        "weitere": [_diagnose(row) for row in lage.weitere],
        "hinweise": [{"id": hint.id, "satz": hint.satz} for hint in lage.hinweise],
        "dienste": {
            dienst.value: {"zustand": state.zustand.value, "seit": _time(state.seit)}
            for dienst, state in lage.dienste.items()
        },
        "proben": [
            {
                "id": m.probe,
                "ziel": m.ziel,
                "ergebnis": m.ergebnis.value,
                "dauer_ms": m.dauer_ms,
                "befund": m.befund,
            }
            for m in lage.proben
        ],
    }


def lage_lines(lage: Lage) -> list[str]:
    """The same for reading: what is broken, whose job it is, what works, what to do now."""
    lines: list[str] = []
    if lage.diagnose is None:
        lines.append("Die TI ist erreichbar, alles ist in Ordnung." if lage.alles_gut else "Die TI ist erreichbar.")
    else:
        for row in (lage.diagnose, *lage.weitere):
            since = f" Seit {_clock(row.seit, lage.zeit)}." if row.seit is not None else ""
            lines += [f"{row.satz}{since}", f"  {row.massnahme}", f"  Zuständig: {_responsible(row)} [{row.id}]"]
    for dienst, state in lage.dienste.items():
        since = f" seit {_clock(state.seit, lage.zeit)}" if state.seit is not None else ""
        shown = since if state.zustand is not DienstZustand.VERFUEGBAR else ""
        lines.append(f"{DIENST_NAMEN[dienst]:<14}{ZUSTAND_NAMEN[state.zustand]}{shown}")
    lines += [f"Hinweis: {hint.satz}" for hint in lage.hinweise]
    return lines


def erezept_sentence(lage: Lage) -> str:
    """What the E-Rezept-Fachdienst said when a person asked, and when that was."""
    word = next((m for m in lage.proben if (m.probe, m.ziel) == ("P11", "erezept")), None)
    if word is None:
        return "Der E-Rezept-Dienst lässt sich von diesem Platz aus nicht fragen."
    when = f"um {_clock(word.zeit, lage.zeit)}"
    if word.ergebnis is Ergebnis.OK:
        return f"Der E-Rezept-Dienst hat {when} geantwortet."
    if word.ergebnis is Ergebnis.FEHLER:
        return f"Der E-Rezept-Dienst hat {when} nicht geantwortet. Bitte im Zweifel Muster 16 ausstellen."
    if word.ergebnis is Ergebnis.KEINE_AUSSAGE:
        return "Der E-Rezept-Dienst lässt sich gerade nicht beurteilen, weil schon der Weg dorthin gestört ist."
    return f"Der E-Rezept-Dienst wurde zuletzt {when} gefragt; das sagt über jetzt nichts."


def evidence_sentence(lage: Lage) -> str:
    """One sentence for the hotline: facts and sources, no blame (ti-detection §5.4)."""
    words: list[str] = []
    for name, probe, ziel in (("Internet", "P3", "internet"), ("Konnektor", "P4", "konnektor"), ("KIM", "P12", "kim")):
        word = next((m for m in lage.proben if (m.probe, m.ziel) == (probe, ziel)), None)
        if word is not None and word.ergebnis in (Ergebnis.OK, Ergebnis.FEHLER):
            words.append(f"{name} {'ja' if word.ergebnis is Ergebnis.OK else 'nein'}")
    tunnel = next((m for m in lage.proben if m.probe == "P7" and "vpn_ti" in m.daten), None)
    if tunnel is not None:
        words.append(f"TI-Tunnel {'ja' if tunnel.daten['vpn_ti'] else 'nein'}")
    since = f" Störung seit {_clock(lage.diagnose.seit, lage.zeit)}." if lage.diagnose and lage.diagnose.seit else ""
    facts = ", ".join(words) or "noch keine Messung"
    return f"Von der Praxis aus erreichbar um {local(lage.zeit):%H:%M:%S} Uhr: {facts}.{since}"


def _responsible(row: Diagnose) -> str:
    return row.verantwortlich if row.sicherheit == "belegt" else f"wahrscheinlich {row.verantwortlich}"


def _clock(moment: datetime, now: datetime) -> str:
    there, here = local(moment), local(now)
    return f"{there:%H:%M} Uhr" if there.date() == here.date() else f"{there:%d.%m.%Y %H:%M} Uhr"


def _diagnose(row: Diagnose) -> dict[str, Any]:
    return {
        "id": row.id,
        "titel": row.titel,
        "verantwortlich": row.verantwortlich,
        "sicherheit": row.sicherheit,
        "satz": row.satz,
        "massnahme": row.massnahme,
        "seit": _time(row.seit),
    }


def _time(moment: datetime | None) -> str | None:
    return local(moment).isoformat(timespec="seconds") if moment is not None else None


_TIME = {"type": ["string", "null"], "format": "date-time"}
_DIAGNOSE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["id", "titel", "verantwortlich", "sicherheit", "satz", "massnahme", "seit"],
    "properties": {
        "id": {"type": "string", "pattern": "^D[0-9]{2}$"},
        "titel": {"type": "string"},
        "verantwortlich": {"type": "string"},
        "sicherheit": {"enum": ["wahrscheinlich", "belegt"]},
        "satz": {"type": "string"},
        "massnahme": {"type": "string"},
        "seit": _TIME,
    },
}
LAGE_SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Lage der TI aus Sicht dieses Platzes",
    "type": "object",
    "additionalProperties": False,
    "required": ["zeit", "diagnose", "weitere", "hinweise", "dienste", "proben"],
    "properties": {
        "zeit": {"type": "string", "format": "date-time"},
        "diagnose": {"anyOf": [{"type": "null"}, _DIAGNOSE]},
        "weitere": {"type": "array", "items": _DIAGNOSE},
        "hinweise": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["id", "satz"],
                "properties": {"id": {"type": "string", "pattern": "^D[0-9]{2}$"}, "satz": {"type": "string"}},
            },
        },
        "dienste": {
            "type": "object",
            "additionalProperties": False,
            "required": [dienst.value for dienst in Dienst],
            "properties": {
                dienst.value: {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["zustand", "seit"],
                    "properties": {"zustand": {"enum": [state.value for state in DienstZustand]}, "seit": _TIME},
                }
                for dienst in Dienst
            },
        },
        "proben": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["id", "ziel", "ergebnis", "dauer_ms", "befund"],
                "properties": {
                    "id": {"type": "string", "pattern": "^P[0-9]{1,2}$"},
                    "ziel": {"type": "string"},
                    "ergebnis": {"enum": [result.value for result in Ergebnis]},
                    "dauer_ms": {"type": ["integer", "null"]},
                    "befund": {"type": "string"},
                },
            },
        },
    },
}
