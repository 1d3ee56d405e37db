"""The played network of a simulator folder: P0 to P3, P10, P11 and the clock as a scenario says.

Only the wiring of a folder marked as simulator uses it (design §6); it says so in every finding.
"""

import json
from functools import partial
from typing import Any

from papierbruecke.clock import Clock
from papierbruecke.outage.lagebild_probe import fetch
from papierbruecke.outage.model import Messung
from papierbruecke.outage.probe import Probe, bad, good
from papierbruecke.outage.zeiten import zeiten

TIMEOUT_S = 2.0
_NOTE = "gespielt"
# Probe, target, key of the answer, key of the finding when it fails.
_ROWS = (
    ("P0", "pc", "p0", "pc.offline"),
    ("P0", "vpn_schnittstelle", "vpn_schnittstelle", "vpn.interface_down"),
    ("P1", "router", "p1", "router.no_answer"),
    ("P2", "internet", "p2", "dns.no_answer"),
    ("P3", "internet", "p3", "internet.no_answer"),
    ("P10", "system", "p10_system", "ti.dns"),
    ("P10", "konnektor", "p10_konnektor", "ti.dns"),
)
_SERVICES = ("idp", "epa1", "epa2", "epa3")


def build(url: str, clock: Clock) -> list[Probe]:
    """The probes that the simulator plays; ``url`` is its root or its ``/netz``."""
    network = _Network(f"{url.rstrip('/').removesuffix('/netz')}/netz", clock)
    rows = {name: [row for row in _ROWS if row[0] == name] for name, *_ in _ROWS}
    probes = [Probe(name, f"netz-{name}", partial(network.ask, wanted)) for name, wanted in rows.items()]
    return [
        *probes,
        Probe("P11", "netz-P11", network.services),
        Probe("P14", "netz-P14", network.time),
        Probe("P11", "netz-erezept", network.erezept, auf_klick=True),
    ]


class _Network:
    def __init__(self, url: str, clock: Clock) -> None:
        self._url = url
        self._clock = clock

    def ask(self, rows: list[tuple[str, str, str, str]]) -> list[Messung]:
        """The rows of one probe; a simulator that is gone says nothing."""
        answer = self._read()
        return [self._word(probe, ziel, answer.get(key), failed) for probe, ziel, key, failed in rows if key in answer]

    def services(self) -> list[Messung]:
        """P11; the E-Rezept-Fachdienst is never asked by a timer, not even a played one."""
        return self._services(_SERVICES)

    def erezept(self) -> list[Messung]:
        """P11 for the E-Rezept-Fachdienst, on a click."""
        return self._services(("erezept",))

    def _services(self, names: tuple[str, ...]) -> list[Messung]:
        played = self._read().get("p11")
        answer = played if isinstance(played, dict) else {}
        return [self._word("P11", name, answer[name], "dienst.no_answer") for name in names if name in answer]

    def time(self) -> list[Messung]:
        """P14: how far the clock of this computer is off."""
        offset = self._read().get("uhr_versatz_s")
        if not isinstance(offset, int | float):
            return []
        now = self._clock.now()
        if abs(offset) > zeiten().uhr_pc_s:
            return [bad("P14", "uhr", now, "uhr.pc", f"{offset:+.0f} s, {_NOTE}", versatz_s=offset)]
        return [good("P14", "uhr", now, _NOTE, versatz_s=offset)]

    def _word(self, probe: str, ziel: str, played: object, failed: str) -> Messung:
        now = self._clock.now()
        return good(probe, ziel, now, _NOTE) if played == "ok" else bad(probe, ziel, now, failed, _NOTE)

    def _read(self) -> dict[str, Any]:
        try:
            _, data = fetch(self._url, {}, TIMEOUT_S)
            answer = json.loads(data)
        except (OSError, ValueError):  # requests' errors are OSErrors
            return {}
        return answer if isinstance(answer, dict) else {}
