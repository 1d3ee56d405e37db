"""A practice and its TI as a script, and the watching over it in virtual time.

``World`` answers each probe from its present state; ``Player`` asks at the intervals of the real
``Schedule``, folds into the real ``Bild`` and judges. Nothing waits.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from papierbruecke.outage.diagnose import judge
from papierbruecke.outage.layers import Schicht, Stufe
from papierbruecke.outage.model import Anschlussart, Lage, Messung, Umfeld
from papierbruecke.outage.picture import Bild
from papierbruecke.outage.probe import Probe, bad, good, silent
from papierbruecke.outage.sample_chain import state_of
from papierbruecke.outage.schedule import Schedule
from papierbruecke.outage.zeiten import Zeiten, zeiten

START = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
UMFELD = Umfeld(ti_zugang_anbieter="Beispiel-Zugang", ti_zugang_ci="CI-0000201", kim_anbieter="Beispiel-KIM")
GATEWAY = UMFELD.model_copy(update={"anschlussart": Anschlussart.TI_GATEWAY})
PROBES = ("P0", "P1", "P2", "P3", "P4", "P6", "P7", "P8", "P9", "P10", "P11", "P12", "P13", "P14")
CERT = {
    "sha256": "aa" * 32,
    "subject": "CN=80276883110000077777-20251114",
    "issuer": "CN=GEM.KOMP-CA9",
    "schluesselart": "RSA-2048",
    "not_after": "2030-01-01T00:00:00+00:00",
}
NEW_CERT = CERT | {"sha256": "bb" * 32}
ALL_OK = {"ti_zugang": "ok", "vsdm": "ok", "kim": "ok", "erezept": "ok", "epa": "ok", "idp": "ok", "tsp": "ok"}
OFFLINE = [{"name": "EC_No_VPN_TI_Connection", "schwere": "Error", "parameter": None, "seit": None}]


class World:
    """Everything that can break; the defaults are a good day."""

    def __init__(self) -> None:
        self.pc = self.router = self.dns = self.internet = self.pc_internet = self.vpn = True
        self.vpn_schnittstelle: bool | None = None
        self.kon: str | None = None  # key of a TCP failure
        self.tls: str | None = None
        self.cert: dict[str, Any] = dict(CERT)
        self.dienst: str | None = None
        self.fault: int | None = None
        self.states: list[dict[str, Any]] = []
        self.vpn_seit: datetime | None = None
        self.terminal: str | None = None
        self.smcb: str | None = None
        self.smcb_bis = "2028-01-01T00:00:00+00:00"
        self.hba: str | None = None
        self.dns_system = self.dns_konnektor = True
        self.services = {"idp": True, "epa1": True, "epa2": True, "epa3": True}
        self.kim: str | None = None
        self.lagebild: dict[str, Any] | None = dict(ALL_OK)
        self.sds = {"hersteller": "secu", "produkt": "Konnektor", "firmware": "5.50.1"}
        self.uhr_s = 0.0
        self.kon_uhr_s: float | None = None
        self.lage_ms = 40
        self.inventory: list[dict[str, Any]] = []

    def state(self, name: str, schwere: str = "Fatal") -> dict[str, Any]:
        """An active error state."""
        return {"name": name, "schwere": schwere, "parameter": None, "seit": None}

    def ask(self, probe: str, now: datetime) -> list[Messung]:
        """What the probe would see now."""
        answer: list[Messung] = getattr(self, f"_{probe.lower()}")(now)
        return answer

    def _word(self, probe: str, ziel: str, now: datetime, ok: bool, key: str, **daten: Any) -> Messung:
        return good(probe, ziel, now, "", **daten) if ok else bad(probe, ziel, now, key, "", **daten)

    @property
    def line(self) -> bool:
        return self.pc and self.router and self.internet

    @property
    def tunnel(self) -> bool:
        return self.vpn and self.internet

    def _p0(self, now: datetime) -> list[Messung]:
        words = [self._word("P0", "pc", now, self.pc, "pc.offline")]
        if self.vpn_schnittstelle is not None:
            words.append(self._word("P0", "vpn_schnittstelle", now, self.vpn_schnittstelle, "vpn.interface_down"))
        return words

    def _p1(self, now: datetime) -> list[Messung]:
        return [self._word("P1", "router", now, self.pc and self.router, "router.no_answer")]

    def _p2(self, now: datetime) -> list[Messung]:
        return [self._word("P2", "internet", now, self.line and self.pc_internet and self.dns, "dns.no_answer")]

    def _p3(self, now: datetime) -> list[Messung]:
        return [self._word("P3", "internet", now, self.line and self.pc_internet, "internet.no_answer")]

    def _kon_key(self) -> str | None:
        return self.kon or (None if self.pc and self.router else "kon.no_answer")

    def _p4(self, now: datetime) -> list[Messung]:
        key = self._kon_key()
        if key is not None:
            return [bad("P4", "konnektor", now, key, ""), silent("P5", "konnektor", now, "")]
        if self.tls is not None:
            return [good("P4", "konnektor", now, ""), bad("P5", "konnektor", now, self.tls, "", **self.cert)]
        return [good("P4", "konnektor", now, ""), good("P5", "konnektor", now, "", **self.cert)]

    def _p6(self, now: datetime) -> list[Messung]:
        key = self._kon_key() or self.tls or self.dienst
        return [self._word("P6", "konnektor", now, key is None, key or "", **({} if key else self.sds))]

    def _p7(self, now: datetime) -> list[Messung]:
        key = self._kon_key() or self.tls or self.dienst
        if key is not None:
            return [bad("P7", "konnektor", now, key, "", fault=self.fault)]
        vpn = self.tunnel
        daten = {
            "vpn_ti": vpn,
            "vpn_ti_seit": self.vpn_seit.isoformat() if self.vpn_seit else None,
            "fehlerzustaende": self.states,
        }
        return [good("P7", "konnektor", now, "", self.lage_ms, **daten)]

    def _p8(self, now: datetime) -> list[Messung]:
        if self._kon_key() or self.tls or self.dienst:
            return [silent("P8", ziel, now, "") for ziel in ("terminal", "smcb", "hba")]
        return [
            self._word("P8", "terminal", now, self.terminal is None, self.terminal or "", name="Empfang"),
            self._word("P8", "smcb", now, self.smcb is None, self.smcb or "", bis=self.smcb_bis),
            self._word("P8", "hba", now, self.hba is None, self.hba or "", bis="2028-01-01T00:00:00+00:00"),
        ]

    def _p9(self, now: datetime) -> list[Messung]:
        return [good("P9", "zertifikate", now, "", zertifikate=self.inventory)]

    def _p10(self, now: datetime) -> list[Messung]:
        up = self.pc and self._kon_key() is None and self.tunnel
        return [
            self._word("P10", "system", now, up and self.dns_system, "ti.dns"),
            self._word("P10", "konnektor", now, up and self.dns_konnektor, "ti.dns"),
        ]

    def _p11(self, now: datetime) -> list[Messung]:
        up = self.pc and self._kon_key() is None and self.tunnel
        return [self._word("P11", name, now, up and ok, "dienst.no_answer") for name, ok in self.services.items()]

    def _p12(self, now: datetime) -> list[Messung]:
        return [
            self._word("P12", "kim", now, self.pc and self.router and self.kim is None, self.kim or "kim.no_answer")
        ]

    def _p13(self, now: datetime) -> list[Messung]:
        if not (self.line and self.pc_internet and self.dns) or self.lagebild is None:
            return [bad("P13", "lagebild", now, "lagebild.no_answer", "")]
        return [good("P13", "lagebild", now, "", **self.lagebild)]

    def _p14(self, now: datetime) -> list[Messung]:
        words = [self._word("P14", "uhr", now, abs(self.uhr_s) <= 120, "uhr.pc", versatz_s=self.uhr_s)]
        if self.kon_uhr_s is not None:
            words.append(self._word("P14", "konnektor", now, abs(self.kon_uhr_s) <= 3600, "uhr.konnektor"))
        return words


class Player:
    """Watches a world in virtual time and writes down every change of the Lage."""

    def __init__(
        self, world: World, umfeld: Umfeld = UMFELD, start: datetime = START, seed: int = 1, z: Zeiten | None = None
    ) -> None:
        self.world = world
        self.now = start
        self.z = z or zeiten()
        self.bild = Bild(umfeld, self.z)
        self._seed = seed
        self.messungen: list[Messung] = []
        self.keep = True
        self.observations = 0
        self._states: dict[tuple[str, str], str] = {}
        self._judged = start - timedelta(days=1)
        self.on_lage: Callable[[Lage], None] = lambda lage: None
        self._plan = self._new_plan()

    def _new_plan(self) -> Schedule:
        plan = Schedule([Probe(name, name, list) for name in PROBES], self.z, self.now, seed=self._seed)
        for (probe, _), messung in self.bild.letzte.items():
            if probe in ("P13", "P11"):
                plan.remember(probe, messung.zeit)
        return plan

    def play(self, seconds: float) -> Lage:
        """Let time pass; the Lage at its end."""
        end = self.now + timedelta(seconds=seconds)
        while self._plan.next_due() <= end:
            self.now = max(self.now, self._plan.next_due())
            self._step()
        self.now = end
        return self.lage()

    def until(self, row: str | None, limit_s: float) -> float:
        """Seconds until the main diagnosis is ``row``; fails after ``limit_s``."""
        begin = self.now
        while (self.now - begin).total_seconds() <= limit_s:
            self.now = max(self.now, self._plan.next_due())
            self._step()
            found = self.lage().diagnose
            if (found.id if found else None) == row:
                return (self.now - begin).total_seconds()
        found = self.lage().diagnose
        raise AssertionError(f"{row} was not reached within {limit_s} s, but {found.id if found else None}")

    def sleep(self, seconds: float) -> None:
        """The computer sleeps: nobody watches, then everything is asked anew."""
        self.now += timedelta(seconds=seconds)
        self._plan = self._new_plan()

    def tell(self, messungen: Iterable[Messung]) -> None:
        """Real operations report (P15)."""
        for messung in messungen:
            self._take(messung)

    def lage(self) -> Lage:
        """The Lage now."""
        return judge(self.bild, self.now)

    def _step(self) -> None:
        before = {s: stand.stufe for s, stand in self.bild.staende.items()}
        news = False
        for probe in self._plan.due(self.now):
            if probe in ("P6", "P7", "P8", "P9") and self._konnektor_fails():
                self._plan.postpone(probe, self.now)
                continue
            self._plan.asked(probe, self.now)
            for messung in self.world.ask(probe, self.now):
                self._take(messung)
                state = state_of(messung)
                news = news or self._states.get((messung.probe, messung.ziel)) != state
                self._states[(messung.probe, messung.ziel)] = state
        changed = [s for s, stand in self.bild.staende.items() if stand.stufe is not before[s]]
        self._plan.learn(self.bild, self.now, changed)
        restless = any(s.stufe in (Stufe.VERDACHT, Stufe.ERHOLUNG) for s in self.bild.staende.values())
        if news or changed or restless or self.now - self._judged >= timedelta(seconds=60):
            self._judged = self.now
            self.on_lage(self.lage())

    def skip_to(self, moment: datetime) -> None:
        """Jump over a stretch in which every probe goes on answering the same."""
        shift = moment - self.now
        if shift <= timedelta(0):
            return
        self.now = moment
        plan, bild = self._plan, self.bild
        for table in (plan._due, plan._last_asked):
            for probe in table:
                table[probe] += shift
        # The Lagebild keeps to the minutes of gematik's own cycle, however long the stretch was.
        plan._due["P13"] = plan._next_lagebild(moment)
        for stand in bild.staende.values():
            if stand.gesehen is not None:
                stand.gesehen += shift
        for words in (bild.letzte, bild.gut):
            for series, messung in words.items():
                words[series] = messung.model_copy(update={"zeit": messung.zeit + shift})
        if bild._tick is not None:
            bild._tick += shift

    def _konnektor_fails(self) -> bool:
        return any(self.bild.says(s, self.now) is False for s in (Schicht.KON_TCP, Schicht.KON_TLS))

    def _take(self, messung: Messung) -> None:
        self.bild.add(messung)
        self.observations += 1
        if self.keep:
            self.messungen.append(messung)
