"""The public TI-Lagebild as data: what the API answers in a given state (pure).

Source: gematik/api-tilage 8a83575; ti-detection §3.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from papierbruecke.drill.json_server import Answer, Request
from papierbruecke.drill.model import Ausfall, LagebildZustand
from papierbruecke.drill.practice_setup import (
    KIM_CI,
    KIM_NAME,
    TI_ZUGANG_CI,
    TI_ZUGANG_NAME,
    TSP_HBA_CI,
    TSP_HBA_NAME,
    TSP_SMCB_CI,
    TSP_SMCB_NAME,
)

APPS = ("erezept", "epa", "kim", "wanda", "ogd", "vsdm", "tianschluss")
CYCLE = timedelta(minutes=5)

# ci: provider id, organization, product type, product, filter parameter (None = central service)
_ITEMS: dict[str, tuple[str, str, str, str, str | None]] = {
    TI_ZUGANG_CI: ("TSTZG", TI_ZUGANG_NAME, "PDT09", "VPN-Zugangsdienst", "ciAccess"),
    "CI-0000211": ("ANDZG", "Anderer Zugangsdienst GmbH", "PDT09", "VPN-Zugangsdienst", "ciAccess"),
    KIM_CI: ("TSTKM", KIM_NAME, "PDT24", "KIM-Fachdienst", "ciKim"),
    "CI-0000212": ("ANDKM", "Andere KIM GmbH", "PDT24", "KIM-Fachdienst", "ciKim"),
    TSP_SMCB_CI: ("TSTSB", TSP_SMCB_NAME, "PDT38", "TSP X.509 nonQES SMC-B", "ciTspSmcb"),
    TSP_HBA_CI: ("TSTHB", TSP_HBA_NAME, "PDT36", "TSP X.509 QES HBA", "ciTspHba"),
    "CI-0000301": ("ZENTR", "Beispiel-Zentralnetz AG", "PDT52", "IDP-Dienst", None),
    "CI-0000302": ("ZENTR", "Beispiel-Zentralnetz AG", "PDT50", "E-Rezept-Fachdienst", None),
    "CI-0000303": ("ZENTR", "Beispiel-Zentralnetz AG", "PDT21", "Intermediär VSDM", None),
    "CI-0000304": ("AKTE1", "Beispiel-Akte Eins GmbH", "PDT43", "ePA-Aktensystem", None),
    "CI-0000305": ("AKTE2", "Beispiel-Akte Zwei GmbH", "PDT43", "ePA-Aktensystem", None),
    "CI-0000306": ("ZENTR", "Beispiel-Zentralnetz AG", "PDT06", "Namensdienst", None),
}
_GROUPS = {
    "ciAccess": ("TI-Zugang", "PDT09", "VPN-Zugangsdienst"),
    "ciTspSmcb": ("TSP SMC-B", "PDT38", "TSP X.509 nonQES SMC-B"),
    "ciTspHba": ("TSP HBA", "PDT36", "TSP X.509 QES HBA"),
    "ciKim": ("KIM", "PDT24", "KIM-Fachdienst"),
}


def answer_lagebild(zustand: LagebildZustand, since: datetime, request: Request) -> Answer:
    """One GET under ``/lageapi``."""
    if zustand.antwort == "http-500":
        return Answer(500, {"message": "Internal Server Error"})
    if zustand.antwort == "kaputt":
        return Answer(200, b"<html>Wartungsseite</html>")
    path = request.path.removeprefix("/lageapi")
    if request.method != "GET" or path == request.path:
        return Answer(404, {"message": "Not Found"})
    if path.startswith("/v1/tilage"):
        return _availability(zustand, path.removeprefix("/v1/tilage"))
    if path == "/v2/tilage":
        unknown = request.query.keys() - _GROUPS.keys()
        return (
            Answer(400, {"message": f"unknown {sorted(unknown)}"}) if unknown else _app_status(zustand, request.query)
        )
    if path == "/v2/tilage/filter":
        return Answer(200, _filter())
    if path == "/v1/tistatus/incident":
        return Answer(200, {"success": True, "data": _incidents(zustand, since)})
    if path == "/v1/tistatus/outage":
        return Answer(200, {"success": True, "data": _outages(zustand, since)})
    return Answer(404, {"message": "Not Found"})


def last_cycle(now: datetime) -> datetime:
    """The end of the last completed five-minute interval."""
    return datetime.fromtimestamp(now.timestamp() // CYCLE.total_seconds() * CYCLE.total_seconds(), UTC)


def _availability(zustand: LagebildZustand, rest: str) -> Answer:
    wanted = dict(zip(rest.split("/")[1::2], rest.split("/")[2::2], strict=False))
    time = last_cycle(datetime.now(UTC)).isoformat().replace("+00:00", "Z")
    out = {ausfall.ci for ausfall in zustand.ausfaelle if ausfall.umfang != "none"}
    rows = [
        {
            "time": time,
            "ci": ci,
            "tid": tid,
            "bu": "PU",
            "organization": organization,
            "pdt": pdt,
            "product": product,
            "availability": 0 if ci in out else 1,
            "comment": "",
            "name": f"{product} {organization}",
        }
        for ci, (tid, organization, pdt, product, _) in _ITEMS.items()
    ]
    return Answer(200, [row for row in rows if all(row.get(name) == value for name, value in wanted.items())])


def _app_status(zustand: LagebildZustand, query: dict[str, str]) -> Answer:
    """Without filter a fault of one provider is partial; in one's own view it counts in full."""
    seen: list[tuple[Ausfall, str]] = []
    for ausfall in zustand.ausfaelle:
        group = _ITEMS[ausfall.ci][4]
        if group is not None and group in query and query[group] != ausfall.ci:
            continue
        whole = group is None or group in query
        seen.append((ausfall, ausfall.umfang if whole or ausfall.umfang == "none" else "partial"))
    status = {app: _one_app([(a, level) for a, level in seen if a.app == app]) for app in APPS}
    cause = [
        {
            "ci": ausfall.ci,
            "component": _ITEMS[ausfall.ci][3],
            "service": _ITEMS[ausfall.ci][3],
            "organization": _ITEMS[ausfall.ci][1],
            "function": ausfall.funktion,
        }
        for ausfall, level in seen
        if level != "none"
    ]
    return Answer(200, {"appStatus": status, "cause": cause})


