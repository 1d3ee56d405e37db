"""Observations and what they mean: Messung in, Lagebild out (pure).

Source: domain sheet ti-detection §5; answer of ``lage --json`` is design §6.3.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from pydantic import Field

from papierbruecke.redact import Value


class Dienst(StrEnum):
    """The services of the TI that a practice sees separately (design §2)."""

    VSDM = "vsdm"
    EREZEPT = "erezept"
    KIM = "kim"
    EPA = "epa"


class Ergebnis(StrEnum):
    """What one probe saw."""

    OK = "ok"
    FEHLER = "fehler"
    KEINE_AUSSAGE = "keine_aussage"  # a lower layer failed, this probe says nothing
    UNBEKANNT = "unbekannt"  # stale or never asked


class Messung(Value):
    """One observation. ``schluessel`` is a key of ti-detection §1.3/§1.11 (``kon.no_answer``).

    ``daten`` holds small facts for the diagnosis and the evidence (fingerprints, error
    states, Konnektor times): JSON values, no patient data.
    """

    probe: str  # P0 … P15
    ziel: str  # "konnektor", "kim", "lagebild", "internet", …
    zeit: datetime  # aware, UTC
    ergebnis: Ergebnis
    schluessel: str | None = None
    befund: str = ""  # German, for the IT-Betreuer
    dauer_ms: int | None = None
    daten: dict[str, Any] = Field(default={})


class DienstZustand(StrEnum):
    """State of a Dienst as this practice can use it."""

    VERFUEGBAR = "verfuegbar"
    GESTOERT = "gestoert"
    UNKLAR = "unklar"


class DienstLage(Value):
    """State of one Dienst and since when."""

    zustand: DienstZustand
    seit: datetime | None = None


class Diagnose(Value):
    """One row D01…D51, with its sentences filled in."""

    id: str
    titel: str
    verantwortlich: str
    sicherheit: Literal["wahrscheinlich", "belegt"]
    satz: str
    massnahme: str
    seit: datetime | None = None


class Hinweis(Value):
    """A remark that does not stop work (D45–D49, D52, D53)."""

    id: str
    satz: str


NICHT_BEKANNT = frozenset({"D52", "D53"})
"""Remarks about what this desk cannot know: KIM was never set up, the Lagebild cannot be read."""


class Lage(Value):
    """The whole picture at one moment. ``diagnose`` None = nothing is known to be broken."""

    zeit: datetime
    diagnose: Diagnose | None
    weitere: tuple[Diagnose, ...] = ()
    hinweise: tuple[Hinweis, ...] = ()
    dienste: dict[Dienst, DienstLage]
    proben: tuple[Messung, ...] = ()

    @property
    def alles_gut(self) -> bool:
        """Nothing is broken and nothing is unknown: only then may a surface say that all is well."""
        known = all(state.zustand is DienstZustand.VERFUEGBAR for state in self.dienste.values())
        return self.diagnose is None and known and not any(hint.id in NICHT_BEKANNT for hint in self.hinweise)


class Anschlussart(StrEnum):
    """How the practice reaches the TI (design §2)."""

    KONNEKTOR = "konnektor"
    TI_GATEWAY = "ti-gateway"


class Umfeld(Value):
    """What the diagnosis must know about this practice besides observations."""

    anschlussart: Anschlussart = Anschlussart.KONNEKTOR
    ti_zugang_anbieter: str | None = None  # name as shown to the MFA
    ti_zugang_ci: str | None = None  # CI id in the Lagebild, "CI-0000001"
    kim_anbieter: str | None = None
    kim_ci: str | None = None
    sis_genutzt: bool = False
