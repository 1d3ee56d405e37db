"""The store of this desk: one SQLCipher file. Every change is one immediate transaction with its event."""

import json
import logging
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from pathlib import Path
from uuid import UUID, uuid5

from papierbruecke.clock import Clock
from papierbruecke.outage.incident import Stoerung
from papierbruecke.outbox.chain import digest, link, stoerung_detail, stored_detail
from papierbruecke.outbox.migrations import MIGRATIONS
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
from papierbruecke.outbox.sqlcipher_rows import ereignis_of, mail_of, uebersicht_of, utc, versuch_of
from papierbruecke.outbox.sqlcipher_verify import findings_of
from papierbruecke.outbox.store import EINZELFAELLE, PREPRINTED, TransitionRefused, patient_of, preprinted_of
from papierbruecke.record.belegnummer import NOTFALLMAPPE, format_nummer, normalize, notfall_nummer
from papierbruecke.record.model import Beleg, BelegArt
from papierbruecke.vault.database import Database, open_database
from papierbruecke.vault.key import Key

_LINE = """SELECT b.kennung, b.belegnummer, b.art, b.stoerung, b.vorgang, b.angelegt, b.patient, s.zustand, s.seit,
           b.weg FROM beleg b JOIN stand s ON s.kennung = b.kennung"""
_EVENT = "SELECT nummer, zeit, kennung, stoerung, was, zustand, wer, detail, hash FROM ereignis"
_VERSUCH = "SELECT kennung, message_id, datum, p7s_sha256, empfaenger FROM versuch"

_MAIL = "SELECT uidl, was, zeit FROM mail ORDER BY zeit DESC, uidl DESC"

_LOG = logging.getLogger(__name__)


def open_outbox(path: Path, key: Key, clock: Clock) -> "SqlcipherOutbox":
    """Open the store of a desk, or make it."""
    return SqlcipherOutbox(open_database(path, key, MIGRATIONS), clock)


