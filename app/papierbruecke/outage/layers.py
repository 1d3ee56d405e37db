"""Layers of an outage and the hysteresis of each: one failure is a suspicion, not a fault.

A layer goes UNBEKANNT → GUT; GUT → VERDACHT at the first failure; VERDACHT → GESTOERT after
three failures in a row *and* its minimum time; GESTOERT → ERHOLUNG at the first success;
ERHOLUNG → GUT after two successes *and* two minutes. Five changes within 15 minutes are
flapping. Pure. Source: ti-detection §5.2.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from papierbruecke.outage.model import Messung
from papierbruecke.outage.zeiten import Zeiten


class Schicht(StrEnum):
    """What can fail on the way from this computer to a service, lowest first."""

    PC = "pc"
    VPN_SCHNITTSTELLE = "vpn_schnittstelle"
    ROUTER = "router"
    DNS = "dns"
    INTERNET = "internet"
    KON_TCP = "kon_tcp"
    KON_TLS = "kon_tls"
    KON_DIENST = "kon_dienst"
    KON_ZUSTAND = "kon_zustand"
    KON_UHR = "kon_uhr"
    VPN = "vpn"
    TI_DNS_SYSTEM = "ti_dns_system"
    TI_DNS_KONNEKTOR = "ti_dns_konnektor"
    TERMINAL = "terminal"
    SMCB = "smcb"
    HBA = "hba"
    KIM = "kim"
    IDP = "idp"
    EPA1 = "epa1"
    EPA2 = "epa2"
    EPA3 = "epa3"
    EREZEPT = "erezept"
    LAGEBILD = "lagebild"
    LB_ZUGANG = "lb_zugang"
    LB_VSDM = "lb_vsdm"
    LB_KIM = "lb_kim"
    LB_EREZEPT = "lb_erezept"
    LB_EPA = "lb_epa"
    LB_IDP = "lb_idp"
    LB_TSP = "lb_tsp"


LAGEBILD_SCHICHTEN = frozenset(s for s in Schicht if s.startswith("lb_"))
"""What gematik measures: an entry counts at once, and a pause of this computer does not touch it."""

PROBE_OF = {
    Schicht.PC: "P0",
    Schicht.VPN_SCHNITTSTELLE: "P0",
    Schicht.ROUTER: "P1",
    Schicht.DNS: "P2",
    Schicht.INTERNET: "P3",
    Schicht.KON_TCP: "P4",
    Schicht.KON_TLS: "P5",
    Schicht.KON_DIENST: "P7",
    Schicht.KON_ZUSTAND: "P7",
    Schicht.KON_UHR: "P14",
    Schicht.VPN: "P7",
    Schicht.TI_DNS_SYSTEM: "P10",
    Schicht.TI_DNS_KONNEKTOR: "P10",
    Schicht.TERMINAL: "P8",
    Schicht.SMCB: "P8",
    Schicht.HBA: "P8",
    Schicht.KIM: "P12",
} | {s: "P11" for s in (Schicht.IDP, Schicht.EPA1, Schicht.EPA2, Schicht.EPA3, Schicht.EREZEPT)}


def probe_of(schicht: Schicht) -> str:
    """The probe that feeds a layer."""
    return PROBE_OF.get(schicht, "P13")


class Stufe(StrEnum):
    """Where a layer stands."""

    UNBEKANNT = "unbekannt"
    GUT = "gut"
    VERDACHT = "verdacht"
    GESTOERT = "gestoert"
    ERHOLUNG = "erholung"


@dataclass(slots=True)
class Stand:
    """One layer while a history is being folded.

    ``haltbar``: how long an answer counts. ``roh``: the last plain answer. ``verdeckt``: when the
    last answer was a failure that said nothing, because a lower layer failed. ``fehler_seit``: first
    failure of the last run of failures; ``lauf``: the keys seen in it; ``gut_vor_lauf``: the last
    success before it. ``wechsel``: times at
    which the plain answer changed.
    """

    schicht: Schicht
    haltbar: timedelta
    stufe: Stufe = Stufe.UNBEKANNT
    seit: datetime | None = None
    gesehen: datetime | None = None
    roh: bool | None = None
    verdeckt: datetime | None = None
    fehler_seit: datetime | None = None
    fehler_zahl: int = 0
    lauf: set[str] = field(default_factory=set)
    gut_vor_lauf: datetime | None = None
    erfolg_seit: datetime | None = None
    erfolg_zahl: int = 0
    letzter_fehler: Messung | None = None
    letzter_erfolg: Messung | None = None
    wechsel: deque[datetime] = field(default_factory=lambda: deque(maxlen=32))
    flattert: bool = False

    def observe(self, ok: bool, messung: Messung, z: Zeiten, mindestens_s: float) -> None:
        """Take in one answer; ``mindestens_s`` is the minimum failing time before GESTOERT."""
        zeit = messung.zeit
        if self.roh is not None and self.roh != ok:
            self._note_change(zeit, z)
        elif self.flattert and self.steady(zeit, z):
            self.flattert = False
        self.roh, self.gesehen, self.verdeckt = ok, zeit, None
        if ok:
            self._succeed(messung, z)
        else:
            self._fail(messung, z, mindestens_s)

    def _succeed(self, messung: Messung, z: Zeiten) -> None:
        zeit = messung.zeit
        self.letzter_erfolg = messung
        self.fehler_zahl = 0
        if self.stufe is Stufe.GESTOERT:
            self.stufe, self.erfolg_seit, self.erfolg_zahl = Stufe.ERHOLUNG, zeit, 1
        elif self.stufe is Stufe.ERHOLUNG:
            self.erfolg_zahl += 1
            started = self.erfolg_seit or zeit
            long_enough = zeit - started >= timedelta(seconds=z.erholung_s)
            if self.erfolg_zahl >= z.erfolge_bis_gut and long_enough and not self.flattert:
                self.stufe, self.seit = Stufe.GUT, started
        elif self.stufe is not Stufe.GUT:
            self.stufe, self.seit = Stufe.GUT, zeit

    def _fail(self, messung: Messung, z: Zeiten, mindestens_s: float) -> None:
        zeit = messung.zeit
        self.letzter_fehler = messung
        if self.stufe in (Stufe.UNBEKANNT, Stufe.GUT):
            self.stufe, self.seit, self.fehler_seit, self.fehler_zahl = Stufe.VERDACHT, zeit, zeit, 0
            self.lauf.clear()
            self.gut_vor_lauf = self.letzter_erfolg.zeit if self.letzter_erfolg is not None else None
        elif self.stufe is Stufe.ERHOLUNG:
            self.stufe = Stufe.GESTOERT
        self.fehler_zahl += 1
        self.lauf.add(messung.schluessel or "")
        if self.stufe is Stufe.VERDACHT and self.fehler_seit is not None:
            enough = 1 if self.schicht in LAGEBILD_SCHICHTEN else z.fehler_bis_gestoert
            if self.fehler_zahl >= enough and (zeit - self.fehler_seit).total_seconds() >= mindestens_s:
                self.stufe, self.seit = Stufe.GESTOERT, self.fehler_seit

    def _note_change(self, zeit: datetime, z: Zeiten) -> None:
        span = timedelta(seconds=z.flattern_s)
        if self.flattert and self.steady(zeit, z):
            self.flattert = False
        while self.wechsel and zeit - self.wechsel[0] > span:
            self.wechsel.popleft()
        self.wechsel.append(zeit)
        if len(self.wechsel) > z.flattern_wechsel:
            self.flattert = True

    def steady(self, now: datetime, z: Zeiten) -> bool:
        """Whether nothing has changed for as long as the end of flapping needs."""
        return not self.wechsel or now - self.wechsel[-1] >= timedelta(seconds=z.flattern_s)

    def pause(self, luecke: timedelta, z: Zeiten) -> None:
        """The computer slept or nobody watched: forget counters, start grey.

        A fault that was certain before a short pause stays one if the next answer fails too.
        """
        if self.schicht in LAGEBILD_SCHICHTEN or self.schicht is Schicht.LAGEBILD:
            return
        keeps = self.stufe in (Stufe.GESTOERT, Stufe.ERHOLUNG) and luecke <= timedelta(seconds=z.fortsetzung_s)
        if keeps:
            self.stufe = Stufe.GESTOERT
            return
        self.stufe, self.seit, self.gesehen, self.roh = Stufe.UNBEKANNT, None, None, None
        self.fehler_seit, self.fehler_zahl, self.flattert, self.verdeckt = None, 0, False, None
        self.lauf.clear()
        self.wechsel.clear()

    def says(self, now: datetime) -> bool | None:
        """The freshest plain answer; a suppressed failure is one, too. None = no fresh answer."""
        if self.verdeckt is not None:
            return False if now - self.verdeckt <= self.haltbar else None
        return self.roh if self.fresh(now) else None

    def fresh(self, now: datetime) -> bool:
        """Whether the last answer still counts."""
        return self.gesehen is not None and now - self.gesehen <= self.haltbar
