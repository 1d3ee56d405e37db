"""A practice that does anything in any order, against the file and its twin at once.

After every single step both stores say the same, the hash chain holds, every Beleg is in
exactly one column, no number is given twice and nothing finished opens again. The normal run
has 200 examples, PAPIERBRUECKE_LANG=1 has 50,000; PAPIERBRUECKE_BEISPIELE sets another number.
"""

import copy
import os
import shutil
import tempfile
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import stores
from papierbruecke.clock import SetClock, local
from papierbruecke.outage.incident import Stoerung
from papierbruecke.outbox.memory import MemoryOutbox
from papierbruecke.outbox.model import SPALTE, UEBERGAENGE, VOR_SIGNATUR, Spalte, Zustand
from papierbruecke.outbox.recover import look_back, settle_restore
from papierbruecke.outbox.remains import Remains
from papierbruecke.outbox.store import Outbox, TransitionRefused
from papierbruecke.record.model import Beleg, BelegArt
from papierbruecke.vault.backup import Sicherung, backups_of, create_backup, restore_files

_USUAL = "50000" if os.environ.get("PAPIERBRUECKE_LANG") == "1" else "200"
EXAMPLES = int(os.environ.get("PAPIERBRUECKE_BEISPIELE", _USUAL))
FINISHED = {zustand for zustand, spalte in SPALTE.items() if spalte in (Spalte.ERLEDIGT, Spalte.HINFAELLIG)}
DAY = date(2026, 11, 23)
SEITEN = {"kk": b"%PDF kk", "ag": b"%PDF ag"}


