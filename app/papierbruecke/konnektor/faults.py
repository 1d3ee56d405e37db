"""What a failed call means for the desk: keys of ti-detection §1.3 and fault codes of §1.11.

Decided by code only, because error texts differ by vendor and may name people.
"""

from papierbruecke.konnektor.model import KonnektorFehler

SAETZE: dict[str, str] = {
    "kon.port_closed": "Der Konnektor nimmt gerade keine Verbindung an. Vielleicht startet er neu; "
    "bitte auf Papier weiterarbeiten und ihn nicht ausschalten.",
    "kon.no_answer": "Der Konnektor antwortet nicht. Bitte auf Papier weiterarbeiten; Strom und Netzwerkkabel "
    "am Konnektor prüfen.",
    "kon.name_unresolved": "Der Name des Konnektors wird im Netz nicht gefunden. Bitte den IT-Betreuer anrufen.",
    "kon.tls_parameters": "Die Verschlüsselung zwischen diesem Programm und dem Konnektor passt nicht zusammen. "
    "Die TI selbst kann in Ordnung sein; bitte den Software-Betreuer informieren.",
    "kon.client_cert_rejected": "Der Konnektor lehnt das Zertifikat dieses Programms ab. Bitte den DVO anrufen.",
    "kon.server_cert_changed": "Der Konnektor zeigt ein anderes Zertifikat als das bestätigte. Es wurde nichts "
    "gesendet. Bitte den DVO fragen, ob es getauscht wurde, und es erst dann bestätigen.",
    "kon.not_paired": "Das Zertifikat des Konnektors wurde noch nicht bestätigt. Es wurde nichts gesendet. "
    "Bitte in den Einstellungen den Fingerabdruck prüfen und bestätigen.",
    "kon.client_rejected": "Der Konnektor lehnt die Anmeldung dieses Programms ab. Bitte den DVO bitten, "
    "Zertifikat oder Passwort des Clientsystems zu prüfen.",
    "kon.booting": "Der Konnektor ist noch nicht bereit. Nach einem Neustart kann das bis zu 20 Minuten dauern; "
    "bitte nicht ausschalten.",
    "kon.critical_state": "Der Konnektor meldet einen kritischen Zustand und arbeitet nicht. Bitte den DVO anrufen.",
    "kon.context_wrong": "Dieser Arbeitsplatz ist im Konnektor nicht richtig eingetragen. Bitte den DVO anrufen "
    "und den Fehlercode nennen.",
    "kon.wrong_device": "Unter der Adresse des Konnektors antwortet ein anderes Gerät. Bitte den IT-Betreuer anrufen.",
    "kon.internal": "Der Konnektor hat eine unverständliche Antwort gegeben. Bitte noch einmal versuchen; "
    "bleibt es so, den DVO anrufen.",
    "kon.fault": "Der Konnektor hat den Auftrag abgelehnt. Bitte den DVO anrufen und den Fehlercode nennen.",
    "kon.offline_mode": "Der Konnektor ist auf „offline“ gestellt. Bitte den DVO anrufen.",
    "kon.crl": "Die Sperrliste des Konnektors ist abgelaufen. Bitte den DVO anrufen.",
    "kon.time": "Der Konnektor konnte seine Uhr nicht abgleichen. Bitte den DVO informieren.",
    "kon.unsupported": "Dieser Konnektor bietet den nötigen Dienst nicht an. Bitte den DVO nach einem Update fragen.",
    "kon.p12_password": "Das Passwort des Clientzertifikats stimmt nicht. Bitte in den Einstellungen prüfen.",
    "kon.p12_expired": "Das Clientzertifikat dieses Programms ist abgelaufen, deshalb lehnt der Konnektor es ab. "
    "Bitte den DVO bitten, am Konnektor ein neues zu exportieren.",
    "kon.p12_format": "Das Clientzertifikat lässt sich nicht lesen, vielleicht wegen einer alten P12-Verschlüsselung. "
    "Bitte am Konnektor neu exportieren.",
    "ct.unknown": "Der Konnektor kennt dieses Kartenterminal nicht. Bitte den DVO anrufen.",
    "ct.lost": "Das Kartenterminal ist nicht verbunden. Bitte Strom und Netzwerkkabel prüfen.",
    "card.gone": "Die Karte steckt nicht mehr im Kartenterminal, oder das Terminal wurde neu gestartet. "
    "Bitte die Karte prüfen und noch einmal versuchen.",
    "card.in_use": "Die Karte wird gerade an einem anderen Platz benutzt. Bitte gleich noch einmal versuchen.",
    "card.user_action": "Die PIN-Eingabe am Kartenterminal wurde abgebrochen oder dauerte zu lange. "
    "Bitte noch einmal versuchen.",
    "card.pin": "Die PIN der Karte ist nicht eingegeben oder gesperrt. Bitte am Kartenterminal prüfen.",
    "card.rsa_only": "Diese Karte hat kein ECC-Zertifikat. Bitte beim Kartenanbieter den Austausch anstoßen.",
    "vpn.ti_down": "Der Konnektor hat keine Verbindung zur TI. Bitte auf Papier weiterarbeiten.",
    "vpn.sis_down": "Der Konnektor hat keine Verbindung zum Sicheren Internet Service.",
    "vzd.no_answer": "Das Adressverzeichnis der TI antwortet nicht. Bitte später noch einmal versuchen; bekannte "
    "Adressen gelten weiter.",
    "vzd.unavailable": "Das Adressverzeichnis der TI ist gerade nicht zu erreichen. "
    "Bitte später noch einmal versuchen.",
    "vzd.too_many": "Das Adressverzeichnis der TI kennt zu dieser Kassennummer zu viele Einträge. Bitte die "
    "KIM-Adresse bei der Krankenkasse erfragen und von Hand eintragen.",
    "vzd.referral": "Das Adressverzeichnis der TI verweist an eine andere Stelle, der dieses Programm nicht folgt. "
    "Bitte den DVO informieren.",
    "vzd.refused": "Der Konnektor lehnt die Suche im Adressverzeichnis ab. Bitte den DVO anrufen.",
    "vzd.protocol": "Das Adressverzeichnis der TI hat eine unverständliche Antwort gegeben; sie wurde verworfen. "
    "Bleibt es so, bitte den DVO anrufen.",
    "ti.dns": "Der Konnektor findet die Dienste der TI nicht. Bitte warten und auf Papier weiterarbeiten.",
}

