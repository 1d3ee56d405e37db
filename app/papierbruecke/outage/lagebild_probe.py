"""Probe P13: the public TI-Lagebild over HTTP (ti-detection §3, §5.1).

Not more than 2 MiB and ten seconds; proxies of the system are allowed here, because the
Lagebild lies in the Internet.
"""

import hashlib
import time

import requests
from urllib3.exceptions import HTTPError

from papierbruecke.clock import Clock
from papierbruecke.outage.lagebild import (
    APP_NAMES,
    MAX_BYTES,
    Anbieter,
    facts,
    looks_like_page,
    parse_lagebild,
    parse_providers,
)
from papierbruecke.outage.model import Messung
from papierbruecke.outage.probe import Probe, Stopwatch, bad, good
from papierbruecke.settings import Einstellungen

TIMEOUT_S = 10.0
ZIEL = "lagebild"
MAX_KEPT_BYTES = 64 << 10
"""A larger document is judged, but only its hash is kept."""


def build(settings: Einstellungen, clock: Clock) -> list[Probe]:
    """The one probe of the Lagebild."""
    zugang, kim = settings.lagebild.ti_zugang_ci, settings.kim.anbieter_ci
    query = {name: ci for name, ci in (("ciAccess", zugang), ("ciKim", kim)) if ci}
    url = f"{settings.lagebild.url.rstrip('/')}/v2/tilage"

    kept: list[str] = [""]  # hash of the document that was handed on last

    def measure() -> list[Messung]:
        watch = Stopwatch()
        try:
            status, data = fetch(url, query, TIMEOUT_S)
        except requests.RequestException:
            return [bad("P13", ZIEL, clock.now(), "lagebild.no_answer", "Lagebild nicht erreichbar", watch.ms())]
        now = clock.now()
        if status != requests.codes.ok:
            befund = f"Lagebild antwortet mit HTTP {status}"
            return [bad("P13", ZIEL, now, "lagebild.http", befund, watch.ms(), http=status)]
        lagebild = parse_lagebild(data)
        if lagebild is None and looks_like_page(data):
            befund = "Statt des Lagebilds kommt eine Internetseite (HTML)"
            return [bad("P13", ZIEL, now, "lagebild.html", befund, watch.ms())]
        if lagebild is None:
            return [bad("P13", ZIEL, now, "lagebild.shape", "Lagebild hat eine unbekannte Form", watch.ms())]
        daten = facts(lagebild, personal=bool(query), ti_zugang_ci=zugang, kim_ci=kim)
        daten["apps"] = dict(lagebild.apps)
        daten["sha256"] = hashlib.sha256(data).hexdigest()
        if daten["sha256"] != kept[0] and len(data) <= MAX_KEPT_BYTES:
            # gematik keeps it for 14 days; in our history it stays as long as the evidence.
            daten["dokument"], kept[0] = data.decode("utf-8", "replace"), daten["sha256"]
        broken = sorted(APP_NAMES[app] for app, stand in lagebild.apps.items() if stand != "ok")
        befund = f"Lagebild meldet Störung: {', '.join(broken)}" if broken else "Lagebild meldet keine Störung"
        return [good("P13", ZIEL, now, befund, watch.ms(), **daten)]

    return [Probe("P13", ZIEL, measure)]


def ask_providers(url: str) -> tuple[Anbieter, ...]:
    """The providers to choose from in the settings; empty if the Lagebild cannot be reached."""
    try:
        status, data = fetch(f"{url.rstrip('/')}/v2/tilage/filter", {}, TIMEOUT_S)
    except requests.RequestException:
        return ()
    return parse_providers(data) if status == requests.codes.ok else ()


def fetch(url: str, query: dict[str, str], timeout_s: float) -> tuple[int, bytes]:
    """One GET: status and at most ``MAX_BYTES`` + 1 bytes; raises RequestException.

    The deadline covers the whole answer: a server that drips does not hold the probe.
    """
    deadline = time.monotonic() + timeout_s
    headers = {"Accept": "application/json", "User-Agent": "Papierbruecke"}
    with requests.get(url, params=query, headers=headers, timeout=timeout_s, stream=True) as response:
        data = bytearray()
        while len(data) <= MAX_BYTES:
            # One receive at a time, so that a drop every few seconds does not outlast the deadline.
            chunk = _receive(response)
            if not chunk:
                break
            data += chunk
            if time.monotonic() > deadline:
                raise requests.Timeout("answer takes too long")
        return response.status_code, bytes(data)


def _receive(response: requests.Response) -> bytes:
    try:
        return bytes(response.raw.read1(16 * 1024, decode_content=True))
    except HTTPError as error:
        raise requests.ConnectionError("answer breaks off") from error
