"""Every setting of this desk once: key, type, unit, default, label, help, source (design §7).

The values live in the encrypted file ``einstellungen.db`` of the data folder, because some
are secrets; ``practice/settings_file.py`` loads and saves them. Labels are German: the
settings page and the handbook are made from this table.
"""

from papierbruecke.declared import declared
from papierbruecke.outage.model import Anschlussart
from papierbruecke.record.model import Arzt, Betriebsstaette, Weg
from papierbruecke.redact import Value
from papierbruecke.settings_desk import (
    DarstellungEinstellungen,
    DruckEinstellungen,
    KartenEinstellungen,
    PvsEinstellungen,
    SperreEinstellungen,
    StartEinstellungen,
)

_KONTEXT = "ti-detection.md §1.4 (Aufrufkontext)"
_SIGN_IN = "ti-detection.md §1.2"
_MODUL = "eau-kim.md §8.3 (gemSpec_CM_KOMLE)"


class PraxisEinstellungen(Value):
    """Who we are."""

    betriebsstaetten: tuple[Betriebsstaette, ...] = declared(
        (), "Betriebsstätten", "Jede mit ihrer BSNR; welche gilt, wählt man am Formular.", "Design §12"
    )
    aerzte: tuple[Arzt, ...] = declared(
        (),
        "Ärztinnen und Ärzte",
        "Jede und jeder mit eigener LANR; wer unterschreibt, wählt man am Formular.",
        "Design §12",
    )
    platz: str = declared(
        "A",
        "Buchstabe dieses Platzes",
        "A bis M. Steht in jeder Belegnummer; jeder Platz hat einen eigenen.",
        "Design §2 (Belegnummer)",
        pattern=r"^[A-M]$",
    )
    bundesland: str = declared(
        "",
        "Bundesland",
        "Für die Feiertage in den Fristen.",
        "Design §2 (Werktag); ISO 3166-2:DE",
        names="bundesland",
    )


class KonnektorEinstellungen(Value):
    """How to reach the Konnektor."""

    adresse: str | None = declared(
        None,
        "Adresse des Konnektors",
        "Zahlen wie 192.168.1.50 oder ein Name. „Konnektor suchen“ findet sie.",
        "ti-detection.md §1.1 (connector.sds)",
    )
    port: int = declared(
        443, "TLS-Port", "443, wenn niemand etwas anderes eingestellt hat.", "ti-detection.md §1.1", ge=1, le=65535
    )
    ldap_port: int = declared(
        636,
        "Port des Adressverzeichnisses (LDAPS)",
        "Darüber sucht das Programm die KIM-Adressen der Krankenkassen.",
        "ti-detection.md §3 (LDAP-Proxy), eau-kim.md §8.2",
        ge=1,
        le=65535,
    )
    anschlussart: Anschlussart = declared(
        Anschlussart.KONNEKTOR, "Anschlussart", "TI-Gateway: der Konnektor steht beim Anbieter.", "Design §2"
    )
    mandant: str = declared("", "Mandant", "Wie im Informationsmodell des Konnektors geschrieben.", _KONTEXT)
    clientsystem: str = declared("Papierbruecke", "Clientsystem", "So heißt dieses Programm im Konnektor.", _KONTEXT)
    arbeitsplatz: str = declared("", "Arbeitsplatz", "Der Name dieses Platzes im Konnektor.", _KONTEXT)
    user_id: str | None = declared(
        None,
        "Benutzer-ID für den Heilberufsausweis",
        "Frei gewählt, bleibt gleich; der Konnektor ordnet ihr die eingegebene PIN zu.",
        _KONTEXT,
    )
    benutzer: str | None = declared(
        None,
        "Benutzername (Anmeldung mit Passwort)",
        "Nur, wenn der Konnektor ihn verlangt.",
        _SIGN_IN,
    )
    passwort: str | None = declared(None, "Passwort", "Gehört zum Benutzernamen.", _SIGN_IN, secret=True)
    client_p12: bytes | None = declared(
        None,
        "Clientzertifikat (P12)",
        "Die Datei, die der Konnektor für dieses Programm erzeugt.",
        _SIGN_IN,
        secret=True,
    )
    client_p12_passwort: str | None = declared(
        None,
        "Passwort des Clientzertifikats",
        "Zeigt der Konnektor beim Erzeugen der Datei.",
        _SIGN_IN,
        secret=True,
    )
    fingerabdruck: str | None = declared(
        None,
        "Bestätigter Fingerabdruck",
        "SHA-256 des TLS-Zertifikats, das ein Mensch bestätigt hat: 64 Zeichen.",
        "ti-detection.md §1.3",
        entry=r"[0-9a-fA-F]{64}",
    )
    host_ersetzen: bool = declared(
        False,
        "Adresse in den Endpunkten durch die eigene ersetzen",
        "Wenn der Konnektor hinter einem Router mit anderer Adresse steht.",
        "ti-detection.md §1.3",
    )
    ereignisse: bool = declared(
        False,
        "Ereignisse des Konnektors empfangen",
        "Dann fragt das Programm bei Änderungen am Konnektor früher nach. Die Firewall muss den Port zulassen.",
        "ti-detection.md §1.6",
    )
    ereignis_port: int = declared(
        8585,
        "Port für die Ereignisse",
        "Auf diesem Computer; der Konnektor verbindet sich dorthin.",
        "ti-detection.md §1.6",
        ge=0,
        le=65535,
    )
    ereignis_adresse: str | None = declared(
        None,
        "Adresse dieses Computers für den Konnektor",
        "Leer: das Programm nimmt die Adresse, mit der es den Konnektor erreicht.",
        "ti-detection.md §1.6",
    )
    komfortsignatur: bool = declared(
        False,
        "Komfortsignatur ist eingeschaltet",
        "Dann signiert das Programm nach einer Störung von selbst, ohne PIN am Kartenterminal.",
        "ti-detection.md §1.10; Design §3",
    )
    signaturkarte: str = declared(
        "HBA",
        "Karte für die Signatur",
        "HBA, oder SMC-B in den erlaubten Fällen.",
        "eau-kim.md §7",
        names="signaturkarte",
    )


class KimEinstellungen(Value):
    """How to reach the KIM-Clientmodul."""

    smtp_host: str | None = declared(
        None, "Clientmodul: Adresse für SMTP", "Meist der Computer, auf dem das Clientmodul läuft.", _MODUL
    )
    smtp_port: int = declared(8465, "Clientmodul: Port für SMTP", "Meist 8465.", _MODUL, ge=1, le=65535)
    pop3_host: str | None = declared(None, "Clientmodul: Adresse für POP3", "Meist dieselbe wie für SMTP.", _MODUL)
    pop3_port: int = declared(8995, "Clientmodul: Port für POP3", "Meist 8995.", _MODUL, ge=1, le=65535)
    adresse: str | None = declared(
        None,
        "Eigene KIM-Adresse",
        "Von hier gehen die eAU weg, hierher kommen die Bestätigungen.",
        _MODUL,
        entry=r"[^@\s]+@[^@\s]+\.[^@\s.]+",
    )
    smtp_benutzer: str | None = declared(
        None,
        "SMTP-Benutzername (lang, mit #)",
        "KIM-Adresse#Server:Port#Mandant#Clientsystem#Arbeitsplatz.",
        _MODUL,
    )
    pop3_benutzer: str | None = declared(
        None, "POP3-Benutzername (lang, mit #)", "Wie beim Senden, mit dem Server für den Empfang.", _MODUL
    )
    passwort: str | None = declared(None, "KIM-Passwort", "Das des KIM-Kontos.", _MODUL, secret=True)
    fingerabdruck: str | None = declared(
        None,
        "Bestätigter Fingerabdruck des Clientmoduls",
        "SHA-256 seines TLS-Zertifikats, das ein Mensch bestätigt hat: 64 Zeichen.",
        "ti-detection.md §1.3",
        entry=r"[0-9a-fA-F]{64}",
    )
    support: str | None = declared(
        None,
        "Support-Adresse",
        "Steht als X-KIM-Support in jeder Nachricht; leer = eigene KIM-Adresse.",
        "eau-kim.md §8.1 (X-KIM-Support)",
    )
    anbieter: str | None = declared(
        None, "KIM-Anbieter", "Wer bei einer KIM-Störung zuständig ist.", "ti-detection.md §5.3"
    )
    anbieter_ci: str | None = declared(
        None,
        "KIM-Anbieter im Lagebild (CI)",
        "Sein Kürzel im TI-Lagebild, zum Beispiel CI-0000123.",
        "ti-detection.md §3 (TI-Lagebild)",
    )
    kassenadressen: dict[str, str] = declared(
        {},
        "KIM-Adressen der Krankenkassen",
        "Haupt-IK → KIM-Adresse, einmal getippt oder importiert.",
        "TA eAU P6-05",
    )
    adressen_alter_h: int = declared(
        24,
        "Adressen aus dem Verzeichnis neu erfragen nach",
        "Von Hand bestätigte Adressen bleiben, bis jemand sie ändert.",
        "eau-kim.md §8.2 (täglich auffrischen)",
        unit="Stunden",
        ge=1,
        le=720,
    )


class LagebildEinstellungen(Value):
    """Where the public picture of the TI comes from."""

    url: str = declared(
        "https://ti-lage.prod.ccs.gematik.solutions/lageapi",
        "Adresse des TI-Lagebilds",
        "Die der gematik; nur auf deren Hinweis ändern.",
        "ti-detection.md §3 (TI-Lagebild)",
        entry=r"https?://\S+",
    )
    ti_zugang_anbieter: str | None = declared(
        None,
        "Anbieter des TI-Zugangs",
        "Steht im Vertrag; so erkennt das Programm, wessen Störung es ist.",
        "ti-detection.md §5.3",
    )
    ti_zugang_ci: str | None = declared(
        None,
        "TI-Zugang im Lagebild (CI)",
        "Sein Kürzel im TI-Lagebild, zum Beispiel CI-0000123.",
        "ti-detection.md §3 (TI-Lagebild)",
    )


class NetzEinstellungen(Value):
    """How the program looks at the network of this computer."""

    namen: tuple[str, ...] = declared(
        ("www.kbv.de", "www.gematik.de"),
        "Namen für die Internetprobe",
        "Mit Komma getrennt; nur eine Begrüßung geht dorthin.",
        "Design §12 (P2, P3, P14)",
    )
    feste_adressen: tuple[str, ...] = declared(
        ("9.9.9.9", "1.1.1.1"),
        "Feste Adressen für die Internetprobe",
        "Werden nur gefragt, um eine gestörte Namensauskunft von einer toten Leitung zu unterscheiden.",
        "ti-detection.md §5.1 (P2)",
    )
    gespielt_von: str | None = declared(
        None,
        "Gespieltes Netz (nur in Simulator-Ordnern)",
        "Adresse, die P0 bis P3 vorspielt.",
        "Design §6 (simulator)",
    )


class Kassenanschrift(Value):
    """Where a Krankenkasse gets paper copies of AUs; typed once or imported."""

    name: str
    zusatz: str | None = None
    strasse: str | None = None  # with house number; None for a post code of a large recipient
    plz: str
    ort: str


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
    automatisch_papier: bool = declared(
        False,
        "Bei sicherer Störung selbst auf Papier umstellen",
        "Sonst schlägt das Programm es nur vor. Über die Rückkehr entscheidet immer ein Mensch.",
        "Design §2 (Betriebsart)",
    )
    minuten_je_beleg: dict[str, float] = declared(
        {"rezept": 4.0, "au": 6.0, "ersatzschein": 5.0, "erinnerung": 3.0},
        "Mehrarbeit je Beleg",
        "Schätzwerte für den Störungsbericht; jede Praxis setzt ihre eigenen.",
        "eigene Schätzung",
        unit="Minuten",
    )
    kassenanschriften: dict[str, Kassenanschrift] = declared(
        {},
        "Postanschriften der Krankenkassen",
        "Haupt-IK → Anschrift, einmal getippt oder importiert.",
        "Design §12",
    )
    weg_au: Weg = declared(
        Weg.PVS, "Weg der Krankschreibungen", "Eine eAU darf nur einen Absender haben.", "Design §2 (Weg)"
    )
    weg_rezept: Weg = declared(
        Weg.PVS,
        "Weg der Rezepte",
        "Ein Papierrezept wird nie zum E-Rezept; hier geht es nur um den Eintrag.",
        "Design §2 (Weg)",
    )
    rezept_zu_zweit: bool = declared(
        False,
        "Rezepte in der Nachbearbeitung zu zweit prüfen",
        "Ein Rezept ist erst erledigt, wenn eine zweite Person den Eintrag geprüft hat.",
        "reconciliation.md §8.2",
    )
    sicherung_zweiter_ort: str | None = declared(
        None,
        "Zweiter Ort der Sicherung",
        "Ordner auf einem anderen Datenträger; die Sicherungen sind verschlüsselt.",
        "Design §9",
        names="ordner",
    )
    behalten_tage: int = declared(
        30,
        "Inhalte erledigter Belege behalten",
        "Danach bleibt nur das Gerüst; Gesendetes und Ersatzscheine haben längere, feste Fristen.",
        "reconciliation.md §8.1",
        unit="Tage",
        ge=1,
        le=3650,
    )
    pruefnummer: str | None = declared(
        None, "KBV-Prüfnummer", "Ohne sie ist der Weg „direkt“ gesperrt.", "Design §6.4 (Prüfnummer)"
    )
    simulator: bool = declared(False, "Simulator-Ordner", "Alles hier ist Übung.", "Design §6 (simulator)")