class SqlcipherOutbox:
    """An Outbox in an encrypted file."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._db = database
        self._clock = clock

    # -- Belege ----------------------------------------------------------------

    def reserve_nummer(self, tag: date, platz: str) -> str:
        with self._db.immediate():
            return format_nummer(tag, platz, self._draw(tag, platz))

    def _draw(self, tag: date, platz: str) -> int:
        (laufend,) = self._db.row(
            "INSERT INTO nummer VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET laufend = laufend + 1 RETURNING laufend",
            (tag.isoformat(), platz),
        )
        return int(laufend)

    def preprint(self, tag: date, platz: str, kennungen: Sequence[UUID], wer: str) -> dict[UUID, str]:
        with self._db.immediate():
            numbers = {kennung: notfall_nummer(tag, platz, self._draw(tag, NOTFALLMAPPE)) for kennung in kennungen}
            for kennung, nummer in numbers.items():
                self._event(PREPRINTED, wer, kennung, None, None, {"belegnummer": nummer})
        return numbers

    def preprinted(self) -> dict[str, UUID]:
        rows = self._db.rows(f"{_EVENT} WHERE was = ? ORDER BY nummer", (PREPRINTED,))
        return preprinted_of(ereignis_of(row) for row in rows)

    def skip_nummern(self, tag: date, platz: str, *, bis: int = 0, um: int = 0) -> None:
        with self._db.immediate():
            self._db.execute(
                "INSERT INTO nummer VALUES (?, ?, max(?, ?)) "
                "ON CONFLICT DO UPDATE SET laufend = max(laufend + ?, excluded.laufend)",
                (tag.isoformat(), platz, bis, um, um),
            )

    def put(self, beleg: Beleg, seiten: dict[str, bytes], wer: str) -> Uebersicht:
        kennung = str(beleg.kennung)
        with self._db.immediate():
            if self.uebersicht(beleg.kennung) is not None:
                stored = self.get(beleg.kennung)
                same = stored == beleg and self.seiten(beleg.kennung) == seiten
                # A deleted content is known by its digest.
                if not (same or (stored is None and self._digests(kennung) == stored_detail(beleg, seiten))):
                    raise AssertionError("the content of a stored Beleg is frozen")
                return self._line(kennung)
            self._db.execute(
                "INSERT INTO beleg VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    kennung,
                    beleg.belegnummer,
                    beleg.art.value,
                    str(beleg.stoerung),
                    str(beleg.vorgang),
                    utc(beleg.angelegt),
                    patient_of(beleg.inhalt),
                    beleg.weg.value,
                    beleg.model_dump_json(),
                ),
            )
            for name, pdf in seiten.items():
                self._db.execute("INSERT INTO seite VALUES (?, ?, ?)", (kennung, name, pdf))
            now = self._clock.now()
            self._db.execute("INSERT INTO stand VALUES (?, ?, ?)", (kennung, Zustand.ERFASST.value, utc(now)))
            self._event("zustand", wer, beleg.kennung, beleg.stoerung, Zustand.ERFASST, stored_detail(beleg, seiten))
            return self._line(kennung)

    def _digests(self, kennung: str) -> dict[str, str]:
        return self.events(UUID(kennung))[0].detail

    def get(self, kennung: UUID) -> Beleg | None:
        row = self._db.row("SELECT inhalt FROM beleg WHERE kennung = ? AND inhalt <> ''", (str(kennung),))
        return Beleg.model_validate_json(row[0]) if row else None

    def by_nummer(self, belegnummer: str) -> Uebersicht | None:
        row = self._db.row(f"{_LINE} WHERE b.belegnummer = ?", (normalize(belegnummer),))
        return uebersicht_of(row) if row else None

    def uebersicht(self, kennung: UUID) -> Uebersicht | None:
        row = self._db.row(f"{_LINE} WHERE b.kennung = ?", (str(kennung),))
        return uebersicht_of(row) if row else None

    def find(
        self,
        *,
        stoerung: UUID | None = None,
        zustaende: Collection[Zustand] | None = None,
        art: BelegArt | None = None,
        limit: int | None = None,
    ) -> list[Uebersicht]:
        where, values = ["1"], []
        if stoerung is not None:
            where.append("b.stoerung = ?")
            values.append(str(stoerung))
        if zustaende is not None:
            where.append(f"s.zustand IN ({','.join('?' * len(zustaende))})")
            values.extend(z.value for z in zustaende)
        if art is not None:
            where.append("b.art = ?")
            values.append(art.value)
        sql = f"{_LINE} WHERE {' AND '.join(where)} ORDER BY b.nr DESC LIMIT ?"
        rows = self._db.rows(sql, [*values, -1 if limit is None else limit])
        return [uebersicht_of(row) for row in reversed(rows)]

    def advance(
        self, kennung: UUID, before: Zustand, after: Zustand, wer: str, detail: dict[str, str] | None = None
    ) -> Uebersicht:
        with self._db.immediate():
            self._advance(kennung, before, after, wer, detail or {})
            return self._line(str(kennung))

    def note(self, kennung: UUID | None, was: str, wer: str, detail: dict[str, str] | None = None) -> None:
        with self._db.immediate():
            stoerung = None if kennung is None else self._line(str(kennung)).stoerung
            self._event(was, wer, kennung, stoerung, None, detail or {})

    def events(self, kennung: UUID | None = None, *, limit: int | None = None) -> list[Ereignis]:
        where, values = ("", []) if kennung is None else ("WHERE kennung = ?", [str(kennung)])
        sql = f"{_EVENT} {where} ORDER BY nummer DESC LIMIT ?"
        rows = self._db.rows(sql, [*values, -1 if limit is None else limit])
        return [ereignis_of(row) for row in reversed(rows)]

    def seiten(self, kennung: UUID) -> dict[str, bytes]:
        rows = self._db.rows("SELECT name, pdf FROM seite WHERE kennung = ? ORDER BY rowid", (str(kennung),))
        return {name: bytes(pdf) for name, pdf in rows}

    # -- signature and attempts ------------------------------------------------

    def sign(self, kennung: UUID, xml: bytes, p7s: bytes, wer: str) -> Uebersicht:
        with self._db.immediate():
            detail = {"xml": digest(xml), "p7s": digest(p7s)}
            line = self.uebersicht(kennung)
            before = VOR_SIGNATUR.get(line.art, Zustand.GEDRUCKT) if line is not None else Zustand.GEDRUCKT
            if line is not None and line.zustand is before:  # the file lets nobody touch it in any other state
                self._db.execute(
                    "INSERT INTO signatur VALUES (?, ?, ?) "
                    "ON CONFLICT (kennung) DO UPDATE SET xml = excluded.xml, p7s = excluded.p7s",
                    (str(kennung), xml, p7s),
                )
            self._advance(kennung, before, Zustand.SIGNIERT, wer, detail)
            return self._line(str(kennung))

    def signed(self, kennung: UUID) -> tuple[bytes, bytes] | None:
        row = self._db.row("SELECT xml, p7s FROM signatur WHERE kennung = ? AND p7s <> x''", (str(kennung),))
        return (bytes(row[0]), bytes(row[1])) if row else None

    def begin_versuch(self, versuch: Versuch, before: Zustand, wer: str) -> None:
        with self._db.immediate():
            if self.signed(versuch.kennung) is None:
                self._refuse_without_content(versuch.kennung)
                raise AssertionError("only signed bytes are sent")
            if self.by_message_id(versuch.message_id) is not None:
                raise AssertionError("every attempt has its own Message-ID")
            detail = {"message_id": versuch.message_id, "p7s": versuch.p7s_sha256}
            self._advance(versuch.kennung, before, Zustand.IN_UEBERTRAGUNG, wer, detail)
            self._db.execute(
                "INSERT INTO versuch VALUES (NULL, ?, ?, ?, ?, ?, 1)",
                (str(versuch.kennung), versuch.message_id, utc(versuch.datum), versuch.p7s_sha256, versuch.empfaenger),
            )

    def versuche(self, kennung: UUID) -> list[Versuch]:
        return [versuch_of(row) for row in self._db.rows(f"{_VERSUCH} WHERE kennung = ? ORDER BY nr", (str(kennung),))]

    def by_message_id(self, message_id: str) -> UUID | None:
        row = self._db.row("SELECT kennung FROM versuch WHERE message_id = ?", (message_id,))
        return UUID(row[0]) if row else None

    def seen_mails(self) -> frozenset[str]:
        return frozenset(row[0] for row in self._db.rows("SELECT uidl FROM mail"))

    def remember_mails(self, mails: Mapping[str, str]) -> None:
        with self._db.immediate():
            now = utc(self._clock.now())
            for uidl, was in mails.items():
                self._db.execute("INSERT OR IGNORE INTO mail VALUES (?, ?, ?)", (uidl, was, now))

    def read_mails(self, limit: int = 500) -> list[GeleseneMail]:
        return [mail_of(row) for row in self._db.rows(f"{_MAIL} LIMIT ?", (limit,))]

    def remove_content(self, kennung: UUID, wer: str, regel: str) -> Uebersicht:
        with self._db.immediate():
            line = self.uebersicht(kennung)
            if line is None or line.zustand not in FERTIG:
                raise TransitionRefused(kennung, line.zustand if line else None, Zustand.DOKUMENTIERT)
            if line.patient == INHALT_GELOESCHT:
                return line
            key = (str(kennung),)
            self._db.execute("DELETE FROM seite WHERE kennung = ?", key)
            self._db.execute("UPDATE signatur SET xml = x'', p7s = x'' WHERE kennung = ?", key)
            self._db.execute(
                "UPDATE beleg SET inhalt = '', patient = ? WHERE kennung = ?", (INHALT_GELOESCHT, str(kennung))
            )
            self._event(GELOESCHT, wer, kennung, line.stoerung, None, {"regel": regel})
            return self._line(str(kennung))

    def forget_journal(self) -> bool:
        return self._db.forget_journal()

    def together(self) -> AbstractContextManager[None]:
        return self._db.immediate()

    def acquire_lease(self, name: str, holder: str, until: datetime) -> bool:
        with self._db.immediate():
            row = self._db.row("SELECT halter, bis FROM lease WHERE name = ?", (name,))
            if row and row[0] != holder and row[1] > utc(self._clock.now()):
                return False
            self._db.execute("INSERT OR REPLACE INTO lease VALUES (?, ?, ?)", (name, holder, utc(until)))
            return True

    def lease_holder(self, name: str) -> str | None:
        row = self._db.row("SELECT halter FROM lease WHERE name = ?", (name,))
        return str(row[0]) if row else None

    def release_lease(self, name: str, holder: str) -> None:
        with self._db.immediate():
            self._db.execute("DELETE FROM lease WHERE name = ? AND halter = ?", (name, holder))

    # -- Störungen -------------------------------------------------------------

    def begin_stoerung(self, stoerung: Stoerung, wer: str) -> None:
        with self._db.immediate():
            self._begin_stoerung(stoerung, wer)

    def change_stoerung(self, stoerung: Stoerung, wer: str) -> None:
        with self._db.immediate():
            changed = self._db.execute(
                "UPDATE stoerung SET ende = ?, inhalt = ? WHERE id = ?",
                (utc(stoerung.ende) if stoerung.ende else None, stoerung.model_dump_json(), str(stoerung.id)),
            )
            if changed.rowcount != 1:
                raise AssertionError("only a known Störung can change")
            self._hold_dienste(stoerung)
            was = "stoerung.geaendert" if stoerung.ende is None else "stoerung.ende"
            self._event(was, wer, None, stoerung.id, None, stoerung_detail(stoerung))

    def stoerungen(self, *, nur_offene: bool = False) -> list[Stoerung]:
        where = "WHERE ende IS NULL AND einzelfaelle = 0" if nur_offene else ""
        rows = self._db.rows(f"SELECT inhalt FROM stoerung {where} ORDER BY rowid")  # noqa: S608 (fixed text)
        return [Stoerung.model_validate_json(row[0]) for row in rows]

    def einzelfaelle(self, tag: date, moment: datetime, wer: str) -> Stoerung:
        wanted = uuid5(EINZELFAELLE, tag.isoformat())
        with self._db.immediate():
            row = self._db.row("SELECT inhalt FROM stoerung WHERE id = ?", (str(wanted),))
            if row is not None:
                return Stoerung.model_validate_json(row[0])
            made = Stoerung(id=wanted, beginn=moment, dienste=(), einzelfaelle=True)
            self._begin_stoerung(made, wer)
            return made

    # -- whole file --------------------------------------------------------------

    def verify(self) -> list[str]:
        return list(findings_of(self._db, self.events()))

    def close(self) -> None:
        self._db.close()

    # -- inside a transaction ----------------------------------------------------

    def _line(self, kennung: str) -> Uebersicht:
        return uebersicht_of(self._db.row(f"{_LINE} WHERE b.kennung = ?", (kennung,)))

    def _refuse_without_content(self, kennung: UUID) -> None:
        line = self.uebersicht(kennung)
        if line is not None and needs_content(line, Zustand.IN_UEBERTRAGUNG):
            raise TransitionRefused(kennung, line.zustand, Zustand.IN_UEBERTRAGUNG)

    def _advance(self, kennung: UUID, before: Zustand, after: Zustand, wer: str, detail: dict[str, str]) -> None:
        line = self.uebersicht(kennung)
        if line is None or line.zustand is not before or not may_follow(line.art, before, after):
            raise TransitionRefused(kennung, line.zustand if line else None, after)
        if needs_content(line, after) or (after in NUR_NACH_VERSUCH and not self.versuche(kennung)):
            raise TransitionRefused(kennung, before, after)
        self._db.execute(
            "UPDATE stand SET zustand = ?, seit = ? WHERE kennung = ?",
            (after.value, utc(self._clock.now()), str(kennung)),
        )
        if before is Zustand.IN_UEBERTRAGUNG:
            self._db.execute("UPDATE versuch SET im_gang = 0 WHERE kennung = ?", (str(kennung),))
        self._event("zustand", wer, kennung, line.stoerung, after, detail)

    def _begin_stoerung(self, stoerung: Stoerung, wer: str) -> None:
        self._db.execute(
            "INSERT INTO stoerung VALUES (?, ?, ?, ?, ?)",
            (
                str(stoerung.id),
                utc(stoerung.beginn),
                utc(stoerung.ende) if stoerung.ende else None,
                int(stoerung.einzelfaelle),
                stoerung.model_dump_json(),
            ),
        )
        self._hold_dienste(stoerung)
        self._event("stoerung.beginn", wer, None, stoerung.id, None, stoerung_detail(stoerung))

    def _hold_dienste(self, stoerung: Stoerung) -> None:
        self._db.execute("DELETE FROM papierdienst WHERE stoerung = ?", (str(stoerung.id),))
        held = {row[0] for row in self._db.rows("SELECT dienst FROM papierdienst")}
        for dienst in sorted(stoerung.in_papier()):
            if dienst.value in held:
                raise ValueError("an open Störung already names this Dienst")
            self._db.execute("INSERT INTO papierdienst VALUES (?, ?)", (dienst.value, str(stoerung.id)))

    def _event(
        self,
        was: str,
        wer: str,
        kennung: UUID | None,
        stoerung: UUID | None,
        zustand: Zustand | None,
        detail: dict[str, str],
    ) -> None:
        row = self._db.row(f"{_EVENT} ORDER BY nummer DESC LIMIT 1")
        event = link(
            ereignis_of(row) if row else None,
            zeit=self._clock.now(),
            kennung=kennung,
            stoerung=stoerung,
            was=was,
            zustand=zustand,
            wer=wer,
            detail=detail,
        )
        self._db.execute(
            "INSERT INTO ereignis VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                event.nummer,
                utc(event.zeit),
                str(kennung) if kennung else None,
                str(stoerung) if stoerung else None,
                was,
                zustand.value if zustand else None,
                wer,
                json.dumps(detail, ensure_ascii=False),
                event.hash,
            ),
        )
        # Kennung, event, state: whatever else an event holds stays in the file (design §3 rule 9).
        _LOG.info("%s %s %s", kennung or stoerung, was, zustand or "-")
