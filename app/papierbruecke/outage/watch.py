"""The watching: asks every counterpart at its interval, stores, judges, and tells changes.

One engine for the window (``run``) and for the command ``lage`` (``round``). A small pool asks;
the thread that calls ``run`` alone stores and judges. Source: ti-detection §5.1, design §4.
"""

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from papierbruecke.clock import Clock
from papierbruecke.outage.diagnose import judge
from papierbruecke.outage.events import Bell
from papierbruecke.outage.layers import Schicht
from papierbruecke.outage.model import Ergebnis, Lage, Messung, Umfeld
from papierbruecke.outage.notice import Meldung, Notices
from papierbruecke.outage.picture import Bild
from papierbruecke.outage.probe import Probe, silent
from papierbruecke.outage.sample_chain import state_of
from papierbruecke.outage.samples import FENSTER, Samples
from papierbruecke.outage.schedule import Schedule
from papierbruecke.outage.zeiten import Zeiten, zeiten

if TYPE_CHECKING:
    from papierbruecke.kim.model import Kim
    from papierbruecke.konnektor.model import Konnektor
    from papierbruecke.settings import Einstellungen

_WORKERS = 4
_WAKE_S = 0.5  # how fast a stop is noticed
_FIRST_WORD_S = 15.0  # a silent counterpart does not hold back the first Lage
_FLUSH = timedelta(seconds=30)
_LISTEN = timedelta(seconds=2)
_PRUNE = timedelta(hours=1)
_REMEMBER_NOTICES = timedelta(days=100)  # longer than the widest warning step
_BEHIND_KONNEKTOR = ("P6", "P7", "P8", "P9")
_FACTS = ("P5", "P6", "P7", "P8", "P9", "P13")
_LAGEBILD_DISTANCE_S = 300.0
_LONGEST_ANSWER_S = 20.0  # an answer is dated at its end, up to its timeout after the question


class Watch:
    """One desk's eye on the TI."""

    def __init__(self, probes: Sequence[Probe], samples: Samples, clock: Clock, umfeld: Umfeld) -> None:
        self._probes = {probe.id: probe for probe in probes if not probe.auf_klick}
        self._clicked = [probe for probe in probes if probe.auf_klick]
        self._samples = samples
        self._clock = clock
        self._umfeld = umfeld

    def round(self) -> Lage:
        """Ask everything once and judge it together with the stored observations.

        Lasts as long as the slowest counterpart's timeout. The Lagebild is asked only if the
        last question is five minutes old, services behind the TI at most every ten minutes.
        """
        bild = self.load(zeiten())
        found: list[Messung] = []
        lanes: dict[str, list[Probe]] = {}
        for probe in self._probes.values():
            if self._worth_asking(probe, bild):
                lanes.setdefault(probe.gegenstelle, []).append(probe)
        with ThreadPoolExecutor(_WORKERS) as pool:
            for answers in pool.map(_ask_in_turn, lanes.values()):
                found.extend(answers)
        found.sort(key=lambda m: m.zeit)
        self._samples.add(found)
        bild.extend(found)
        now = max([self._clock.now(), *(m.zeit for m in found[-1:])])
        lage = judge(bild, now)
        before = self._samples.history(now - FENSTER, now, "diagnose")
        if not before or before[-1].inhalt != _row(lage):
            self._samples.note(now, "diagnose", _row(lage))
        return lage

    def click(self) -> Lage:
        """A person wants to know about the E-Rezept-Fachdienst: one contact in ten minutes, never more.

        Source: api-erp, erp_ps_probing; ti-detection §4, rule 34.
        """
        now = self._clock.now()
        earliest = now - timedelta(seconds=zeiten().takt_s["P11"])
        if not any(m.ziel == "erezept" and earliest < m.zeit <= now for m in self._samples.last("P11")):
            self._samples.add([m for probe in self._clicked for m in probe.measure()])
        return judge(self.load(zeiten()), max(now, self._clock.now()))

    def _worth_asking(self, probe: Probe, bild: Bild) -> bool:
        now = self._clock.now()
        last = max((m.zeit for (name, _), m in bild.letzte.items() if name == probe.id), default=None)
        if last is None or last > now:
            return True
        if probe.id == "P13":
            measuring = now.minute % 5 == 0  # gematik measures itself just now: an older answer will do
            return now - last >= timedelta(seconds=_LAGEBILD_DISTANCE_S * (2 if measuring else 1))
        return probe.id != "P11" or now - last >= timedelta(seconds=bild.z.takt_s["P11"])

    def load(self, z: Zeiten) -> Bild:
        """The picture that the stored observations give."""
        now = self._clock.now()
        bild = Bild(self._umfeld, z)
        for probe in _FACTS:
            bild.prime(m for m in self._samples.last(probe, Ergebnis.OK) if m.zeit <= now)
        return bild.extend(m for m in self._samples.since(now - FENSTER) if m.zeit <= now)

    def run(
        self,
        stop: threading.Event,
        on_change: Callable[[Lage], None],
        tempo: float = 1.0,
        on_notice: Callable[[Meldung], None] | None = None,
        bell: Bell | None = None,
    ) -> None:
        """Watch until ``stop`` is set; ``on_change`` gets the first Lage and every changed one.

        ``on_notice`` gets what the program should say by itself: once per cause. ``bell`` makes
        questions earlier when something else (an event of the Konnektor) rings it.

        Blocks the calling thread, which must be the one that opened the samples. ``tempo``
        makes intervals and minimum times shorter by this factor (played outages only).
        """
        run = _Run(self, self._probes, self._samples, self._clock, tempo, bell or Bell())
        run.until(stop, on_change, on_notice)


