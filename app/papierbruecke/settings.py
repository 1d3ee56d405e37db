"""Every setting of this desk once: key, type, unit, default, label, help (design §7, issue settings).

The values live in the encrypted file ``einstellungen.db`` of the data folder, because some
are secrets; ``practice/settings_file.py`` loads and saves them. Labels are German: the
settings page and the handbook are made from this table.
"""

from typing import Literal

from pydantic import Field

from papierbruecke.outage.model import Anschlussart
from papierbruecke.record.model import Arzt, Betriebsstaette, Weg
from papierbruecke.redact import Value


class PraxisEinstellungen(Value):
    """Who we are."""

    betriebsstaetten: tuple[Betriebsstaette, ...] = Field(default=(), title="Betriebsstätten")
    aerzte: tuple[Arzt, ...] = Field(default=(), title="Ärztinnen und Ärzte")
    platz: str = Field(
        default="A",
        pattern=r"^[A-M]$",
        title="Buchstabe dieses Platzes",
        description="Steht in jeder Belegnummer; jeder Platz hat einen eigenen.",
    )
    bundesland: str = Field(default="", title="Bundesland", description="Für die Feiertage, zum Beispiel BY.")


class KonnektorEinstellungen(Value):
    """How to reach the Konnektor."""

    adresse: str | None = Field(default=None, title="Adresse des Konnektors")
    port: int = Field(default=443, ge=1, le=65535, title="TLS-Port")
    anschlussart: Anschlussart = Field(default=Anschlussart.KONNEKTOR, title="Anschlussart")
    mandant: str = Field(default="", title="Mandant")
    clientsystem: str = Field(default="Papierbruecke", title="Clientsystem")
    arbeitsplatz: str = Field(default="", title="Arbeitsplatz")
    user_id: str | None = Field(default=None, title="Benutzer-ID für den Heilberufsausweis")
    benutzer: str | None = Field(default=None, title="Benutzername (Anmeldung mit Passwort)")
    passwort: str | None = Field(default=None, title="Passwort", repr=False)
    client_p12: bytes | None = Field(default=None, title="Clientzertifikat (P12)", repr=False)
    client_p12_passwort: str | None = Field(default=None, title="Passwort des Clientzertifikats", repr=False)
    fingerabdruck: str | None = Field(
        default=None,
        title="Bestätigter Fingerabdruck",
        description="SHA-256 des TLS-Zertifikats, das ein Mensch bestätigt hat.",
    )
    host_ersetzen: bool = Field(default=False, title="Adresse in den Endpunkten durch die eigene ersetzen")
    komfortsignatur: bool = Field(
        default=False,
        title="Komfortsignatur ist eingeschaltet",
        description="Dann signiert das Programm nach einer Störung von selbst, ohne PIN am Kartenterminal.",
    )
    signaturkarte: str = Field(
        default="HBA", title="Karte für die Signatur", description="HBA, oder SMC-B in den erlaubten Fällen."
    )


class KimEinstellungen(Value):
    """How to reach the KIM-Clientmodul."""

    smtp_host: str | None = Field(default=None, title="Clientmodul: Adresse für SMTP")
    smtp_port: int = Field(default=8465, ge=1, le=65535, title="Clientmodul: Port für SMTP")
    pop3_host: str | None = Field(default=None, title="Clientmodul: Adresse für POP3")
    pop3_port: int = Field(default=8995, ge=1, le=65535, title="Clientmodul: Port für POP3")
    adresse: str | None = Field(default=None, title="Eigene KIM-Adresse")
    smtp_benutzer: str | None = Field(default=None, title="SMTP-Benutzername (lang, mit #)")
    pop3_benutzer: str | None = Field(default=None, title="POP3-Benutzername (lang, mit #)")
    passwort: str | None = Field(default=None, title="KIM-Passwort", repr=False)
    fingerabdruck: str | None = Field(default=None, title="Bestätigter Fingerabdruck des Clientmoduls")
    support: str | None = Field(
        default=None,
        title="Support-Adresse",
        description="Steht als X-KIM-Support in jeder Nachricht; leer = eigene KIM-Adresse.",
    )
    anbieter: str | None = Field(default=None, title="KIM-Anbieter")
    anbieter_ci: str | None = Field(default=None, title="KIM-Anbieter im Lagebild (CI)")
    kassenadressen: dict[str, str] = Field(
        default={},
        title="KIM-Adressen der Krankenkassen",
        description="Haupt-IK → KIM-Adresse, einmal getippt oder importiert.",
    )


