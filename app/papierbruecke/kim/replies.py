"""What a reply of the KIM-Clientmodul means for the desk (pure).

Source: domain sheet eau-kim §8.3 (gemSpec_CM_KOMLE Tab_SMTP_Ant_Init, Tab_SMTP_Verbindung,
A_2021, A_2025; api-kim FAQ), ti-detection §4 KIM.
"""

import re
from typing import Literal

from papierbruecke.kim.model import KimFehler

Phase = Literal["verbindung", "anmeldung", "umschlag", "inhalt", "quittung", "postfach"]
"""How far it got: connecting, AUTH, MAIL and RCPT, the content is under way, only the answer is missing; POP3."""

_WARTEN = "Die Krankschreibungen bleiben gespeichert und werden später gesendet."
SAETZE: dict[str, str] = {
    "kim.port_closed": f"Das KIM-Programm läuft nicht. {_WARTEN} Bitte den Server oder den Dienst neu starten lassen.",
    "kim.no_answer": f"Das KIM-Programm antwortet nicht. {_WARTEN} Bitte den Server prüfen lassen.",
    "kim.name_unresolved": f"Der Name des KIM-Servers wird im Netz nicht gefunden. {_WARTEN} "
    "Bitte den IT-Betreuer anrufen.",
    "kim.tls_parameters": f"Die Verschlüsselung zum KIM-Programm passt nicht zusammen. {_WARTEN} "
    "Bitte den Software-Betreuer informieren.",
    "kim.client_cert_rejected": f"Das KIM-Programm verlangt ein Zertifikat von diesem Programm. {_WARTEN} "
    "Bitte den KIM-Anbieter fragen.",
    "kim.wrong_device": f"Unter der Adresse des KIM-Programms antwortet etwas anderes. {_WARTEN} "
    "Bitte den IT-Betreuer anrufen.",
    "kim.server_cert_changed": "Das KIM-Programm zeigt ein anderes Zertifikat als das bestätigte. Es wurde nichts "
    "gesendet. Bitte den KIM-Anbieter fragen und es erst dann bestätigen.",
    "kim.not_paired": "Das Zertifikat des KIM-Programms wurde noch nicht bestätigt. Es wurde nichts gesendet. "
    "Bitte in den Einstellungen den Fingerabdruck prüfen und bestätigen.",
    "kim.protocol": f"Das KIM-Programm hat eine unverständliche Antwort gegeben. {_WARTEN} "
    "Bleibt es so, bitte den KIM-Anbieter anrufen.",
    "kim.server_timeout": f"Der KIM-Server des Anbieters antwortet nicht rechtzeitig. {_WARTEN}",
    "kim.server_unreachable": f"Das KIM-Programm erreicht den Server des Anbieters nicht. {_WARTEN} "
    "Bitte Papierausdrucke mitgeben.",
    "kim.login_refused": f"KIM lehnt Adresse oder Passwort ab. {_WARTEN} Bitte die KIM-Einstellungen prüfen.",
    "kim.user_name": f"Der lange KIM-Benutzername ist unvollständig. {_WARTEN} Bitte die KIM-Einstellungen prüfen.",
    "kim.context_wrong": f"KIM kennt Mandant, Clientsystem oder Arbeitsplatz nicht. {_WARTEN} "
    "Bitte den DVO die Einträge im Konnektor prüfen lassen.",
    "kim.auth_method": f"Das KIM-Programm versteht unsere Anmeldung nicht. {_WARTEN} "
    "Bitte den KIM-Anbieter nach einem Update fragen.",
    "kim.recipient": f"Für die Krankenkasse gibt es gerade kein gültiges KIM-Zertifikat. {_WARTEN} "
    "Bleibt es so, bitte den Ausdruck per Post schicken.",
    "kim.cannot_sign": f"KIM kann nicht signieren oder verschlüsseln. {_WARTEN} "
    "Bitte prüfen, ob die Praxiskarte freigeschaltet ist.",
    "kim.sender": f"Für die eigene KIM-Adresse gibt es kein gültiges Zertifikat. {_WARTEN} "
    "Bitte den KIM-Anbieter anrufen.",
    "kim.quota": f"Das KIM-Postfach ist voll oder gesperrt. {_WARTEN} Bitte den KIM-Anbieter anrufen.",
    "kim.too_big": "Die Nachricht ist für KIM zu groß. Bitte den Ausdruck per Post schicken.",
    "kim.refused": f"KIM hat die Nachricht abgelehnt. {_WARTEN} Bitte den KIM-Anbieter anrufen und den Code nennen.",
    "kim.temporary": f"KIM nimmt die Nachricht gerade nicht an. {_WARTEN}",
    "kim.not_set_up": "KIM ist noch nicht vollständig eingerichtet. Bitte in den Einstellungen Adresse, "
    "Benutzernamen und Server ergänzen.",
    "kim.mailbox": "Das KIM-Postfach lässt sich nicht öffnen: entweder stimmt das Passwort nicht, oder der Anbieter "
    "ist gestört. Bitte die KIM-Einstellungen prüfen, sonst später noch einmal versuchen.",
}
_IN_DOUBT = (
    " Bei dieser einen Nachricht ist unklar, ob sie angekommen ist. Das Programm sucht zuerst die "
    "Zustellbestätigung, bevor es noch einmal sendet."
)

_TOO_BIG = re.compile(rb"[45]\.3\.4\b")
_CODES = {
    421: "kim.server_timeout",
    451: "kim.cannot_sign",
    454: "kim.server_unreachable",
    501: "kim.context_wrong",
    504: "kim.auth_method",
    521: "kim.quota",
    530: "kim.login_refused",
    535: "kim.login_refused",
    550: "kim.recipient",
    553: "kim.sender",
}
_NEEDS_A_PERSON = {
    "kim.not_set_up",
    "kim.server_cert_changed",
    "kim.not_paired",
    "kim.wrong_device",
    "kim.client_cert_rejected",
    "kim.tls_parameters",
    "kim.login_refused",
    "kim.user_name",
    "kim.context_wrong",
    "kim.auth_method",
    "kim.sender",
    "kim.too_big",
}


def failure(schluessel: str, *, smtp_code: int | None = None, certainly_not_sent: bool = True) -> KimFehler:
    """The error for a key, with the doubt said where there is one."""
    text = SAETZE[schluessel] + ("" if certainly_not_sent else _IN_DOUBT)
    if smtp_code is not None:
        text += f" (Code {smtp_code})"
    return KimFehler(
        schluessel,
        text,
        smtp_code=smtp_code,
        certainly_not_sent=certainly_not_sent,
        retryable=schluessel not in _NEEDS_A_PERSON,
    )


def failure_of_reply(code: int, text: bytes, phase: Phase) -> KimFehler:
    """The error for an SMTP reply that was not the hoped-for one.

    A refusal is certain. The exceptions come after the content: 421 there is a timeout towards
    the provider, who may have taken the mail; and anything that is no refusal at all.
    """
    certain = phase != "quittung" or (400 <= code < 600 and code != 421)
    key = _CODES.get(code)
    if _TOO_BIG.match(text):
        key = "kim.too_big"
    elif code == 501 and text.startswith(b"5.5.4"):
        key = "kim.user_name"
    elif code == 501 and phase != "anmeldung":
        key = "kim.refused"
    elif key is None:
        key = "kim.temporary" if 400 <= code < 500 else "kim.refused" if 500 <= code < 600 else "kim.protocol"
    return failure(key, smtp_code=code, certainly_not_sent=certain)
