"""The twin of the encrypted store: same port, same rules, nothing on disk. For tests and previews."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from datetime import date, datetime
from uuid import UUID, uuid5

from papierbruecke.clock import Clock
from papierbruecke.outage.incident import Stoerung, dienste_in_papier
from papierbruecke.outbox.chain import broken_links, digest, link, stoerung_detail, stored_detail
from papierbruecke.outbox.model import (
    FERTIG,
    GELOESCHT,
    INHALT_GELOESCHT,
    NUR_NACH_VERSUCH,
    VOR_SIGNATUR,
    Ereignis,
    GeleseneMail,
    Uebersicht,
    Versuch,
    Zustand,
    may_follow,
    needs_content,
)
from papierbruecke.outbox.store import EINZELFAELLE, PREPRINTED, TransitionRefused, patient_of, preprinted_of
from papierbruecke.record.belegnummer import NOTFALLMAPPE, format_nummer, normalize, notfall_nummer
from papierbruecke.record.model import Beleg, BelegArt


class MemoryOutbox:
    """An Outbox without a file."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._nummern: dict[tuple[date, str], int] = {}
        self._belege: dict[UUID, Beleg] = {}
        self._seiten: dict[UUID, dict[str, bytes]] = {}
        self._zeilen: dict[UUID, Uebersicht] = {}
        self._signed: dict[UUID, tuple[bytes, bytes]] = {}
        self._versuche: list[Versuch] = []
        self._mails: dict[str, GeleseneMail] = {}
        self._leases: dict[str, tuple[str, datetime]] = {}
        self._stoerungen: dict[UUID, Stoerung] = {}
        self._events: list[Ereignis] = []

    def reserve_nummer(self, tag: date, platz: str) -> str:
        laufend = self._nummern.get((tag, platz), 0) + 1
        self._nummern[tag, platz] = laufend
        return format_nummer(tag, platz, laufend)

    def preprint(self, tag: date, platz: str, kennungen: Sequence[UUID], wer: str) -> dict[UUID, str]:
        first = self._nummern.get((tag, NOTFALLMAPPE), 0) + 1
        numbers = {kennung: notfall_nummer(tag, platz, n) for n, kennung in enumerate(kennungen, start=first)}
        self._nummern[tag, NOTFALLMAPPE] = first + len(kennungen) - 1
        for kennung, nummer in numbers.items():
            self._event(PREPRINTED, wer, kennung, None, None, {"belegnummer": nummer})
        return numbers

    def preprinted(self) -> dict[str, UUID]:
        return preprinted_of(self._events)

    def skip_nummern(self, tag: date, platz: str, *, bis: int = 0, um: int = 0) -> None:
        self._nummern[tag, platz] = max(self._nummern.get((tag, platz), 0) + um, bis)

    def put(self, beleg: Beleg, seiten: dict[str, bytes], wer: str) -> Uebersicht:
        if beleg.kennung in self._zeilen:
            if self.events(beleg.kennung)[0].detail != stored_detail(beleg, seiten):
                raise AssertionError("the content of a stored Beleg is frozen")
            return self._zeilen[beleg.kennung]
        if beleg.stoerung not in self._stoerungen:
            raise AssertionError("a Beleg belongs to a known Störung")
        if any(line.belegnummer == beleg.belegnummer for line in self._zeilen.values()):
            raise AssertionError("a Belegnummer is given once")
        self._belege[beleg.kennung], self._seiten[beleg.kennung] = beleg, dict(seiten)
        self._zeilen[beleg.kennung] = Uebersicht(
            kennung=beleg.kennung,
            belegnummer=beleg.belegnummer,
            art=beleg.art,
            stoerung=beleg.stoerung,
            vorgang=beleg.vorgang,
            angelegt=beleg.angelegt,
            patient=patient_of(beleg.inhalt),
            zustand=Zustand.ERFASST,
            seit=self._clock.now(),
            weg=beleg.weg.value,
        )
        self._event("zustand", wer, beleg.kennung, beleg.stoerung, Zustand.ERFASST, stored_detail(beleg, seiten))
        return self._zeilen[beleg.kennung]

    def get(self, kennung: UUID) -> Beleg | None:
        return self._belege.get(kennung)

    def by_nummer(self, belegnummer: str) -> Uebersicht | None:
        wanted = normalize(belegnummer)
        return next((line for line in self._zeilen.values() if line.belegnummer == wanted), None)

    def uebersicht(self, kennung: UUID) -> Uebersicht | None:
        return self._zeilen.get(kennung)

    def find(
        self,
        *,
        stoerung: UUID | None = None,
        zustaende: Collection[Zustand] | None = None,
        art: BelegArt | None = None,
        limit: int | None = None,
    ) -> list[Uebersicht]:
        found = [
            line
            for line in self._zeilen.values()
            if (stoerung is None or line.stoerung == stoerung)
            and (zustaende is None or line.zustand in zustaende)
            and (art is None or line.art is art)
        ]
        return found if limit is None else found[-limit:] if limit else []

    def advance(
        self, kennung: UUID, before: Zustand, after: Zustand, wer: str, detail: dict[str, str] | None = None
    ) -> Uebersicht:
        line = self._zeilen.get(kennung)
        if line is None or line.zustand is not before or not may_follow(line.art, before, after):
            raise TransitionRefused(kennung, line.zustand if line else None, after)
        if needs_content(line, after) or (after in NUR_NACH_VERSUCH and not self.versuche(kennung)):
            raise TransitionRefused(kennung, before, after)
        changed = line.model_copy(update={"zustand": after, "seit": self._clock.now()})
        self._zeilen[kennung] = changed
        self._event("zustand", wer, kennung, line.stoerung, after, detail or {})
        return changed

    def note(self, kennung: UUID | None, was: str, wer: str, detail: dict[str, str] | None = None) -> None:
        stoerung = None if kennung is None else self._zeilen[kennung].stoerung
        self._event(was, wer, kennung, stoerung, None, detail or {})

    def events(self, kennung: UUID | None = None, *, limit: int | None = None) -> list[Ereignis]:
        found = [event for event in self._events if kennung is None or event.kennung == kennung]
        return found if limit is None else found[-limit:] if limit else []

    def seiten(self, kennung: UUID) -> dict[str, bytes]:
        return dict(self._seiten.get(kennung, {}))

    def sign(self, kennung: UUID, xml: bytes, p7s: bytes, wer: str) -> Uebersicht:
        stands = self._zeilen.get(kennung)
        before = VOR_SIGNATUR.get(stands.art, Zustand.GEDRUCKT) if stands is not None else Zustand.GEDRUCKT
        line = self.advance(kennung, before, Zustand.SIGNIERT, wer, {"xml": digest(xml), "p7s": digest(p7s)})
        self._signed[kennung] = (xml, p7s)
        return line

    def signed(self, kennung: UUID) -> tuple[bytes, bytes] | None:
        return self._signed.get(kennung)

    def begin_versuch(self, versuch: Versuch, before: Zustand, wer: str) -> None:
        if versuch.kennung not in self._signed:
            line = self._zeilen.get(versuch.kennung)
            if line is not None and needs_content(line, Zustand.IN_UEBERTRAGUNG):
                raise TransitionRefused(versuch.kennung, line.zustand, Zustand.IN_UEBERTRAGUNG)
            raise AssertionError("only signed bytes are sent")
        if any(old.message_id == versuch.message_id for old in self._versuche):
            raise AssertionError("every attempt has its own Message-ID")
        detail = {"message_id": versuch.message_id, "p7s": versuch.p7s_sha256}
        self.advance(versuch.kennung, before, Zustand.IN_UEBERTRAGUNG, wer, detail)
        self._versuche.append(versuch)

    def versuche(self, kennung: UUID) -> list[Versuch]:
        return [versuch for versuch in self._versuche if versuch.kennung == kennung]

    def by_message_id(self, message_id: str) -> UUID | None:
        return next((v.kennung for v in self._versuche if v.message_id == message_id), None)

    def seen_mails(self) -> frozenset[str]:
        return frozenset(self._mails)

    def remember_mails(self, mails: Mapping[str, str]) -> None:
        now = self._clock.now()
        read = {uidl: GeleseneMail(uidl=uidl, was=was, zeit=now) for uidl, was in mails.items()}
        self._mails = read | self._mails

    def read_mails(self, limit: int = 500) -> list[GeleseneMail]:
        return sorted(self._mails.values(), key=lambda mail: (mail.zeit, mail.uidl), reverse=True)[:limit]

    def remove_content(self, kennung: UUID, wer: str, regel: str) -> Uebersicht:
        line = self._zeilen.get(kennung)
        if line is None or line.zustand not in FERTIG:
            raise TransitionRefused(kennung, line.zustand if line else None, Zustand.DOKUMENTIERT)
        if line.patient == INHALT_GELOESCHT:
            return line
        for kept in (self._belege, self._seiten, self._signed):
            kept.pop(kennung, None)
        self._zeilen[kennung] = line.model_copy(update={"patient": INHALT_GELOESCHT})
        self._event(GELOESCHT, wer, kennung, line.stoerung, None, {"regel": regel})
        return self._zeilen[kennung]

    def forget_journal(self) -> bool:
        return True

    @contextmanager
    def together(self) -> Iterator[None]:
        before = {name: copy(value) for name, value in vars(self).items() if name != "_clock"}
        try:
            yield
        except BaseException:
            vars(self).update(before)
            raise

    def acquire_lease(self, name: str, holder: str, until: datetime) -> bool:
        current = self._leases.get(name)
        if current is not None and current[0] != holder and current[1] > self._clock.now():
            return False
        self._leases[name] = (holder, until)
        return True

    def lease_holder(self, name: str) -> str | None:
        return self._leases[name][0] if name in self._leases else None

    def release_lease(self, name: str, holder: str) -> None:
        if self._leases.get(name, ("",))[0] == holder:
            del self._leases[name]

    def begin_stoerung(self, stoerung: Stoerung, wer: str) -> None:
        taken = dienste_in_papier(self._stoerungen.values()).keys() & stoerung.in_papier()
        if taken:
            raise ValueError("an open Störung already names this Dienst")
        self._stoerungen[stoerung.id] = stoerung
        self._event("stoerung.beginn", wer, None, stoerung.id, None, stoerung_detail(stoerung))

    def change_stoerung(self, stoerung: Stoerung, wer: str) -> None:
        if stoerung.id not in self._stoerungen:
            raise AssertionError("only a known Störung can change")
        self._stoerungen[stoerung.id] = stoerung
        was = "stoerung.geaendert" if stoerung.ende is None else "stoerung.ende"
        self._event(was, wer, None, stoerung.id, None, stoerung_detail(stoerung))

    def stoerungen(self, *, nur_offene: bool = False) -> list[Stoerung]:
        return [s for s in self._stoerungen.values() if not nur_offene or (s.ende is None and not s.einzelfaelle)]

    def einzelfaelle(self, tag: date, moment: datetime, wer: str) -> Stoerung:
        wanted = uuid5(EINZELFAELLE, tag.isoformat())
        if wanted not in self._stoerungen:
            self.begin_stoerung(Stoerung(id=wanted, beginn=moment, dienste=(), einzelfaelle=True), wer)
        return self._stoerungen[wanted]

    def verify(self) -> list[str]:
        return broken_links(self._events)

    def close(self) -> None:
        """Nothing to give back."""

    def _event(
        self,
        was: str,
        wer: str,
        kennung: UUID | None,
        stoerung: UUID | None,
        zustand: Zustand | None,
        detail: dict[str, str],
    ) -> None:
        previous = self._events[-1] if self._events else None
        self._events.append(
            link(
                previous,
                zeit=self._clock.now(),
                kennung=kennung,
                stoerung=stoerung,
                was=was,
                zustand=zustand,
                wer=wer,
                detail=detail,
            )
        )
