"""Probes P0 to P3, P10, P11 and P14: this computer, its router, the Internet, names and clock.

Polite by rule: no timer contacts the E-Rezept-Fachdienst, IDP and ePA are only asked on
suspicion, no data is sent. Source: ti-detection §4, §5.1.
"""

import email.utils
import random
import statistics
from datetime import datetime

import requests

from papierbruecke.clock import Clock
from papierbruecke.outage import local_network as net
from papierbruecke.outage.model import Anschlussart, Messung
from papierbruecke.outage.probe import Probe, Stopwatch, bad, good, silent
from papierbruecke.outage.zeiten import zeiten
from papierbruecke.settings import Einstellungen

_ROUTER_TIMEOUT_S = 1.0
_DNS_TIMEOUT_S = 2.0
_TCP_TIMEOUT_S = 3.0
_TI_DNS_TIMEOUT_S = 3.0
_SERVICE_TIMEOUT_S = 5.0
_HTTPS = 443

TI_NAME = "idp.zentral.idp.splitdns.ti-dienste.de"
SERVICES = {
    "idp": TI_NAME,
    "epa1": "epa-as-1.prod.epa4all.de",
    "epa2": "epa-as-2.prod.epa4all.de",
    "epa3": "epa-as-3.prod.epa4all.de",
}
"""Production hosts of ti-detection §4; without the E-Rezept-Fachdienst, which no timer may ask."""

EREZEPT_HOST = "erp.zentral.erp.splitdns.ti-dienste.de"


def build(settings: Einstellungen, clock: Clock) -> list[Probe]:
    """The probes of this computer's own network."""
    network = _Network(settings, clock)
    return [
        Probe("P0", "pc", network.computer),
        Probe("P1", "router", network.router),
        Probe("P2", "dns", network.names),
        Probe("P3", "internet", network.internet),
        Probe("P10", "ti-dns", network.ti_names),
        Probe("P11", "fachdienste", network.services),
        Probe("P14", "uhr", network.time),
        Probe("P11", "erezept", network.erezept, auf_klick=True),
    ]


