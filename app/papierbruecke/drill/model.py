"""What a played outage consists of: scenarios and the state of every counterpart (pure).

A scenario is data (``resources/drill/szenarien``): the state of Konnektor, KIM, Krankenkasse,
Lagebild and network in each of its steps, how long it has lasted, and the diagnosis and the
state of the four Dienste that it must lead to. A state names only what differs from normal.
"""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Any, Literal

from pydantic import Field, field_validator

from papierbruecke.drill.error_conditions import ERROR_CONDITIONS
from papierbruecke.outage.model import Anschlussart, Dienst, DienstZustand
from papierbruecke.redact import Value


class PortZustand(StrEnum):
    """How a TCP port behaves: it answers, it refuses, or nothing comes back at all."""

    OFFEN = "offen"
    ZU = "zu"
    STUMM = "stumm"


Stelle = Literal[
    "GetResourceInformation",
    "GetCards",
    "GetCardTerminals",
    "GetPinStatus",
    "CheckCertificateExpiration",
    "GetJobNumber",
    "GetSignatureMode",
    "SignDocument",
    "SignRequest",
    "ActivateComfortSignature",
    "DeactivateComfortSignature",
    "StopSignature",
    "smtp-auth",
    "smtp-mail",
    "smtp-rcpt",
    "smtp-data",
    "pop3",
    "dsn",
    "fehlernachricht",
    "vzd",
]


class Stoerfall(Value):
    """One disturbance of a counterpart: where, what, how often.

    ``stelle``: a SOAP operation, ``SignRequest`` (one document of a batch; ``ablehnen``, ``langsam``), a phase of
    SMTP, ``pop3``, ``vzd`` (a search; ``code`` is the LDAP result code),
    or the mails that come back (``dsn``, ``fehlernachricht``).

    ``art``: ``verlieren`` (the answer never comes: SOAP and SMTP cut the connection, at
    ``smtp-data`` without taking the mail), ``trennen`` (the work is done, the connection is
    cut before the answer: after DATA before 250 the mail is taken over), ``ablehnen`` (with
    ``code``; at ``dsn``: not delivered, status in ``text``), ``langsam`` (``dauer_s`` before the
    answer; at ``dsn``: first "delayed", "delivered" at the next step), ``verzoegern`` (held back until
    the next step), ``verdoppeln``, ``umordnen`` (held back until the next one has overtaken it).
    """

    stelle: Stelle
    art: Literal["verlieren", "trennen", "ablehnen", "langsam", "verzoegern", "verdoppeln", "umordnen"]
    anzahl: int | None = Field(default=None, ge=1)  # None: for as long as the state lasts
    jede: int = Field(default=1, ge=1)  # every n-th passage of the place
    code: int | None = None
    text: str | None = None
    dauer_s: float = Field(default=0.0, ge=0)


class KartenZustand(Value):
    """A card in the terminal of the Konnektor: SMC-B or HBA."""

    gesteckt: bool = True
    pin: Literal["VERIFIED", "VERIFIABLE", "BLOCKED", "TRANSPORT_PIN", "EMPTY_PIN"] = "VERIFIED"
    gueltig_tage: int = 700  # validity of its certificate, counted from today; negative = expired


class KonnektorZustand(Value):
    """What the Konnektor does."""

    port: PortZustand = PortZustand.OFFEN
    zertifikat: Literal["erstes", "erneuert", "abgelaufen", "fremd"] = "erstes"
    client: Literal["erlaubt", "tls-abgelehnt", "fault-4204"] = "erlaubt"
    sds_status: int = 200  # 503 shortly after a restart (ti-detection §1.1)
    kontext_fehler: int | None = None  # fault code for every call (4004 … 4021)
    vpn_ti: bool = True
    vpn_sis: bool = False
    ocsp: bool = True  # False: signatures come without the card's revocation status, with a warning
    fehlerzustaende: tuple[str, ...] = ()  # the active ones, as TAB_KON_503 writes them
    terminal_verbunden: bool = True
    # pin: allowed, the doctor switches it on; aktiv: allowed, and on for the set-up user
    komfort: Literal["aus", "pin", "aktiv"] = "aus"
    komfort_rest: int = Field(default=250, ge=0, le=250)
    smcb: KartenZustand = KartenZustand()
    hba: KartenZustand = KartenZustand()
    antwortzeit_s: float = 0.0
    hersteller: str = "DEMO"
    produkt: str = "Demo-Konnektor"
    firmware: str = "5.60.1"
    hardware: str = "2.0.0"

    @field_validator("fehlerzustaende")
    @classmethod
    def _known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if name.split("(")[0] not in ERROR_CONDITIONS:
                raise ValueError(f"TAB_KON_503 has no {name}")
        return names


class KimZustand(Value):
    """What the KIM-Clientmodul and the provider's mail server behind it do."""

    smtp_port: PortZustand = PortZustand.OFFEN
    pop3_port: PortZustand = PortZustand.OFFEN
    server_erreichbar: bool = True  # False: 454 at AUTH, -ERR at POP3 (Tab_SMTP_Verbindung)
    signieren: bool = True  # False: 451 after DATA
    fremde_mails: int = Field(default=0, ge=0)  # letters of others that lie in the box


