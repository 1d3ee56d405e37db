"""The long user names of the KIM-Clientmodul, checked as it checks them.

Source: gemSpec_CM_KOMLE 3.3.2.2 (SMTP) and 3.4.2 (POP3).
"""

import re

from papierbruecke.drill.practice_setup import ARBEITSPLATZ, CLIENTSYSTEM, KIM_ADRESSE, KIM_PASSWORT, MANDANT

_HOST_PORT = re.compile(r"[a-z0-9.-]+\.kim\.telematik-test:(465|587|995|110)")


class LoginRefused(Exception):
    """The login fails. ``kind``: unvollstaendig, kontext or zugang."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind
        self.text = text


def check_login(user: str, password: str, fachdienst: str, optional_parts: int) -> str:
    """The KIM address of this login.

    ``fachdienst`` is the only mail server that exists; ``optional_parts`` may follow the
    Workplace (SMTP: KonnektorId; POP3: UserId and KonnektorId; ``*`` = skipped).
    """
    parts = user.split("#")
    if not 5 <= len(parts) <= 5 + optional_parts or not all(parts):
        raise LoginRefused("unvollstaendig", "Benutzername unvollstaendig")
    address, server, *context = parts
    if _HOST_PORT.fullmatch(server) is None or "@" not in address:
        raise LoginRefused("unvollstaendig", "Benutzername unvollstaendig")
    if tuple(context[:3]) != (MANDANT, CLIENTSYSTEM, ARBEITSPLATZ):
        raise LoginRefused("kontext", "Aufrufkontext falsch")
    if server != fachdienst or address != KIM_ADRESSE or password != KIM_PASSWORT:
        raise LoginRefused("zugang", "Zugangsdaten falsch")
    return address