class Practice(RuleBasedStateMachine):
    """One desk and what may happen to it."""

    def __init__(self) -> None:
        super().__init__()
        # In memory where there is such a place: power cuts are another test's business.
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.folder = Path(tempfile.mkdtemp(prefix="pb-maschine-", dir=memory))
        self.clock = SetClock(datetime(2026, 11, 23, 7, 19, tzinfo=UTC))
        self.file = stores.file(self.folder, self.clock)
        self.twin = MemoryOutbox(self.clock)
        self.kennungen: list[UUID] = []
        self.issued: dict[UUID, Beleg] = {}
        self.numbers: Counter[str] = Counter()
        self.of: Stoerung | None = None
        self.backup: tuple[Sicherung, MemoryOutbox, datetime] | None = None
        self.finished: dict[UUID, Zustand] = {}
        self.forgotten: set[UUID] = set()

    @property
    def both(self) -> tuple[Outbox, Outbox]:
        return self.file, self.twin

    @initialize()
    def outage(self) -> None:
        made = Stoerung(id=uuid4(), beginn=self.clock.now(), dienste=(), einzelfaelle=True)
        for store in self.both:
            store.begin_stoerung(made, "sk")
        self.of = made

    # -- what people do -----------------------------------------------------------

    @rule(art=st.sampled_from([BelegArt.AU, BelegArt.REZEPT, BelegArt.STORNO]))
    def issue(self, art: BelegArt) -> None:
        assert self.of is not None
        made = stores.beleg(self.file, art, self.of)
        assert self.twin.reserve_nummer(DAY, "A") == made.belegnummer
        self.numbers[made.belegnummer] += 1
        for store in self.both:
            store.put(made, SEITEN, "sk")
        self.kennungen.append(made.kennung)
        self.issued[made.kennung] = made

    @precondition(lambda self: self.kennungen)
    @rule(data=st.data())
    def issue_again_by_mistake(self, data: st.DataObject) -> None:
        kennung = data.draw(st.sampled_from(self.kennungen))
        made = self.issued[kennung]
        for store in self.both:
            store.put(made, SEITEN, "sk")
            with pytest.raises(AssertionError):
                store.put(made, {"kk": b"anders"}, "sk")

    @precondition(lambda self: self.kennungen)
    @rule(data=st.data())
    def go_on(self, data: st.DataObject) -> None:
        """Any step that the table allows: print, spoil, sign, send, lose the answer, deliver, void …"""
        kennung = data.draw(st.sampled_from(self.kennungen))
        line = self.file.uebersicht(kennung)
        assert line is not None
        allowed = sorted(UEBERGAENGE[line.art].get(line.zustand, set()))
        if allowed:
            self._go(kennung, line.zustand, data.draw(st.sampled_from(allowed)))

    @precondition(lambda self: self.kennungen)
    @rule(data=st.data(), before=st.sampled_from(list(Zustand)), after=st.sampled_from(list(Zustand)))
    def go_astray(self, data: st.DataObject, before: Zustand, after: Zustand) -> None:
        """A window that believes something else."""
        self._go(data.draw(st.sampled_from(self.kennungen)), before, after)

    @precondition(lambda self: self.kennungen)
    @rule(data=st.data())
    def forget(self, data: st.DataObject) -> None:
        """The retention rule asks for a content; only a finished Beleg gives it."""
        kennung = data.draw(st.sampled_from(self.kennungen))
        for store in self.both:
            line = store.uebersicht(kennung)
            assert line is not None
            if line.zustand not in FINISHED:
                with pytest.raises(TransitionRefused):
                    store.remove_content(kennung, "Regel", "probe")
                assert store.seiten(kennung) == ({} if kennung in self.forgotten else SEITEN)
            else:
                assert store.remove_content(kennung, "Regel", "probe").zustand is line.zustand
                assert store.seiten(kennung) == {}
                assert store.get(kennung) is store.signed(kennung) is None
                self.forgotten.add(kennung)
        assert self.file.forget_journal()

    @rule(seconds=st.integers(-4000, 400_000))
    def time_passes_or_jumps(self, seconds: int) -> None:
        self.clock.advance(timedelta(seconds=seconds))

    # -- what happens to the desk ----------------------------------------------------

    @rule()
    def crash(self) -> None:
        """The program dies; the file is opened again while the dead one still holds its handle."""
        old = self.file
        self.file = stores.file(self.folder, self.clock)
        old.close()
        assert self.file.verify() == []
        report = look_back(self.file, self.clock.now())
        assert {line.kennung for line in report.unterwegs} == self._in({Zustand.IN_UEBERTRAGUNG})
        assert {line.kennung for line in report.ungedruckt} == self._in({Zustand.ERFASST})

    @rule()
    def back_up(self) -> None:
        shutil.rmtree(self.folder / "sicherungen", ignore_errors=True)
        made = create_backup(self.folder, stores.KEY, datetime.now(UTC), "Probe")
        assert backups_of(self.folder) == [made]
        twin = copy.copy(self.twin)
        twin.__dict__.update({name: copy.copy(value) for name, value in self.twin.__dict__.items() if name != "_clock"})
        self.backup = made, twin, self.clock.now()

    @precondition(lambda self: self.backup is not None)
    @rule()
    def bring_back(self) -> None:
        """The disk is lost; the newest backup comes back and nobody knows what happened since."""
        assert self.backup is not None
        made, twin, moment = self.backup
        self.file.close()
        for path in self.folder.glob("belege.db*"):
            path.unlink()
        restore_files(self.folder, made, datetime.now(UTC))
        self.file, self.twin, self.backup = stores.file(self.folder, self.clock), twin, None
        for store in self.both:
            settle_restore(store, made.name, moment, Remains(), self.clock.now(), "A", "sk")
        self.kennungen = [line.kennung for line in self.file.find()]
        self.forgotten = {line.kennung for line in self.file.find() if self.file.get(line.kennung) is None}
        self.finished = {k: z for k, z in self.finished.items() if k in self.kennungen}
        for line in self.file.find():
            if SPALTE[line.zustand] in (Spalte.OFFEN, Spalte.UNKLAR):
                assert line.zustand in (Zustand.UNGEKLAERT, Zustand.GESENDET)
                self.finished.pop(line.kennung, None)
        first, last = sorted((local(moment).date(), local(self.clock.now()).date()))
        if first <= DAY <= last:
            number = self.file.reserve_nummer(DAY, "A")
            assert number == self.twin.reserve_nummer(DAY, "A")
            assert number not in self.numbers
        else:
            # Numbers of a day that neither clock knows of are this machine's own invention.
            for store in self.both:
                store.skip_nummern(DAY, "A", um=500)

    # -- what must hold ------------------------------------------------------------------

    @invariant()
    def both_say_the_same(self) -> None:
        assert self.file.find() == self.twin.find()
        assert self.file.events() == self.twin.events()

    @invariant()
    def content_is_whole_or_gone(self) -> None:
        for kennung in self.kennungen:
            kept = None if kennung in self.forgotten else self.issued[kennung]
            assert self.file.get(kennung) == kept == self.twin.get(kennung)

    @invariant()
    def the_chain_holds(self) -> None:
        assert self.twin.verify() == []  # and the file's is the same, see above

    @invariant()
    def each_in_one_column_and_its_state_is_its_last_event(self) -> None:
        lines = self.file.find()
        assert [line.kennung for line in lines] == self.kennungen
        assert max(self.numbers.values(), default=1) == 1
        for line in lines:
            events = [event for event in self.file.events(line.kennung) if event.zustand is not None]
            assert events[-1].zustand is line.zustand
            under_way = self.file._db.row(
                "SELECT count(*) FROM versuch WHERE kennung = ? AND im_gang = 1", (str(line.kennung),)
            )[0]
            assert under_way == (1 if line.zustand is Zustand.IN_UEBERTRAGUNG else 0)
            if line.zustand in (Zustand.ZUGESTELLT, Zustand.GESENDET):
                assert self.file.versuche(line.kennung), "delivered without ever being sent"

    def teardown(self) -> None:
        findings = self.file.verify()
        self.file.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        assert findings == []

    def _in(self, states: set[Zustand]) -> set[UUID]:
        return {line.kennung for line in self.twin.find(zustaende=states)}

    def _go(self, kennung: UUID, before: Zustand, after: Zustand) -> None:
        results = []
        versuch = stores.versuch(kennung, self.clock.now())
        signs = after is Zustand.SIGNIERT and before is VOR_SIGNATUR.get(self.issued[kennung].art)
        p7s = uuid4().bytes  # a signature that lapsed is replaced, one that may have left never is
        for store in self.both:
            try:
                if signs:
                    store.sign(kennung, b"<x/>", p7s, "sk")
                elif after is Zustand.IN_UEBERTRAGUNG:
                    store.begin_versuch(versuch, before, "sk")
                else:
                    store.advance(kennung, before, after, "sk")
                results.append("ok")
            except (TransitionRefused, AssertionError) as refused:
                results.append(type(refused).__name__)
        assert results[0] == results[1]
        assert self.file.signed(kennung) == self.twin.signed(kennung)


Practice.TestCase.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=14,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestPractice = Practice.TestCase
