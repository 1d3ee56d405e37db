"""The public TI-Lagebild of gematik, read tolerantly (pure).

Unknown keys are ignored, a missing application says nothing, HTML is stripped; whatever comes
over the line, the outcome is a value or None. Source: gematik/api-tilage, ti-detection §3.
"""

import json
import re
from typing import Any, Literal

from papierbruecke.redact import Value

Stand = Literal["ok", "aus", "teilweise"]
APPS = ("erezept", "epa", "kim", "vsdm", "tianschluss")
MAX_BYTES = 2 * 1024 * 1024
_MAX_TEXT = 300
_MAX_CAUSES = 50
APP_NAMES = {
    "erezept": "E-Rezept",
    "epa": "ePA",
    "kim": "KIM",
    "vsdm": "Versichertendaten",
    "tianschluss": "TI-Anschluss",
}
_OUTAGES: dict[str, Stand] = {"none": "ok", "partial": "teilweise", "full": "aus"}


class Ursache(Value):
    """A component that gematik names as cause."""

    ci: str
    komponente: str
    organisation: str
    funktion: str


class Lagebild(Value):
    """One document of ``/v2/tilage``; an application that is missing says nothing."""

    apps: dict[str, Stand]
    ursachen: tuple[Ursache, ...]
    wartung: tuple[str, ...]  # names of applications with announced maintenance


def parse_lagebild(data: bytes) -> Lagebild | None:
    """The document, or None if this is no Lagebild (HTML, other JSON, too large)."""
    if len(data) > MAX_BYTES:
        return None
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return None
    status = document.get("appStatus") if isinstance(document, dict) else None
    if not isinstance(status, dict):
        return None
    apps: dict[str, Stand] = {}
    maintained: list[str] = []
    for app in APPS:
        entry = status.get(app)
        if not isinstance(entry, dict):
            continue
        stand = _OUTAGES.get(str(entry.get("outage")).lower())
        if stand is not None:
            apps[app] = _weighed(stand, entry.get("affectedFunctions"))
        if entry.get("hasMaintenance") is True:
            maintained.append(APP_NAMES[app])
    if not apps:
        return None
    return Lagebild(apps=apps, ursachen=tuple(_causes(document.get("cause"))), wartung=tuple(maintained))


def looks_like_page(data: bytes) -> bool:
    """Whether this is a page for people (a login, a block page, a proxy's excuse) instead of data."""
    begin = data[:1024].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return begin.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<!--")) or b"<html" in begin


def _weighed(stand: Stand, functions: object) -> Stand:
    """A partial outage of functions that nobody calls critical is none for the desk."""
    if stand != "teilweise" or not isinstance(functions, list):
        return stand
    failing = [f for f in functions if isinstance(f, dict) and str(f.get("outage")).lower() in ("partial", "full")]
    if failing and all(f.get("critical") is False for f in failing):
        return "ok"
    return stand


def _causes(listed: object) -> list[Ursache]:
    rows = [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
    return [
        Ursache(
            ci=text_of(row.get("ci")),
            komponente=text_of(row.get("component") or row.get("service")),
            organisation=text_of(row.get("organization")),
            funktion=text_of(row.get("function")),
        )
        for row in rows[:_MAX_CAUSES]
    ]


def text_of(value: object) -> str:
    """Plain text of a field: no tags, no control characters, one line, bounded."""
    plain = re.sub(r"<[^<>]{0,500}>", " ", value if isinstance(value, str) else "")
    return " ".join("".join(c if c.isprintable() else " " for c in plain[: 4 * _MAX_TEXT]).split())[:_MAX_TEXT]


def facts(lagebild: Lagebild, *, personal: bool, ti_zugang_ci: str | None, kim_ci: str | None) -> dict[str, Any]:
    """What the diagnosis needs, as the data of an observation (P13).

    ``personal``: the document was restricted to the providers of this practice, so a fault of
    the TI-Zugang in it is the own provider's. Without that, a partial fault of the TI-Zugang or of
    KIM counts only if the own provider is a named cause.
    """
    daten: dict[str, Any] = {app: stand for app, stand in lagebild.apps.items() if app in ("erezept", "epa", "vsdm")}
    zugang = _own(lagebild, "tianschluss", personal and ti_zugang_ci is not None, ti_zugang_ci)
    kim = _own(lagebild, "kim", personal and kim_ci is not None, kim_ci)
    if zugang is not None:
        daten["ti_zugang"] = zugang
    if kim is not None:
        daten["kim"] = kim
    words = {cause: f"{cause.komponente} {cause.funktion}".lower() for cause in lagebild.ursachen}
    daten["idp"] = "aus" if any(re.search(r"\bidp\b", word) for word in words.values()) else "ok"
    daten["tsp"] = "aus" if any(re.search(r"\b(tsp|ocsp)\b", word) for word in words.values()) else "ok"
    named = [cause.organisation for cause in lagebild.ursachen if ti_zugang_ci is not None and cause.ci == ti_zugang_ci]
    if named and named[0]:
        daten["ti_zugang_name"] = named[0]
    daten["ursachen"] = [cause.model_dump() for cause in lagebild.ursachen]
    daten["wartung"] = list(lagebild.wartung)
    return daten


def _own(lagebild: Lagebild, app: str, personal: bool, ci: str | None) -> Stand | None:
    stand = lagebild.apps.get(app)
    if stand is None or stand == "ok":
        return stand
    causes = {cause.ci for cause in lagebild.ursachen}
    if ci is not None and ci in causes:
        return stand
    if stand == "aus":
        return stand
    if personal:
        return stand if not causes else "ok"
    return "ok" if ci is not None and causes else None


class Anbieter(Value):
    """A provider that a practice may choose as its own: for the settings."""

    gruppe: str  # "TI-Zugang", "TSP SMC-B", "TSP HBA", "KIM"
    ci: str
    name: str


def parse_providers(data: bytes) -> tuple[Anbieter, ...]:
    """The list of ``/v2/tilage/filter``; empty if this is none."""
    try:
        document = json.loads(data) if len(data) <= MAX_BYTES else None
    except (ValueError, RecursionError):
        return ()
    groups = [group for group in document if isinstance(group, dict)] if isinstance(document, list) else []
    found = [
        Anbieter(
            gruppe=text_of(group.get("filterGroup")), ci=text_of(row.get("ci")), name=text_of(row.get("orgShortName"))
        )
        for group in groups
        for row in (group["cis"] if isinstance(group.get("cis"), list) else [])
        if isinstance(row, dict)
    ]
    return tuple(provider for provider in found if provider.ci and provider.name)