class _Network:
    def __init__(self, settings: Einstellungen, clock: Clock) -> None:
        self._names = settings.netz.namen
        self._fixed = settings.netz.feste_adressen
        self._konnektor = settings.konnektor.adresse
        self._gateway = settings.konnektor.anschlussart is Anschlussart.TI_GATEWAY
        self._clock = clock
        self._tunnel_seen = False
        self._router: str | None = None

    def computer(self) -> list[Messung]:
        """P0, and at a TI-Gateway the VPN interface."""
        now = self._clock.now()
        own = net.source_address()
        there = net.source_address(self._konnektor) if self._konnektor and _is_address(self._konnektor) else None
        words = [
            good("P0", "pc", now, "Netz verbunden")
            if own or there
            else bad("P0", "pc", now, "pc.offline", "keine Adresse oder keine Route")
        ]
        if self._gateway:
            words.append(self._tunnel(now, own, there))
        return words

    def _tunnel(self, now: datetime, own: str | None, there: str | None) -> Messung:
        """A software VPN shows as another own address on the way to the Konnektor."""
        if there is not None and there != own:
            self._tunnel_seen = True
            return good("P0", "vpn_schnittstelle", now, "VPN-Schnittstelle vorhanden")
        if self._tunnel_seen:
            return bad("P0", "vpn_schnittstelle", now, "vpn.interface_down", "VPN-Schnittstelle fehlt")
        return silent("P0", "vpn_schnittstelle", now, "kein VPN-Programm an diesem Platz erkennbar")

    def router(self) -> list[Messung]:
        """P1; the last known router is asked on when its route has gone."""
        watch = Stopwatch()
        self._router = net.default_gateway() or self._router
        if self._router is None:
            return [silent("P1", "router", self._clock.now(), "Router nicht bekannt")]
        alive = net.answers(self._router, _ROUTER_TIMEOUT_S)
        now = self._clock.now()
        if alive is None:
            return [silent("P1", "router", now, f"{self._router} sagt nichts")]
        if alive:
            return [good("P1", "router", now, f"{self._router} antwortet", watch.ms())]
        return [bad("P1", "router", now, "router.no_answer", f"{self._router} antwortet nicht", watch.ms())]

    def names(self) -> list[Messung]:
        """P2: any of the names is enough."""
        watch = Stopwatch()
        found = any(net.resolve(name, _DNS_TIMEOUT_S) for name in self._names)
        now = self._clock.now()
        if found:
            return [good("P2", "internet", now, "Namen werden gefunden", watch.ms())]
        return [bad("P2", "internet", now, "dns.no_answer", "keiner der Namen wird gefunden", watch.ms())]

    def internet(self) -> list[Messung]:
        """P3: by name, and if names fail by fixed addresses; any success is enough."""
        watch = Stopwatch()
        addresses = [address for name in self._names for address in net.resolve(name, _DNS_TIMEOUT_S)[:1]]
        reached = any(net.connects(address, _HTTPS, _TCP_TIMEOUT_S) for address in (*addresses, *self._fixed))
        now = self._clock.now()
        if reached:
            return [good("P3", "internet", now, "Internet erreichbar", watch.ms(), mit_namen=bool(addresses))]
        return [bad("P3", "internet", now, "internet.no_answer", "keine Gegenstelle erreichbar", watch.ms())]

    def ti_names(self) -> list[Messung]:
        """P10: the same TI name, asked of the system and of the Konnektor itself."""
        found = bool(net.resolve(TI_NAME, _TI_DNS_TIMEOUT_S))
        now = self._clock.now()
        words = [_word("P10", "system", now, found, "ti.dns", "Name der TI")]
        if self._konnektor is not None and _is_address(self._konnektor):
            told = net.ask_server(self._konnektor, TI_NAME, _TI_DNS_TIMEOUT_S)
            now = self._clock.now()
            if told is None:
                words.append(silent("P10", "konnektor", now, "der Konnektor gibt keine Namensauskunft"))
            else:
                words.append(_word("P10", "konnektor", now, told, "ti.dns", "Name der TI"))
        return words

    def services(self) -> list[Messung]:
        """P11: TCP only, one attempt each, in random order."""
        words = []
        for name in random.sample(sorted(SERVICES), len(SERVICES)):
            watch = Stopwatch()
            addresses = net.resolve(SERVICES[name], _TI_DNS_TIMEOUT_S)
            reached = any(net.connects(address, _HTTPS, _SERVICE_TIMEOUT_S) for address in addresses[:1])
            words.append(_word("P11", name, self._clock.now(), reached, "dienst.no_answer", name, watch.ms()))
        return words

    def erezept(self) -> list[Messung]:
        """P11 for the E-Rezept-Fachdienst: only on a click (api-erp, erp_ps_probing)."""
        watch = Stopwatch()
        addresses = net.resolve(EREZEPT_HOST, _TI_DNS_TIMEOUT_S)
        reached = any(net.connects(address, _HTTPS, _SERVICE_TIMEOUT_S) for address in addresses[:1])
        return [_word("P11", "erezept", self._clock.now(), reached, "dienst.no_answer", "E-Rezept", watch.ms())]

    def time(self) -> list[Messung]:
        """P14: the Date header of the public hosts against the own clock."""
        offsets = [offset for offset in map(self._offset_s, self._names) if offset is not None]
        now = self._clock.now()
        if not offsets:
            return [silent("P14", "uhr", now, "keine Vergleichsuhr erreichbar")]
        offset = statistics.median_low(offsets)
        if abs(offset) > zeiten().uhr_pc_s and all(abs(o) > zeiten().uhr_pc_s for o in offsets):
            return [bad("P14", "uhr", now, "uhr.pc", f"Uhr weicht um {offset:+.0f} s ab", versatz_s=offset)]
        return [good("P14", "uhr", now, f"Uhr weicht um {offset:+.0f} s ab", versatz_s=offset)]

    def _offset_s(self, name: str) -> float | None:
        try:
            response = requests.head(f"https://{name}/", timeout=_SERVICE_TIMEOUT_S, allow_redirects=False)
            told = email.utils.parsedate_to_datetime(response.headers["Date"])
        except (requests.RequestException, KeyError, ValueError, TypeError):
            return None
        return (self._clock.now() - told).total_seconds() if told.tzinfo is not None else None


def _word(
    probe: str, ziel: str, now: datetime, ok: bool, schluessel: str, what: str, dauer_ms: int | None = None
) -> Messung:
    if ok:
        return good(probe, ziel, now, f"{what}: erreichbar", dauer_ms)
    return bad(probe, ziel, now, schluessel, f"{what}: nicht erreichbar", dauer_ms)


def _is_address(text: str) -> bool:
    return all(part.isdigit() for part in text.split(".")) or ":" in text