def _one_app(entries: list[tuple[Ausfall, str]]) -> dict[str, Any]:
    levels = {level for _, level in entries}
    return {
        "outage": "full" if "full" in levels else "partial" if "partial" in levels else "none",
        "hasMaintenance": any(ausfall.wartung for ausfall, _ in entries),
        "hasSubComponentMaintenance": False,
        "affectedFunctions": [
            {
                "function": ausfall.funktion,
                "critical": True,
                "impactDesc": ausfall.text,
                "outage": level,
                "hasMaintenance": ausfall.wartung,
            }
            for ausfall, level in entries
        ],
    }


def _filter() -> list[dict[str, Any]]:
    return [
        {
            "filterGroup": name,
            "pdt": pdt,
            "prodTypeName": product,
            "cis": [{"ci": ci, "orgShortName": item[1]} for ci, item in _ITEMS.items() if item[4] == parameter],
        }
        for parameter, (name, pdt, product) in _GROUPS.items()
    ]


def _incidents(zustand: LagebildZustand, since: datetime) -> list[dict[str, Any]]:
    moment = since.isoformat().replace("+00:00", "Z")
    return [
        {
            "id": number,
            "title": f"{'Wartung' if ausfall.wartung else 'Störung'} {_ITEMS[ausfall.ci][3]}",
            "status": 1 if ausfall.umfang == "full" else 4,
            "app": [ausfall.app],
            "createdAt": moment,
            "closedAt": None,
            "steps": [
                {
                    "id": number * 10,
                    "message": f"<p>{ausfall.text} Betroffen: {_ITEMS[ausfall.ci][1]}.</p>",
                    "status": 1 if ausfall.umfang == "full" else 4,
                    "timestamp": moment,
                    "hasMaintenance": ausfall.wartung,
                }
            ],
        }
        for number, ausfall in enumerate(zustand.ausfaelle, start=1)
    ]


def _outages(zustand: LagebildZustand, since: datetime) -> list[dict[str, Any]]:
    moment = since.isoformat().replace("+00:00", "Z")
    return [
        {
            "ci": ausfall.ci,
            "provider": _ITEMS[ausfall.ci][1],
            "service": _ITEMS[ausfall.ci][3],
            "slots": [{"function": ausfall.funktion, "startTimestamp": moment, "endTimestamp": None}],
        }
        for ausfall in zustand.ausfaelle
        if ausfall.umfang != "none"
    ]
