"""Schema steps of the store's file; a released step is never edited.

The rules that must never break are in the file itself: states are enumerated, a Beleg is
frozen, history is append-only, one attempt at a time, one Dienst in one open Störung.
"""

from papierbruecke.outbox.model import UEBERGAENGE, Zustand
from papierbruecke.vault.database import Database

_ZUSTAENDE_1 = (
    "'erfasst','gedruckt','verdorben','storniert','ersetzt','dokumentiert','signiert','in_uebertragung',"
    "'gesendet','zugestellt','ungeklaert','abgelehnt','post_faellig','per_post','nur_papier'"
)

_STEP_1 = (
    """CREATE TABLE nummer (tag TEXT NOT NULL, platz TEXT NOT NULL, laufend INTEGER NOT NULL,
       PRIMARY KEY (tag, platz)) STRICT""",
    """CREATE TABLE stoerung (id TEXT PRIMARY KEY, beginn TEXT NOT NULL, ende TEXT, einzelfaelle INTEGER NOT NULL,
       inhalt TEXT NOT NULL) STRICT""",
    """CREATE TABLE papierdienst (dienst TEXT PRIMARY KEY, stoerung TEXT NOT NULL REFERENCES stoerung (id)) STRICT""",
    """CREATE TABLE beleg (nr INTEGER PRIMARY KEY, kennung TEXT NOT NULL UNIQUE, belegnummer TEXT NOT NULL UNIQUE,
       art TEXT NOT NULL, stoerung TEXT NOT NULL REFERENCES stoerung (id), vorgang TEXT NOT NULL,
       angelegt TEXT NOT NULL, patient TEXT NOT NULL, weg TEXT NOT NULL, inhalt TEXT NOT NULL) STRICT""",
    f"""CREATE TABLE stand (kennung TEXT PRIMARY KEY REFERENCES beleg (kennung),
       zustand TEXT NOT NULL CHECK (zustand IN ({_ZUSTAENDE_1})), seit TEXT NOT NULL) STRICT""",
    "CREATE INDEX stand_zustand ON stand (zustand)",
    "CREATE INDEX beleg_stoerung ON beleg (stoerung)",
    """CREATE TABLE seite (kennung TEXT NOT NULL REFERENCES beleg (kennung), name TEXT NOT NULL, pdf BLOB NOT NULL,
       PRIMARY KEY (kennung, name)) STRICT""",
    """CREATE TABLE signatur (kennung TEXT PRIMARY KEY REFERENCES beleg (kennung), xml BLOB NOT NULL,
       p7s BLOB NOT NULL) STRICT""",
    """CREATE TABLE versuch (nr INTEGER PRIMARY KEY, kennung TEXT NOT NULL REFERENCES signatur (kennung),
       message_id TEXT NOT NULL UNIQUE, datum TEXT NOT NULL, p7s_sha256 TEXT NOT NULL, empfaenger TEXT NOT NULL,
       im_gang INTEGER NOT NULL CHECK (im_gang IN (0, 1))) STRICT""",
    # "Never two in flight" is an index, not a lock in some program.
    "CREATE UNIQUE INDEX versuch_einzeln ON versuch (kennung) WHERE im_gang = 1",
    """CREATE TABLE lease (name TEXT PRIMARY KEY, halter TEXT NOT NULL, bis TEXT NOT NULL) STRICT""",
    """CREATE TABLE ereignis (nummer INTEGER PRIMARY KEY, zeit TEXT NOT NULL, kennung TEXT, stoerung TEXT,
       was TEXT NOT NULL, zustand TEXT, wer TEXT NOT NULL, detail TEXT NOT NULL, hash TEXT NOT NULL) STRICT""",
    "CREATE INDEX ereignis_kennung ON ereignis (kennung)",
    """CREATE TRIGGER ereignis_bleibt BEFORE UPDATE ON ereignis
       BEGIN SELECT RAISE(ABORT, 'history is append-only'); END""",
    """CREATE TRIGGER ereignis_geht_nicht BEFORE DELETE ON ereignis
       BEGIN SELECT RAISE(ABORT, 'history is append-only'); END""",
    """CREATE TRIGGER beleg_gefroren BEFORE UPDATE ON beleg
       BEGIN SELECT RAISE(ABORT, 'a Beleg is frozen'); END""",
    """CREATE TRIGGER seite_gefroren BEFORE UPDATE ON seite
       BEGIN SELECT RAISE(ABORT, 'pages are frozen'); END""",
    """CREATE TRIGGER signatur_gefroren BEFORE UPDATE ON signatur
       BEGIN SELECT RAISE(ABORT, 'signed bytes are frozen'); END""",
)


