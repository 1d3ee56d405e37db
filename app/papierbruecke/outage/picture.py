"""A history of observations, folded into what is known at this moment (pure).

``Bild`` takes observations one by one in order of time, so that the watching costs the same on
the first day and after a year. Dependency suppression happens here: while a lower layer
fails, failures above it say nothing. Source: ti-detection §5.2.
"""

import math
from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta

from papierbruecke.outage.layers import LAGEBILD_SCHICHTEN, Schicht, Stand, Stufe, probe_of
from papierbruecke.outage.model import Anschlussart, Ergebnis, Messung, Umfeld
from papierbruecke.outage.readings import own_line_fails, readings, state_row
from papierbruecke.outage.zeiten import Zeiten

_S = Schicht
_SERVICES = (_S.IDP, _S.EPA1, _S.EPA2, _S.EPA3, _S.EREZEPT)
# Failures of the key say nothing while one of the values fails.
_BELOW: dict[Schicht, tuple[Schicht, ...]] = {
    _S.ROUTER: (_S.PC,),
    _S.DNS: (_S.PC, _S.ROUTER, _S.INTERNET),
    _S.INTERNET: (_S.PC, _S.ROUTER),
    _S.VPN_SCHNITTSTELLE: (_S.PC, _S.ROUTER, _S.INTERNET),
    _S.KON_TCP: (_S.PC, _S.ROUTER),
    _S.KON_TLS: (_S.PC, _S.KON_TCP),
    _S.KON_DIENST: (_S.PC, _S.KON_TCP, _S.KON_TLS),
    _S.VPN: (_S.INTERNET,),
    _S.TI_DNS_SYSTEM: (_S.PC, _S.DNS, _S.VPN, _S.KON_TCP),
    _S.TI_DNS_KONNEKTOR: (_S.PC, _S.VPN, _S.KON_TCP),
    _S.TERMINAL: (_S.PC, _S.KON_TCP, _S.KON_DIENST),
    _S.SMCB: (_S.PC, _S.KON_TCP, _S.KON_DIENST, _S.TERMINAL),
    _S.HBA: (_S.PC, _S.KON_TCP, _S.KON_DIENST, _S.TERMINAL),
    _S.KIM: (_S.PC, _S.ROUTER, _S.VPN),
    _S.LAGEBILD: (_S.PC, _S.ROUTER, _S.DNS, _S.INTERNET),
} | {s: (_S.PC, _S.VPN, _S.TI_DNS_SYSTEM) for s in _SERVICES}

_NEEDS_PROOF = frozenset({_S.TI_DNS_SYSTEM, _S.TI_DNS_KONNEKTOR, *_SERVICES})

DAUERN_JE_PROBE = 2016  # one per five minutes for seven days


