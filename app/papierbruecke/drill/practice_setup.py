"""The practice that the simulated TI serves: obviously invented, complete, always the same.

``set_up`` turns it into the settings of a desk that points at the simulator (design §6).
"""

from dataclasses import dataclass

from papierbruecke.outage.model import Anschlussart
from papierbruecke.record.model import Arzt, Betriebsstaette, Weg
from papierbruecke.settings import (
    Einstellungen,
    KimEinstellungen,
    KonnektorEinstellungen,
    LagebildEinstellungen,
    NetzEinstellungen,
    PraxisEinstellungen,
)

MANDANT = "Praxis01"
CLIENTSYSTEM = "Papierbruecke"
ARBEITSPLATZ = "Empfang1"
USER_ID = "drtestfall"

KIM_ADRESSE = "praxis.testfall@test-kim.kim.telematik-test"
KIM_PASSWORT = "nur-zum-Testen"
SMTP_FACHDIENST = "smtp.test-kim.kim.telematik-test:465"
POP3_FACHDIENST = "pop3.test-kim.kim.telematik-test:995"

TI_ZUGANG_NAME, TI_ZUGANG_CI = "Beispiel-Zugangsdienst GmbH", "CI-0000201"
KIM_NAME, KIM_CI = "Beispiel-KIM GmbH", "CI-0000202"
TSP_SMCB_NAME, TSP_SMCB_CI = "Beispiel-Trustcenter GmbH", "CI-0000203"
TSP_HBA_NAME, TSP_HBA_CI = "Beispiel-Ausweise GmbH", "CI-0000204"

# The number of the KBV examples of the eAU: never a real certificate (design §6.4).
TEST_PRUEFNUMMER = "Y/400/2107/36/999"

# Institution marks of the synthetic cards and of the public test cards: each has an address.
KASSEN_IK = (
    "101234561",
    "109500969",
    "999567890",
    "995134569",
    "991534564",
    "108939385",
    "101389294",
    "105171008",
    "104424874",
    "108416214",
    "101575519",
    "109719018",
    "109531089",
    "107815783",
)

BETRIEBSSTAETTE = Betriebsstaette(
    bsnr="031234567",
    name="Praxis Dr. Testfall",
    strasse="Musterplatz",
    hausnummer="1",
    plz="12345",
    ort="Musterhausen",
    telefon="030 000000",
)
AERZTE = (
    Arzt(
        lanr="838382202",
        titel="Dr. med.",
        vorname="Anna",
        nachname="Testfall",
        berufsbezeichnung="Fachärztin für Allgemeinmedizin",
    ),
    Arzt(
        lanr="123456601",
        titel="Dr. med.",
        vorname="Max",
        nachname="Probe",
        berufsbezeichnung="Facharzt für Innere Medizin",
    ),
)


def kassen_adresse(ik: str) -> str:
    """The KIM address under which the simulated Krankenkasse takes eAU for this IK."""
    return f"eau@kasse-{ik}.kim.telematik-test"


def smtp_benutzer() -> str:
    """The long SMTP user name. Source: gemSpec_CM_KOMLE 3.3.2.2."""
    return "#".join((KIM_ADRESSE, SMTP_FACHDIENST, MANDANT, CLIENTSYSTEM, ARBEITSPLATZ))


def pop3_benutzer() -> str:
    """The long POP3 user name. Source: gemSpec_CM_KOMLE 3.4.2."""
    return "#".join((KIM_ADRESSE, POP3_FACHDIENST, MANDANT, CLIENTSYSTEM, ARBEITSPLATZ))


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the simulated counterparts listen on this computer."""

    konnektor: int
    smtp: int
    pop3: int
    lagebild: int
    netz: int
    vzd: int


def set_up(
    ports: Ports, anschlussart: Anschlussart, konnektor_pin: str, kim_pin: str, p12: bytes, p12_passwort: str
) -> Einstellungen:
    """Complete settings of a desk in front of the simulator; the way is ``direkt``.

    No address of a Krankenkasse is among them: the desk asks the directory, as in a practice.
    """
    return Einstellungen(
        praxis=PraxisEinstellungen(betriebsstaetten=(BETRIEBSSTAETTE,), aerzte=AERZTE, bundesland="BE"),
        konnektor=KonnektorEinstellungen(
            adresse="127.0.0.1",
            port=ports.konnektor,
            ldap_port=ports.vzd,
            anschlussart=anschlussart,
            mandant=MANDANT,
            clientsystem=CLIENTSYSTEM,
            arbeitsplatz=ARBEITSPLATZ,
            user_id=USER_ID,
            client_p12=p12,
            client_p12_passwort=p12_passwort,
            fingerabdruck=konnektor_pin,
        ),
        kim=KimEinstellungen(
            smtp_host="127.0.0.1",
            smtp_port=ports.smtp,
            pop3_host="127.0.0.1",
            pop3_port=ports.pop3,
            adresse=KIM_ADRESSE,
            smtp_benutzer=smtp_benutzer(),
            pop3_benutzer=pop3_benutzer(),
            passwort=KIM_PASSWORT,
            fingerabdruck=kim_pin,
            anbieter=KIM_NAME,
            anbieter_ci=KIM_CI,
        ),
        lagebild=LagebildEinstellungen(
            url=f"http://127.0.0.1:{ports.lagebild}/lageapi",
            ti_zugang_anbieter=TI_ZUGANG_NAME,
            ti_zugang_ci=TI_ZUGANG_CI,
        ),
        netz=NetzEinstellungen(gespielt_von=f"http://127.0.0.1:{ports.netz}/netz"),
        weg_au=Weg.DIREKT,
        weg_rezept=Weg.PVS,
        pruefnummer=TEST_PRUEFNUMMER,
        simulator=True,
    )