class _Run:
    """The state of one watching."""

    def __init__(
        self, watch: Watch, probes: dict[str, Probe], samples: Samples, clock: Clock, tempo: float, bell: Bell
    ) -> None:
        z = zeiten().faster(tempo)
        self._probes = probes
        self._samples = samples
        self._clock = clock
        self._tempo = tempo
        self._bell = bell
        self._heard, _ = samples.told(-1)
        self._bild = watch.load(z)
        self._begin = clock.now()
        self._plan = Schedule(list(probes.values()), z, self._begin, tempo=tempo, seed=int(self._begin.timestamp()))
        for name in ("P13", "P11"):
            asked = max((m.zeit for (p, _), m in self._bild.letzte.items() if p == name), default=None)
            if asked is not None and asked <= self._begin:
                self._plan.remember(name, asked)
        self._answers: queue.SimpleQueue[tuple[Probe, Future[Sequence[Messung]]]] = queue.SimpleQueue()
        self._busy: set[str] = set()
        self._unheard = set(self._plan.due(self._begin))
        self._buffer: list[Messung] = []
        self._states: dict[tuple[str, str], str] = {}
        self._flushed = self._pruned = self._listened = self._begin
        self._told: object = None
        said = samples.history(self._begin - _REMEMBER_NOTICES, self._begin, "meldung")
        self._notices = Notices(z, [str(row.inhalt.get("schluessel")) for row in said])

    def until(
        self,
        stop: threading.Event,
        on_change: Callable[[Lage], None],
        on_notice: Callable[[Meldung], None] | None,
    ) -> None:
        with ThreadPoolExecutor(_WORKERS, thread_name_prefix="probe") as pool:
            while not stop.is_set():
                self._ask(pool)
                if self._take_in():
                    self._judge(on_change, on_notice)
        self._flush(self._clock.now())

    def _ask(self, pool: ThreadPoolExecutor) -> None:
        now = self._clock.now()
        self._hear_the_bell(now)
        for name in self._plan.due(now):
            probe = self._probes[name]
            if probe.gegenstelle in self._busy:
                continue
            if name == "P13" and self._lagebild_asked_elsewhere(now):
                continue
            if name in _BEHIND_KONNEKTOR and self._konnektor_fails(now):
                self._plan.postpone(name, now)
                self._unheard.discard(name)
                continue
            self._busy.add(probe.gegenstelle)
            self._plan.asked(name, now)
            future = pool.submit(probe.measure)
            future.add_done_callback(partial(self._answered, probe))

    def _hear_the_bell(self, now: datetime) -> None:
        for probes, word in self._bell.take():
            for name in probes:
                self._plan.hurry(name, now)
            if word is not None:
                self._bild.add(word)
                self._buffer.append(word)

    def _lagebild_asked_elsewhere(self, now: datetime) -> bool:
        """Whether a command of this desk asked the Lagebild in this cycle: then the next one is early enough."""
        last = max((m.zeit for m in self._samples.last("P13")), default=None)
        distance = timedelta(seconds=_LAGEBILD_DISTANCE_S - _LONGEST_ANSWER_S)
        if self._tempo != 1.0 or last is None or not timedelta(0) <= now - last < distance:
            return False
        self._plan.remember("P13", last)
        self._unheard.discard("P13")
        return True

    def _answered(self, probe: Probe, done: Future[Sequence[Messung]]) -> None:
        self._answers.put((probe, done))

    def _konnektor_fails(self, now: datetime) -> bool:
        return any(self._bild.says(s, now) is False for s in (Schicht.KON_TCP, Schicht.KON_TLS))

    def _take_in(self) -> bool:
        """Wait for the next answers; True if there were any, or others told something."""
        wait = min(_WAKE_S, max(0.0, (self._plan.next_due() - self._clock.now()).total_seconds()))
        told = self._listen()
        try:
            batch = [self._answers.get(timeout=wait or 0.01)]
        except queue.Empty:
            return told
        while not self._answers.empty():
            batch.append(self._answers.get())
        before = {s: stand.stufe for s, stand in self._bild.staende.items()}
        for probe, done in batch:
            self._busy.discard(probe.gegenstelle)
            self._unheard.discard(probe.id)
            for messung in done.result():
                self._bild.add(messung)
                self._buffer.append(messung)
        now = self._clock.now()
        changed = [s for s, stand in self._bild.staende.items() if stand.stufe is not before[s]]
        self._plan.learn(self._bild, now, changed)
        self._store(now)
        return True

    def _listen(self) -> bool:
        """Take in what real work (P15) and a person's click told meanwhile; True if there was any."""
        now = self._clock.now()
        if timedelta(0) <= now - self._listened < _LISTEN:
            return False
        self._listened = now
        self._heard, told = self._samples.told(self._heard)
        self._bild.extend(told)
        return bool(told)

    def _store(self, now: datetime) -> None:
        """At once if anything changed, else together every half minute: the disk may rest."""
        news = False
        for messung in self._buffer:
            state = state_of(messung)
            news = news or self._states.get((messung.probe, messung.ziel)) != state
            self._states[(messung.probe, messung.ziel)] = state
        if news or now - self._flushed >= _FLUSH:
            self._flush(now)
        if now - self._pruned >= _PRUNE:
            self._samples.prune(now)
            self._pruned = now

    def _flush(self, now: datetime) -> None:
        if self._buffer:
            self._samples.add(self._buffer)
            self._buffer = []
        self._flushed = now

    def _judge(self, on_change: Callable[[Lage], None], on_notice: Callable[[Meldung], None] | None) -> None:
        now = self._clock.now()
        if self._unheard and now - self._begin < timedelta(seconds=_FIRST_WORD_S):
            return
        lage = judge(self._bild, now)
        essence = essence_of(lage)
        if essence != self._told:
            self._told = essence
            self._samples.note(now, "diagnose", _row(lage))
            on_change(lage)
        for meldung in self._notices.take(lage):
            self._samples.note(now, "meldung", meldung.model_dump(mode="json"))
            if on_notice is not None:
                on_notice(meldung)


