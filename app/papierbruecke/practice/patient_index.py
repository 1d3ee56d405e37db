"""Who comes today? Names from the practice system, kept for two days, so that the paper is legible.

Only what a form needs, only for today and tomorrow, deleted after 48 hours (reconciliation.md
§11.6). Candidates are shown; nothing is ever merged silently (KVDT KP2-300).
"""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cached_property
from typing import Literal, NamedTuple, Protocol
from uuid import UUID, uuid4

from papierbruecke.card.model import Versicherter, Versicherung
from papierbruecke.practice.folding import fold, fold_bare
from papierbruecke.redact import PatientValue

KEPT = timedelta(hours=48)
GDT_NAME_CUT = 28
Quelle = Literal["gdt", "liste", "hand"]


class Patienteneintrag(PatientValue):
    """One patient of the list; ``eingetragen`` is UTC, ``termin`` the time as the list wrote it."""

    id: UUID
    quelle: Quelle
    eingetragen: datetime
    pvs_nummer: str | None = None
    termin: str | None = None
    versicherter: Versicherter
    versicherung: Versicherung | None = None

    @cached_property
    def folded_names(self) -> tuple[tuple[str, str, bool], ...]:
        """Every part of the name in both foldings, and whether the practice system may have cut it."""
        person = self.versicherter
        names = (person.nachname, person.vorname, person.vorsatzwort, person.namenszusatz)
        return tuple((fold(name), fold_bare(name), len(name) == GDT_NAME_CUT) for name in names if name)


class PatientStore(Protocol):
    """Where the list is kept."""

    def replace(self, entries: Iterable[Patienteneintrag]) -> None:
        """Add these; an entry with the same source and PVS number gives way to the new one."""

    def everybody(self) -> tuple[Patienteneintrag, ...]:
        """All entries."""

    def remove_before(self, moment: datetime) -> int:
        """Delete what was entered before this moment; returns how many."""


class PatientIndex:
    """The list of today's patients; belongs to the thread of its store."""

    def __init__(self, store: PatientStore) -> None:
        self._store = store

    def add(
        self,
        people: Iterable[tuple[str | None, str | None, Versicherter, Versicherung | None]],
        quelle: Quelle,
        now: datetime,
    ) -> tuple[Patienteneintrag, ...]:
        """Enter people as (PVS number, time, person, cover); also drops what is older than 48 hours."""
        entries = tuple(
            Patienteneintrag(
                id=uuid4(),
                quelle=quelle,
                eingetragen=now,
                pvs_nummer=nummer,
                termin=termin,
                versicherter=person,
                versicherung=cover,
            )
            for nummer, termin, person, cover in people
        )
        self.forget_old(now)
        self._store.replace(entries)
        return entries

    def note(self, person: Versicherter, cover: Versicherung, now: datetime) -> None:
        """Somebody was typed in by hand: found again for the next form of today. The same data are noted once."""
        if not any(entry.versicherter == person and entry.versicherung == cover for entry in self._kept(now)):
            self.add([(None, None, person, cover)], "hand", now)

    def search(self, text: str, now: datetime, limit: int = 20) -> tuple[Patienteneintrag, ...]:
        """Patients whose name, birth date, Versicherten-ID or PVS number begins with what was typed."""
        words = [_Typed(word.upper(), fold(word), fold_bare(word), _typed_date(word)) for word in text.split()]
        found = [entry for entry in self._kept(now) if words and all(_matches(entry, word) for word in words)]
        found.sort(key=lambda e: (fold(e.versicherter.nachname), fold(e.versicherter.vorname), e.eingetragen))
        return tuple(found[:limit])

    def with_number(self, pvs_nummer: str, now: datetime) -> Patienteneintrag | None:
        """The newest entry with this number of the practice system."""
        found = [entry for entry in self._kept(now) if entry.pvs_nummer == pvs_nummer]
        return max(found, key=lambda entry: entry.eingetragen, default=None)

    def number_of(self, person: Versicherter, now: datetime) -> str | None:
        """The number that the practice system gave this person; None unless the list names exactly one."""
        words = person.versicherten_id or f"{person.nachname} {person.vorname} {person.geburtsdatum or ''}"
        numbers = {entry.pvs_nummer for entry in self.search(words, now) if entry.pvs_nummer}
        return numbers.pop() if len(numbers) == 1 else None

    def entry(self, key: UUID, now: datetime) -> Patienteneintrag | None:
        """This entry, if it is still kept."""
        return next((entry for entry in self._kept(now) if entry.id == key), None)

    def forget_old(self, now: datetime) -> int:
        """Delete what is older than 48 hours; returns how many."""
        return self._store.remove_before(now - KEPT)

    def _kept(self, now: datetime) -> list[Patienteneintrag]:
        """Nobody older than 48 hours; whoever is older leaves the file with the first look at the list."""
        everybody = self._store.everybody()
        kept = [entry for entry in everybody if entry.eingetragen >= now - KEPT]
        if len(kept) < len(everybody):
            self.forget_old(now)
        return kept


def same_person(one: Versicherter, other: Versicherter) -> bool:
    """Whether two records may mean the same person: the Versicherten-ID, else name and full birth date.

    Names are compared without case and umlauts, and only as far as GDT carries them (28 characters).
    A candidate for a person to look at, never a reason to merge (KP2-300).
    """
    if one.versicherten_id and other.versicherten_id:
        return one.versicherten_id == other.versicherten_id
    if not one.geburtsdatum or one.geburtsdatum != other.geburtsdatum:
        return False
    return all(
        fold(a[:GDT_NAME_CUT]) == fold(b[:GDT_NAME_CUT])
        for a, b in ((one.nachname, other.nachname), (one.vorname, other.vorname))
    )


class _Typed(NamedTuple):
    """One word of a search, made ready once; ``birth`` if it is a date."""

    upper: str
    folded: str
    bare: str
    birth: "re.Pattern[str] | None"


def _matches(entry: Patienteneintrag, word: _Typed) -> bool:
    person = entry.versicherter
    if word.birth is not None:
        return person.geburtsdatum is not None and word.birth.fullmatch(person.geburtsdatum) is not None
    if (person.versicherten_id or "").startswith(word.upper) or (entry.pvs_nummer or "").upper() == word.upper:
        return True
    if not word.folded or not word.bare:
        return False
    for folded, bare, cut in entry.folded_names:
        if f" {word.folded}" in f" {folded}" or f" {word.bare}" in f" {bare}":
            return True
        # What is typed may go on where the practice system cut the name.
        if cut and (word.folded.startswith(folded) or word.folded.startswith(folded.rpartition(" ")[2])):
            return True
    return False


def _typed_date(word: str) -> "re.Pattern[str] | None":
    """``7.3.58``, ``07.03.1958``, ``7.3.``, ``1958-03-07`` as a pattern over ``JJJJ-MM-TT``."""
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?", word):
        return re.compile(re.escape(word) + ".*")
    match = re.fullmatch(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4}|[0-9]{2})?", word)
    if match is None:
        return None
    day, month, year = match.groups()
    years = ".{4}" if year is None else year if len(year) == 4 else f"..{year}"
    return re.compile(f"{years}-{int(month):02d}-{int(day):02d}")