class Kassenfassung(Value):
    """An edition of the eAU profiles, as the Krankenkassen take it: by the day in the Date header of the mail.

    ``eau``: as bundles name it; ``kim``: the third part of X-KIM-Dienstkennung. None = open end.
    Source: TA eAU V1.26 ch. 3, P5-02, P5-03, P5-08 AC1a.
    """

    eau: str = Field(pattern=r"^\d+\.\d+(\.\d+)?$")
    kim: str = Field(pattern=r"^V\d+\.\d+$")
    gilt_ab: date | None = None
    gilt_bis: date | None = None


KASSENFASSUNGEN = (
    Kassenfassung(eau="1.1.0", kim="V1.2", gilt_bis=date(2026, 3, 31)),
    Kassenfassung(eau="1.2", kim="V1.2", gilt_ab=date(2025, 10, 1)),
)
"""What is published: both until 31.03.2026, from then on 1.2 alone; V1.2 is the only one of the mail (TA P5-02)."""


def taken_on(tag: date, fassungen: Sequence[Kassenfassung]) -> tuple[Kassenfassung, ...]:
    """The editions that a mail with this day in its Date header may carry."""
    return tuple(
        f for f in fassungen if (f.gilt_ab is None or f.gilt_ab <= tag) and (f.gilt_bis is None or tag <= f.gilt_bis)
    )


class KasseZustand(Value):
    """How the Krankenkasse answers."""

    fehlercode: str | None = None  # Kassen-Fehlernachricht for everything that arrives
    pruefung: Literal["voll", "eigene"] = "voll"  # eigene: without the validator of the reference folder
    fassungen: tuple[Kassenfassung, ...] = KASSENFASSUNGEN
    virenbefall: bool = False  # with the body "Achtung möglicher Virenbefall" (TA eAU P5-04 AC12c)


class Ausfall(Value):
    """An entry of the Lagebild: which configuration item fails for which application."""

    ci: str
    app: Literal["erezept", "epa", "kim", "wanda", "ogd", "vsdm", "tianschluss"]
    umfang: Literal["none", "partial", "full"] = "full"
    wartung: bool = False
    funktion: str = "Nutzung"
    text: str = "Der Dienst ist nicht nutzbar."


class LagebildZustand(Value):
    """What the public TI-Lagebild shows."""

    antwort: Literal["ok", "http-500", "kaputt"] = "ok"
    port: PortZustand = PortZustand.OFFEN
    ausfaelle: tuple[Ausfall, ...] = ()


Probe = Literal["ok", "fehler"]


class Fachdienste(Value):
    """Reachability of the central services inside the TI (P11)."""

    idp: Probe = "ok"
    epa1: Probe = "ok"
    epa2: Probe = "ok"
    epa3: Probe = "ok"
    erezept: Probe = "ok"


class NetzZustand(Value):
    """The played network: what P0 to P3, P10 and P11 see on this computer."""

    p0: Probe = "ok"
    p1: Probe = "ok"
    p2: Probe = "ok"
    p3: Probe = "ok"
    p10_system: Probe = "ok"
    p10_konnektor: Probe = "ok"
    p11: Fachdienste = Fachdienste()
    uhr_versatz_s: float = 0.0
    vpn_schnittstelle: Probe = "ok"


class Zustand(Value):
    """Everything at one moment."""

    konnektor: KonnektorZustand = KonnektorZustand()
    kim: KimZustand = KimZustand()
    kasse: KasseZustand = KasseZustand()
    lagebild: LagebildZustand = LagebildZustand()
    netz: NetzZustand = NetzZustand()
    stoerfaelle: tuple[Stoerfall, ...] = ()


class Abschnitt(Value):
    """A stretch of the past: how things were, and for how long."""

    zustand: Literal["normal", "stoerung"]
    dauer_s: float = Field(gt=0)


class Passiv(Value):
    """What real work told while the disturbance lasted (P15): one outcome, spread evenly over it."""

    ziel: Literal["vsdm", "signatur", "kim", "erezept", "epa"]
    schluessel: str | None = None  # None = it worked
    anzahl: int = Field(default=3, ge=1)
    dauer_ms: int | None = None
    daten: dict[str, Any] = Field(default={})


class Erwartung(Value):
    """What the program must conclude: ``diagnose`` None = all is well."""

    diagnose: str | None = Field(default=None, pattern=r"^D\d\d$")
    hinweise: tuple[str, ...] = ()
    dienste: dict[Dienst, DienstZustand]


class Szenario(Value):
    """One outage that can be played. ``grund`` holds in every step and in the normal past."""

    name: str = Field(pattern=r"^[a-z0-9-]+$")
    titel: str
    beschreibung: str
    anschlussart: Anschlussart = Anschlussart.KONNEKTOR
    schluesselart: Literal["rsa", "brainpool", "p256"] = "brainpool"
    vergangenheit: tuple[Abschnitt, ...] = ()
    passiv: tuple[Passiv, ...] = ()
    grund: dict[str, Any] = Field(default={})
    schritte: tuple[dict[str, Any], ...] = ({},)
    erwartet: Erwartung

    def normal(self) -> Zustand:
        """How this practice is when nothing is wrong."""
        return Zustand.model_validate(self.grund)

    def zustand(self, schritt: int) -> Zustand:
        """The state in a step; after the last step nothing changes any more."""
        return Zustand.model_validate(_merge(self.grund, self.schritte[min(schritt, len(self.schritte) - 1)]))


def _merge(base: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in change.items():
        old = merged.get(key)
        merged[key] = _merge(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged
