"""Schema steps of the store's file; a released step is never edited.

The rules that must never break are in the file itself: states are enumerated, a Beleg is
frozen, history is append-only, one attempt at a time, one Dienst in one open Störung.
"""

from papierbruecke.outbox.model import Zustand
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


MIGRATIONS = (_step_1, _step_2)

# A new state needs a new step; this keeps the list above and the model together.
assert {z.value for z in Zustand} == set(_ZUSTAENDE_1.replace("'", "").split(","))