def essence_of(lage: Lage) -> object:
    """What must differ for a Lage to be news."""
    rows = tuple((d.id, d.satz, d.sicherheit) for d in (lage.diagnose, *lage.weitere) if d is not None)
    return rows, lage.hinweise, tuple((dienst, state.zustand) for dienst, state in lage.dienste.items())


def _row(lage: Lage) -> dict[str, object]:
    return {
        "diagnose": lage.diagnose.id if lage.diagnose is not None else None,
        "seit": lage.diagnose.seit.isoformat() if lage.diagnose is not None and lage.diagnose.seit else None,
        "satz": lage.diagnose.satz if lage.diagnose is not None else None,
        "weitere": [row.id for row in lage.weitere],
        "hinweise": [hint.id for hint in lage.hinweise],
        "dienste": {dienst.value: state.zustand.value for dienst, state in lage.dienste.items()},
    }


def _ask_in_turn(probes: Sequence[Probe]) -> list[Messung]:
    """All questions to one counterpart, one after the other; a dead one is not asked on."""
    found: list[Messung] = []
    dead = False
    for probe in sorted(probes, key=lambda p: int(p.id[1:])):
        if dead and probe.id in _BEHIND_KONNEKTOR:
            word = found[0]
            found.append(silent(probe.id, word.ziel, word.zeit, "nicht gefragt, solange der Konnektor nicht antwortet"))
            continue
        answers = probe.measure()
        found.extend(answers)
        dead = dead or (probe.id == "P4" and any(m.ergebnis is Ergebnis.FEHLER for m in answers))
    return found


def umfeld_of(settings: "Einstellungen") -> Umfeld:
    """What the diagnosis must know about this practice besides observations."""
    return Umfeld(
        anschlussart=settings.konnektor.anschlussart,
        ti_zugang_anbieter=settings.lagebild.ti_zugang_anbieter,
        ti_zugang_ci=settings.lagebild.ti_zugang_ci,
        kim_anbieter=settings.kim.anbieter,
        kim_ci=settings.kim.anbieter_ci,
    )


def build_probes(
    settings: "Einstellungen", konnektor: "Konnektor | None", kim: "Kim | None", clock: Clock
) -> list[Probe]:
    """The probes of this practice; what is not set up is not asked, and KIM says that it is not.

    In a simulator folder, and only there, the network of this computer is a played one.
    """
    from papierbruecke.outage import internet_probe, kim_probe, konnektor_probe, lagebild_probe, played_network

    probes: list[Probe] = []
    if settings.simulator and settings.netz.gespielt_von is not None:
        probes += played_network.build(settings.netz.gespielt_von, clock)
    else:
        probes += internet_probe.build(settings, clock)
    if konnektor is not None:
        probes += konnektor_probe.build(konnektor, settings.konnektor, clock)
    probes += kim_probe.build(kim, settings, clock)
    if settings.lagebild.url:
        probes += lagebild_probe.build(settings, clock)
    return probes