class LagebildEinstellungen(Value):
    """Where the public picture of the TI comes from."""

    url: str = Field(default="https://ti-lage.prod.ccs.gematik.solutions/lageapi", title="Adresse des TI-Lagebilds")
    ti_zugang_anbieter: str | None = Field(default=None, title="Anbieter des TI-Zugangs")
    ti_zugang_ci: str | None = Field(default=None, title="TI-Zugang im Lagebild (CI)")


class NetzEinstellungen(Value):
    """How the program looks at the network of this computer."""

    namen: tuple[str, ...] = Field(default=("www.kbv.de", "www.gematik.de"), title="Namen für die Internetprobe")
    feste_adressen: tuple[str, ...] = Field(
        default=("9.9.9.9", "1.1.1.1"),
        title="Feste Adressen für die Internetprobe",
        description="Werden nur gefragt, um eine gestörte Namensauskunft von einer toten Leitung zu unterscheiden.",
    )
    gespielt_von: str | None = Field(
        default=None,
        title="Gespieltes Netz (nur in Simulator-Ordnern)",
        description="Adresse, die P0 bis P3 vorspielt.",
    )


class DruckEinstellungen(Value):
    """Which printer takes which form; ``None`` = not chosen yet."""

    muster16_drucker: str | None = Field(
        default=None,
        title="Drucker für Muster 16",
        description="Liegt das rosa Papier in einem eigenen Fach: im Betriebssystem einen zweiten Drucker für dieses "
        "Fach anlegen und hier wählen.",
    )
    muster16_dx_mm: float = Field(default=0.0, ge=-20, le=20, title="Muster 16: Versatz nach rechts in mm")
    muster16_dy_mm: float = Field(default=0.0, ge=-20, le=20, title="Muster 16: Versatz nach unten in mm")
    muster16_papier: Literal["a6", "a4"] = Field(
        default="a6",
        title="Muster 16: Papier im Drucker",
        description="a4: der Drucker kennt nur A4; das Formular liegt dann links oben.",
    )
    muster16_drehung: Literal[0, 90, 180, 270] = Field(
        default=0,
        title="Muster 16: Drehung im Uhrzeigersinn",
        description="Wenn das Blatt quer oder kopfüber eingelegt wird.",
    )
    unfall_mit_status: bool = Field(
        default=True,
        title="Arbeitsunfall: Versicherten-Nummer und Status drucken",
        description="Vorgeschrieben ist nur, dass IK und Kassenname fehlen; manche KV will auch diese Felder leer.",
    )
    au_drucker: str | None = Field(default=None, title="Drucker für die AU")
    au_papier: str = Field(default="a5", pattern="^(a5|a4)$", title="Papier der AU")
    au_dx_mm: float = Field(default=0.0, ge=-20, le=20, title="AU: Versatz nach rechts in mm")
    au_dy_mm: float = Field(default=0.0, ge=-20, le=20, title="AU: Versatz nach unten in mm")
    au_drehung: Literal[0, 90, 180, 270] = Field(
        default=0,
        title="AU: Drehung im Uhrzeigersinn",
        description="Wenn das Papier quer oder kopfüber eingelegt wird.",
    )
    ersatzschein_drucker: str | None = Field(
        default=None, title="Drucker für den Ersatzschein", description="Leer = Drucker der AU."
    )
    ersatzschein_dx_mm: float = Field(
        default=0.0,
        ge=-20,
        le=20,
        title="Ersatzschein: Versatz nach rechts in mm",
        description="Gilt nur, wenn er einen eigenen Drucker hat.",
    )
    ersatzschein_dy_mm: float = Field(default=0.0, ge=-20, le=20, title="Ersatzschein: Versatz nach unten in mm")


class KartenEinstellungen(Value):
    """How cards are read."""

    leser: str | None = Field(default=None, title="Kartenleser", description="Leer = automatisch.")
    mit_gvd: bool = Field(
        default=False,
        title="Kopie der geschützten Daten lesen",
        description="Besondere Personengruppe und DMP stehen auch in einer frei lesbaren Kopie. "
        "Nur einschalten, wenn die Praxis das so entschieden hat.",
    )
    lange_apdus: bool = Field(
        default=False,
        title="Lange Kartenbefehle",
        description="Etwas schneller; viele Leser und Fernzugriffe vertragen sie nicht.",
    )