def _step_1(database: Database) -> None:
    for statement in _STEP_1:
        database.execute(statement)


def _step_2(database: Database) -> None:
    """The KIM mailbox is shared and nothing in it is ours to delete, so we note what was read."""
    database.execute("CREATE TABLE mail (uidl TEXT PRIMARY KEY, was TEXT NOT NULL, zeit TEXT NOT NULL) STRICT")


_FERTIG_3 = "'verdorben','storniert','ersetzt','dokumentiert','zugestellt','per_post','nur_papier'"
_PAPIER_3 = (
    "erfasst>gedruckt verdorben storniert ungeklaert",
    "verdorben>gedruckt storniert ungeklaert",
    "gedruckt>dokumentiert verdorben storniert ersetzt ungeklaert",
    "ungeklaert>gedruckt dokumentiert verdorben storniert ersetzt",
    "dokumentiert>ersetzt",
)
_AU_3 = (
    "erfasst>gedruckt verdorben storniert ungeklaert",
    "verdorben>gedruckt storniert ungeklaert",
    "gedruckt>signiert nur_papier post_faellig verdorben storniert ersetzt dokumentiert ungeklaert",
    "signiert>in_uebertragung post_faellig storniert ersetzt ungeklaert",
    "in_uebertragung>gesendet signiert ungeklaert",
    "gesendet>zugestellt abgelehnt in_uebertragung post_faellig",
    "ungeklaert>zugestellt abgelehnt in_uebertragung post_faellig per_post nur_papier gedruckt signiert storniert "
    "ersetzt dokumentiert",
    "abgelehnt>in_uebertragung zugestellt post_faellig ersetzt ungeklaert",
    "zugestellt>abgelehnt",
    "post_faellig>per_post in_uebertragung zugestellt ungeklaert",
    "per_post>zugestellt",
)
UEBERGAENGE_3 = {"rezept": _PAPIER_3, "au": _AU_3, "ersatzschein": _PAPIER_3, "erinnerung": _PAPIER_3}
"""The transitions of the model when step 3 was released."""

_STEP_3 = (
    """CREATE TABLE uebergang (art TEXT NOT NULL, vorher TEXT NOT NULL, nachher TEXT NOT NULL,
       PRIMARY KEY (art, vorher, nachher)) STRICT, WITHOUT ROWID""",
    """CREATE TRIGGER stand_beginnt BEFORE INSERT ON stand WHEN NEW.zustand <> 'erfasst'
       BEGIN SELECT RAISE(ABORT, 'a Beleg begins as erfasst'); END""",
    """CREATE TRIGGER stand_nach_tabelle BEFORE UPDATE ON stand
       WHEN NEW.kennung IS NOT OLD.kennung OR NOT EXISTS (SELECT 1 FROM beleg b JOIN uebergang u ON u.art = b.art
       WHERE b.kennung = OLD.kennung AND u.vorher = OLD.zustand AND u.nachher = NEW.zustand)
       BEGIN SELECT RAISE(ABORT, 'the table has no such transition'); END""",
    """CREATE TRIGGER nummer_waechst BEFORE UPDATE ON nummer WHEN NEW.laufend < OLD.laufend
       BEGIN SELECT RAISE(ABORT, 'a number is given once'); END""",
    # The retention rule takes content of finished records; the skeleton never changes.
    "DROP TRIGGER beleg_gefroren",
    "DROP TRIGGER signatur_gefroren",
    f"""CREATE TRIGGER beleg_gefroren BEFORE UPDATE ON beleg
       WHEN NEW.inhalt <> '' OR NEW.patient <> '(Inhalt gelöscht)'
       OR (NEW.nr, NEW.kennung, NEW.belegnummer, NEW.art, NEW.stoerung, NEW.vorgang, NEW.angelegt, NEW.weg)
       IS NOT (OLD.nr, OLD.kennung, OLD.belegnummer, OLD.art, OLD.stoerung, OLD.vorgang, OLD.angelegt, OLD.weg)
       OR NOT EXISTS (SELECT 1 FROM stand WHERE kennung = OLD.kennung AND zustand IN ({_FERTIG_3}))
       BEGIN SELECT RAISE(ABORT, 'a Beleg is frozen'); END""",  # noqa: S608 (fixed text)
    f"""CREATE TRIGGER signatur_gefroren BEFORE UPDATE ON signatur
       WHEN NEW.kennung IS NOT OLD.kennung OR NEW.xml <> x'' OR NEW.p7s <> x''
       OR NOT EXISTS (SELECT 1 FROM stand WHERE kennung = OLD.kennung AND zustand IN ({_FERTIG_3}))
       BEGIN SELECT RAISE(ABORT, 'signed bytes are frozen'); END""",  # noqa: S608 (fixed text)
    f"""CREATE TRIGGER seite_bleibt BEFORE DELETE ON seite
       WHEN NOT EXISTS (SELECT 1 FROM stand WHERE kennung = OLD.kennung AND zustand IN ({_FERTIG_3}))
       BEGIN SELECT RAISE(ABORT, 'pages of an open Beleg stay'); END""",  # noqa: S608 (fixed text)
    *(
        f"""CREATE TRIGGER {table}_geht_nicht BEFORE DELETE ON {table}
        BEGIN SELECT RAISE(ABORT, 'rows stay'); END"""
        for table in ("beleg", "stand", "signatur", "versuch", "stoerung", "nummer")
    ),
)