class Bild:
    """Everything known: the layers, the facts beside them, and what real operations told."""

    def __init__(self, umfeld: Umfeld, z: Zeiten) -> None:
        self.umfeld = umfeld
        self.z = z
        self.staende = {s: Stand(s, z.stale_after(probe_of(s))) for s in Schicht}
        self.letzte: dict[tuple[str, str], Messung] = {}
        self.gut: dict[tuple[str, str], Messung] = {}
        self.passiv: deque[Messung] = deque(maxlen=500)
        self.neustart: datetime | None = None
        self.dauern: dict[tuple[str, str], deque[tuple[datetime, int]]] = {}
        self.zuletzt: dict[tuple[str, str], deque[int]] = {}
        self.stumm: set[tuple[str, str]] = set()
        self._tick: datetime | None = None
        self._awake: datetime | None = None

    def extend(self, messungen: Iterable[Messung]) -> "Bild":
        """Take in observations in order of time."""
        for messung in messungen:
            self.add(messung)
        return self

    def prime(self, messungen: Iterable[Messung]) -> None:
        """Remember facts from before the window (certificate, service directory): no layer moves."""
        for messung in messungen:
            self.gut[(messung.probe, messung.ziel)] = messung
            self.letzte.setdefault((messung.probe, messung.ziel), messung)
            if messung.probe == "P7":
                self.staende[Schicht.KON_DIENST].letzter_erfolg = messung

    def add(self, messung: Messung) -> None:
        """Take in the next observation."""
        self._notice_gap(messung.zeit)
        series = (messung.probe, messung.ziel)
        self.letzte[series] = messung
        self.stumm.discard(series)
        if messung.ergebnis is Ergebnis.OK:
            self.gut[series] = messung
        self._note_facts(messung)
        for schicht, ok in readings(messung, self.umfeld):
            if not ok and self.blocked(schicht, messung.zeit):
                self.stumm.add(series)
                self.staende[schicht].verdeckt = messung.zeit
                continue
            self.staende[schicht].observe(ok, messung, self.z, self._minimum_s(schicht, messung))

    def _notice_gap(self, zeit: datetime) -> None:
        if self._tick is None:
            self._awake = zeit
        else:
            gap = abs(zeit - self._tick)
            if gap > timedelta(seconds=self.z.luecke_s):
                self._awake = zeit
                for stand in self.staende.values():
                    stand.pause(gap, self.z)
        self._tick = zeit

    def _note_facts(self, messung: Messung) -> None:
        if messung.probe == "P15":
            if messung.schluessel in ("kon.neustart", "kon.update"):
                self.neustart = messung.zeit
            else:
                self.passiv.append(messung)
        if messung.ergebnis is Ergebnis.OK and messung.dauer_ms is not None and messung.probe in ("P7", "P15"):
            series = (messung.probe, messung.ziel)
            distance = timedelta(seconds=self.z.dauer_abstand_s)
            kept = self.dauern.setdefault(series, deque(maxlen=DAUERN_JE_PROBE))
            if not kept or messung.probe == "P15" or messung.zeit - kept[-1][0] >= distance:
                kept.append((messung.zeit, messung.dauer_ms))
            self.zuletzt.setdefault(series, deque(maxlen=5)).append(messung.dauer_ms)

    def _minimum_s(self, schicht: Schicht, messung: Messung) -> float:
        if schicht in LAGEBILD_SCHICHTEN:
            return 0.0
        if self._awake is not None and messung.zeit - self._awake < timedelta(seconds=self.z.nachlauf_s):
            return math.inf  # just woken: network cards and tunnels need a moment
        if schicht is Schicht.VPN and own_line_fails(messung):
            return self.z.vpn_kurz_s
        return self.z.mindestens_s[schicht]

    def blocked(self, schicht: Schicht, now: datetime) -> bool:
        """Whether a failure of this layer says nothing now, because a lower one fails."""
        if schicht is Schicht.ROUTER and self.says(Schicht.INTERNET, now):
            return True  # a router that lets everything through merely does not answer
        if schicht in _NEEDS_PROOF and not self._reached_the_ti_before():
            return True  # many PCs never had a way to the TI's own names: no fault of today
        below = _BELOW.get(schicht, ())
        if schicht is Schicht.KON_TCP and self.umfeld.anschlussart is Anschlussart.TI_GATEWAY:
            below = (*below, Schicht.INTERNET)
        for lower in below:
            if self.says(lower, now) is not False:
                continue
            if lower is not Schicht.ROUTER or not self.says(Schicht.KON_TCP, now):
                return True  # else the local network works, so it is not the switch
        return False

    def _reached_the_ti_before(self) -> bool:
        return any(self.staende[schicht].letzter_erfolg is not None for schicht in _NEEDS_PROOF)

    def says(self, schicht: Schicht, now: datetime) -> bool | None:
        """The last plain answer of a layer while it is fresh."""
        return self.staende[schicht].says(now)

    def down(self, schicht: Schicht, now: datetime) -> bool:
        """Certainly broken, and not yet certainly back."""
        stand = self.staende[schicht]
        return stand.stufe in (Stufe.GESTOERT, Stufe.ERHOLUNG) and stand.fresh(now)

    def flapping(self, schicht: Schicht, now: datetime) -> bool:
        """Unstable: more than four changes within 15 minutes, and no 15 quiet minutes since."""
        stand = self.staende[schicht]
        return stand.flattert and not stand.steady(now, self.z)

    def suspect(self, schicht: Schicht, now: datetime) -> bool:
        """Something was seen, but not long enough to speak of a fault."""
        stand = self.staende[schicht]
        if stand.stufe is not Stufe.VERDACHT and not (stand.flattert and stand.stufe is Stufe.GUT):
            return False
        if schicht in LAGEBILD_SCHICHTEN or schicht is Schicht.LAGEBILD or not stand.fresh(now):
            return False
        return stand.stufe is Stufe.VERDACHT or self.flapping(schicht, now)

    def good(self, schicht: Schicht, now: datetime) -> bool:
        """Proven to work, freshly and steadily."""
        stand = self.staende[schicht]
        return stand.stufe is Stufe.GUT and bool(stand.says(now)) and not self.flapping(schicht, now)

    def seit(self, schicht: Schicht) -> datetime | None:
        """When the last run of failures of a layer began."""
        return self.staende[schicht].fehler_seit

    def last_states(self) -> Messung | None:
        """The last Konnektor answer that carried error states, even if it is silent now."""
        for candidate in (self.staende[Schicht.KON_ZUSTAND].letzter_fehler, self.gut.get(("P7", "konnektor"))):
            if candidate is not None and state_row(candidate, self.umfeld) is not None:
                return candidate
        return None