class PvsEinstellungen(Value):
    """How records go back to the practice system (GDT 2.1)."""

    empfaenger: str = Field(default="PRAX_EDV", pattern=r"^\S{1,8}$", title="GDT-ID der Praxissoftware")
    absender: str = Field(default="PAPBRUCK", pattern=r"^\S{1,8}$", title="GDT-ID dieses Programms")
    zeichensatz: Literal["1", "2", "3"] = Field(
        default="3", title="Zeichensatz der GDT-Dateien", description="1 = 7 Bit, 2 = IBM (CP437), 3 = ANSI (CP1252)."
    )
    kurzname: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9_]{4}$",
        title="Kurzname der Praxissoftware",
        description="Vier Zeichen, wenn sie feste Dateinamen erwartet (EDV1PBRK.gdt). Leer: eine Datei je Beleg.",
    )


class Kassenanschrift(Value):
    """Where a Krankenkasse gets paper copies of AUs; typed once or imported."""

    name: str
    zusatz: str | None = None
    strasse: str | None = None  # with house number; None for a post code of a large recipient
    plz: str
    ort: str


class DarstellungEinstellungen(Value):
    """How the window looks."""

    thema: Literal["system", "hell", "dunkel", "kontrast"] = Field(default="system", title="Farben")
    text: float = Field(
        default=1.0, ge=1.0, le=2.0, title="Schriftgröße", description="1 bis 2; auch mit Strg + und Strg -."
    )


class StartEinstellungen(Value):
    """How the program comes up on this computer."""

    mit_computer: bool = Field(
        default=False,
        title="Mit dem Computer starten",
        description="Das Programm wartet dann als Symbol neben der Uhr und meldet sich nur, wenn es etwas gibt.",
    )


class SperreEinstellungen(Value):
    """When the desk locks itself."""

    minuten: int = Field(
        default=10,
        ge=0,
        le=240,
        title="Sperren nach so vielen Minuten ohne Eingabe",
        description="0 = nie. Gilt, sobald es Benutzer gibt; Angefangenes bleibt stehen.",
    )


class Einstellungen(Value):
    """Everything that this desk knows about itself."""

    praxis: PraxisEinstellungen = PraxisEinstellungen()
    konnektor: KonnektorEinstellungen = KonnektorEinstellungen()
    kim: KimEinstellungen = KimEinstellungen()
    lagebild: LagebildEinstellungen = LagebildEinstellungen()
    netz: NetzEinstellungen = NetzEinstellungen()
    druck: DruckEinstellungen = DruckEinstellungen()
    karten: KartenEinstellungen = KartenEinstellungen()
    pvs: PvsEinstellungen = PvsEinstellungen()
    darstellung: DarstellungEinstellungen = DarstellungEinstellungen()
    sperre: SperreEinstellungen = SperreEinstellungen()
    start: StartEinstellungen = StartEinstellungen()
    automatisch_papier: bool = Field(
        default=False,
        title="Bei sicherer Störung selbst auf Papier umstellen",
        description="Sonst schlägt das Programm es nur vor. Über die Rückkehr entscheidet immer ein Mensch.",
    )
    minuten_je_beleg: dict[str, float] = Field(
        default={"rezept": 4.0, "au": 6.0, "ersatzschein": 5.0, "erinnerung": 3.0},
        title="Mehrarbeit je Beleg in Minuten",
        description="Schätzwerte für den Störungsbericht; jede Praxis setzt ihre eigenen.",
    )
    kassenanschriften: dict[str, Kassenanschrift] = Field(
        default={},
        title="Postanschriften der Krankenkassen",
        description="Haupt-IK → Anschrift, einmal getippt oder importiert.",
    )
    weg_au: Weg = Field(default=Weg.PVS, title="Weg der Krankschreibungen")
    weg_rezept: Weg = Field(default=Weg.PVS, title="Weg der Rezepte")
    rezept_zu_zweit: bool = Field(
        default=False,
        title="Rezepte in der Nachbearbeitung zu zweit prüfen",
        description="Ein Rezept ist erst erledigt, wenn eine zweite Person den Eintrag geprüft hat.",
    )
    sicherung_zweiter_ort: str | None = Field(
        default=None,
        title="Zweiter Ort der Sicherung",
        description="Ordner, zum Beispiel auf einem anderen Datenträger; die Sicherungen sind verschlüsselt.",
    )
    behalten_tage: int = Field(
        default=30,
        ge=1,
        le=3650,
        title="Inhalte erledigter Belege behalten (Tage)",
        description="Danach bleibt nur das Gerüst; Gesendetes und Ersatzscheine haben längere, feste Fristen.",
    )
    pruefnummer: str | None = Field(
        default=None, title="KBV-Prüfnummer", description="Ohne sie ist der Weg „direkt“ gesperrt."
    )
    simulator: bool = Field(default=False, title="Simulator-Ordner", description="Alles hier ist Übung.")