def transitions(table: dict[str, tuple[str, ...]]) -> list[tuple[str, str, str]]:
    """Kind, state before, state after: every row of a table of transitions."""
    return [
        (art, before, after)
        for art, lines in table.items()
        for before, afters in (line.split(">") for line in lines)
        for after in afters.split()
    ]


def _step_3(database: Database) -> None:
    """The table of transitions and the retention rule, kept by the file itself."""
    for statement in _STEP_3:
        database.execute(statement)
    for row in transitions(UEBERGAENGE_3):
        database.execute("INSERT INTO uebergang VALUES (?, ?, ?)", row)


_STORNO_4 = (
    "erfasst>signiert storniert ungeklaert",
    "signiert>erfasst in_uebertragung storniert ungeklaert",
    "in_uebertragung>gesendet signiert ungeklaert",
    "gesendet>zugestellt abgelehnt in_uebertragung dokumentiert",
    "ungeklaert>zugestellt abgelehnt in_uebertragung erfasst signiert storniert dokumentiert",
    "abgelehnt>in_uebertragung zugestellt ersetzt dokumentiert ungeklaert",
    "zugestellt>abgelehnt",
    "dokumentiert>zugestellt",
)
UEBERGAENGE_4 = {
    "storno": _STORNO_4,
    "au": ("signiert>gedruckt", "zugestellt>storniert", "storniert>zugestellt"),
}
"""What step 4 adds: the Storno of an eAU, and a signature that lapses before it was sent."""

_STEP_4 = (
    "DROP TRIGGER signatur_gefroren",
    # Signed bytes may be replaced only while their Beleg waits for its signature again.
    f"""CREATE TRIGGER signatur_gefroren BEFORE UPDATE ON signatur
       WHEN NEW.kennung IS NOT OLD.kennung
       OR NOT ((NEW.xml = x'' AND NEW.p7s = x'' AND EXISTS
       (SELECT 1 FROM stand WHERE kennung = OLD.kennung AND zustand IN ({_FERTIG_3})))
       OR (NEW.xml <> x'' AND NEW.p7s <> x'' AND EXISTS
       (SELECT 1 FROM stand s JOIN beleg b ON b.kennung = s.kennung WHERE s.kennung = OLD.kennung
       AND (b.art, s.zustand) IN (VALUES ('au', 'gedruckt'), ('storno', 'erfasst')))))
       BEGIN SELECT RAISE(ABORT, 'signed bytes are frozen'); END""",  # noqa: S608 (fixed text)
)


def _step_4(database: Database) -> None:
    """Storno of an eAU; a new signature when the profile version of an unsent one lapsed."""
    for statement in _STEP_4:
        database.execute(statement)
    for row in transitions(UEBERGAENGE_4):
        database.execute("INSERT INTO uebergang VALUES (?, ?, ?)", row)


MIGRATIONS = (_step_1, _step_2, _step_3, _step_4)

# A new state or transition needs a new step; this keeps the lists above and the model together.
assert {z.value for z in Zustand} == set(_ZUSTAENDE_1.replace("'", "").split(","))
assert {*transitions(UEBERGAENGE_3), *transitions(UEBERGAENGE_4)} == {
    (art.value, before.value, after.value)
    for art, table in UEBERGAENGE.items()
    for before, afters in table.items()
    for after in afters
}
