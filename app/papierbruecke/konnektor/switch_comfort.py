"""Komfortsignatur on and off: the doctor enters the PIN once, and the Nachversand signs by itself.

Every activation names a user of its own: the Konnektor binds the Komfortsignatur to it and takes no
user twice. Source: gemSpec_Kon 4.1.8.1.5, SignatureService 7.5; domain sheet eau-kim §7.
"""

from collections.abc import Callable
from uuid import uuid4

from papierbruecke.errors import EnvironmentFailure
from papierbruecke.konnektor.model import Konnektor, KonnektorFehler, Signaturmodus
from papierbruecke.redact import Value

HEILBERUFSAUSWEIS = "HBA"
KARTE_FEHLT = (
    "Der Heilberufsausweis steckt nicht im Kartenterminal; damit ist die Komfortsignatur aus. Bitte stecken und noch "
    "einmal versuchen."
)
NICHT_ERLAUBT = (
    "Am Konnektor ist die Komfortsignatur nicht freigeschaltet. Signiert wird weiter mit der PIN am Kartenterminal. "
    "Bitte den DVO fragen, wenn sie gewünscht ist."
)
NICHT_AN = (
    "Der Konnektor hat die Komfortsignatur nicht eingeschaltet. Signiert wird weiter mit der PIN am Kartenterminal. "
    "Bitte noch einmal versuchen."
)
PIN_FUER_KOMFORT = (
    "Jetzt fragt das Kartenterminal{terminal} nach der PIN des Heilberufsausweises, um die Komfortsignatur "
    "einzuschalten. Nur die Ärztin oder der Arzt selbst gibt sie ein."
)


class Komfortstand(Value):
    """Whether the Nachversand may sign without a PIN now, how often and for how long."""

    moeglich: bool  # the Konnektor allows it, and the HBA is plugged in
    aktiv: bool
    rest: int = 0
    rest_s: int = 0

    def line(self) -> str:
        """For the doctor."""
        if self.aktiv:
            hours, minutes = divmod(self.rest_s // 60, 60)
            return f"Komfortsignatur ist ein: noch {self.rest} Unterschriften, {hours} Std. {minutes} Min."
        return "Komfortsignatur ist aus." if self.moeglich else "Komfortsignatur ist aus und hier gerade nicht möglich."


AUS = Komfortstand(moeglich=False, aktiv=False)


class SwitchComfort:
    """The Komfortsignatur of the HBA that is plugged in. ``user_id``: for whom it was switched on last."""

    def __init__(self, konnektor: Konnektor, user_id: str | None) -> None:
        self._konnektor = konnektor
        self._user_id = user_id

    def state(self) -> Komfortstand:
        """What the Konnektor says now. Raises KonnektorFehler."""
        handle = self._handle()
        return AUS if handle is None else _state(self._mode(handle))

    def on(self, on_notice: Callable[[str], None]) -> tuple[Komfortstand, str | None]:
        """Switch it on, unless it is; the state and the user it now holds for.

        ``on_notice`` is told that the terminal is about to ask. Raises EnvironmentFailure.
        """
        handle = self._handle()
        if handle is None:
            raise EnvironmentFailure("komfort.karte", KARTE_FEHLT)
        mode = self._mode(handle)
        if mode.komfort:
            return _state(mode), self._user_id
        if not mode.erlaubt:
            raise EnvironmentFailure("komfort.nicht_erlaubt", NICHT_ERLAUBT)
        user_id = str(uuid4())
        on_notice(PIN_FUER_KOMFORT.format(terminal=terminal_of(self._konnektor, handle)))
        self._konnektor.komfort_einschalten(handle, user_id)
        mode = self._konnektor.signaturmodus(handle, user_id)
        if not mode.komfort:
            raise EnvironmentFailure("komfort.nicht_an", NICHT_AN)
        return _state(mode), user_id

    def off(self) -> Komfortstand:
        """Switch it off, if it is on; without its card it is off anyway. Raises KonnektorFehler."""
        handle = self._handle()
        if handle is None:
            return AUS
        mode = self._mode(handle)
        if mode.komfort:
            self._konnektor.komfort_ausschalten(handle)
            mode = self._mode(handle)
        return _state(mode)

    def _handle(self) -> str | None:
        return next((card.handle for card in self._konnektor.karten() if card.typ == HEILBERUFSAUSWEIS), None)

    def _mode(self, handle: str) -> Signaturmodus:
        # Without a user nobody can have switched it on; the question itself needs one.
        return self._konnektor.signaturmodus(handle, self._user_id or str(uuid4()))


def terminal_of(konnektor: Konnektor, handle: str) -> str:
    """The name on the terminal that holds this card, with a blank before it; what nobody tells is left open."""
    try:
        held = next((card.terminal for card in konnektor.karten() if card.handle == handle), "")
        names = {terminal.id: terminal.name for terminal in konnektor.terminals()}
    except KonnektorFehler:
        return ""
    name = names.get(held) or held
    return f" „{name}“" if name else ""


def _state(mode: Signaturmodus) -> Komfortstand:
    return Komfortstand(moeglich=mode.erlaubt, aktiv=mode.komfort, rest=mode.rest, rest_s=mode.rest_s)