GENAUER: dict[int, str] = {
    4043: "Die PIN am Kartenterminal wurde nicht rechtzeitig eingegeben. Nichts ist signiert; bitte noch einmal "
    "starten und die PIN gleich eingeben.",
    4049: "Die PIN-Eingabe am Kartenterminal wurde abgebrochen. Nichts ist signiert; bitte noch einmal starten, "
    "wenn das keine Absicht war.",
    4063: "Die PIN des Ausweises ist gesperrt. Bitte mit der PUK des Kartenanbieters entsperren; bis dahin wartet, "
    "was zu signieren ist.",
    4065: "Die PIN des Ausweises ist noch die vom Anbieter gesetzte. Bitte am Kartenterminal eine eigene PIN setzen.",
}
"""Codes of one key whose sentence must differ, because what to do differs (gemSpec_Kon, TIP1-A_4567)."""

_CODES: dict[str, tuple[int, ...]] = {
    "kon.internal": (4000, 4001),
    "kon.critical_state": (4002,),
    "kon.context_wrong": (4003, 4004, 4005, 4006, *range(4009, 4017), 4019, 4020, 4021),
    "ct.unknown": (4007,),
    "card.gone": (4008, 4047),
    "ct.lost": (4032, 4040, 4094),
    "card.in_use": (4017, 4018, 4093),
    "card.user_action": (4043, 4049),
    "card.pin": (4063, 4065, 4085, 3041, 3042),
    "kon.offline_mode": (4172,),
    "kon.crl": (4173,),
    "vpn.ti_down": (4174,),
    "vpn.sis_down": (4176,),
    "kon.time": (4177,),
    "ti.dns": (4179, 4180),
    "kon.client_rejected": (4204,),
    "card.rsa_only": (4257, 4258),
}
FAULTS: dict[int, str] = {code: key for key, codes in _CODES.items() for code in codes}
"""gematik fault code → key (ti-detection §1.11); codes that are not here become ``kon.fault``."""

_NEEDS_A_PERSON = {
    "kon.client_cert_rejected",
    "kon.server_cert_changed",
    "kon.not_paired",
    "kon.client_rejected",
    "kon.context_wrong",
    "kon.tls_parameters",
    "kon.wrong_device",
    "kon.unsupported",
    "kon.p12_password",
    "kon.p12_expired",
    "kon.p12_format",
    "ct.unknown",
    "card.rsa_only",
    "vzd.too_many",
    "vzd.referral",
    "vzd.refused",
}


def failure(schluessel: str, *, fault: int | None = None, daten: dict[str, str] | None = None) -> KonnektorFehler:
    """The error for a key; whether it may pass by itself follows from the key."""
    text = GENAUER.get(fault or 0, SAETZE[schluessel])
    if fault is not None:
        text = f"{text} (Fehlercode {fault})"
    return KonnektorFehler(schluessel, text, fault=fault, retryable=schluessel not in _NEEDS_A_PERSON, daten=daten)


def failure_of_fault(code: int, daten: dict[str, str]) -> KonnektorFehler:
    """The error for a gematik fault code."""
    return failure(FAULTS.get(code, "kon.fault"), fault=code, daten=daten)
