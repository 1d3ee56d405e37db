"""The PC/SC service of this computer: pcscd, WinSCard (egk.md §5, §11).

Every reading opens its own context, so a service that was restarted is simply found again.
Waiting is a blocking status change, never a poll. The card is shared with the practice system:
one transaction of under a second, the card left as it was. Each call into a driver may hang,
so the conversation runs in its own thread and the caller leaves it behind after a fixed time.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from smartcard import scard

from papierbruecke.card.egk import Transmit
from papierbruecke.card.hindernis import (
    ANDERE_KARTE,
    BELEGT,
    GEZOGEN,
    KEIN_DIENST,
    KEIN_LESER,
    KEINE_KARTE,
    LESER_FEHLT,
    LESER_GETRENNT,
    LESER_HAENGT,
    MEHRERE,
    STUMM,
    Hindernis,
    KarteUnlesbar,
)
from papierbruecke.card.kvk import name_kvk

T = TypeVar("T")
log = logging.getLogger(__name__)

READ_LIMIT_S = 10.0  # a whole reading takes about half a second (egk.md §12)
HELD_LIMIT_S = 3.0  # how long another program may keep the card for itself before we say so
NOTICED_S = 1.0  # the service knows within about 0.4 s what left: the card, or the reader with it
PAUSE_S = 0.3  # contacts settle, a holder lets go, a service starts
WAKE_UP_ATTEMPTS = 3
HOTPLUG = "\\\\?PnP?\\Notification"  # pseudo reader whose state changes when a reader comes or goes

_NO_SERVICE = frozenset(
    {
        scard.SCARD_E_NO_SERVICE,
        scard.SCARD_E_SERVICE_STOPPED,
        scard.SCARD_F_COMM_ERROR,
        scard.SCARD_E_INVALID_HANDLE,
        scard.SCARD_F_INTERNAL_ERROR,
    }
)
_READER_GONE = scard.SCARD_STATE_UNAVAILABLE | scard.SCARD_STATE_UNKNOWN
_NO_READER = frozenset({scard.SCARD_E_READER_UNAVAILABLE, scard.SCARD_E_UNKNOWN_READER})
_GONE = frozenset({scard.SCARD_W_REMOVED_CARD, scard.SCARD_E_NO_SMARTCARD, scard.SCARD_E_NOT_TRANSACTED})
_MUTE = frozenset(
    {
        scard.SCARD_W_UNRESPONSIVE_CARD,
        scard.SCARD_W_UNPOWERED_CARD,
        scard.SCARD_W_UNSUPPORTED_CARD,
        scard.SCARD_E_PROTO_MISMATCH,
    }
)
_T0_OR_T1 = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
_WRONG_CARD_CODE = ANDERE_KARTE.code


class _CardReset(Exception):
    """Another program reset the card between two of our commands: start again from the first."""


@dataclass(slots=True)
class _Conversation:
    """What the caller and the thread that talks to the driver know of each other."""

    abandoned: bool = False
    waiting_for_holder: bool = False
    context: Any = None
    failure: BaseException | None = None
    results: list[Any] = field(default_factory=list)


class PcscReader:
    """Reads cards in every PC/SC reader; implements the port ``CardReader``."""

    def __init__(self) -> None:
        self._left_behind: threading.Thread | None = None

    def names(self) -> tuple[str, ...]:
        """The readers that are connected now; raises ``leser.dienst`` without a PC/SC service."""
        return self._bounded(_answering, READ_LIMIT_S)

    def with_card(self, leser: str | None, warten_s: float, work: Callable[[Transmit], T]) -> T:
        """Run ``work`` on the card in the chosen reader (see the port)."""
        deadline = time.monotonic() + warten_s
        return self._bounded(lambda c: _wait_and_read(c, leser, deadline, work), max(warten_s, 0) + READ_LIMIT_S)

    def _bounded(self, talk: Callable[[_Conversation], T], limit_s: float) -> T:
        if self._left_behind is not None:
            # A driver that swallowed one thread would swallow the next one too.
            self._left_behind.join(PAUSE_S)
            if self._left_behind.is_alive():
                raise KarteUnlesbar(LESER_HAENGT)
            self._left_behind = None
        conversation = _Conversation()
        thread = threading.Thread(target=_talk, args=(conversation, talk), name="pcsc", daemon=True)
        thread.start()
        try:
            thread.join(limit_s)
        finally:
            if thread.is_alive():
                conversation.abandoned = True
                if conversation.context is not None:
                    scard.SCardCancel(conversation.context)
                self._left_behind = thread
        if conversation.failure is not None:
            raise conversation.failure
        if not conversation.results:
            raise KarteUnlesbar(BELEGT if conversation.waiting_for_holder else LESER_HAENGT)
        result: T = conversation.results[0]
        return result


def _talk(conversation: _Conversation, talk: Callable[[_Conversation], Any]) -> None:
    try:
        conversation.results.append(talk(conversation))
    except BaseException as failure:
        # Handed over whole: the caller's thread raises it.
        conversation.failure = failure
    finally:
        if conversation.context is not None:
            scard.SCardReleaseContext(conversation.context)


# -- readers and waiting -------------------------------------------------------


def _establish(conversation: _Conversation) -> Any:
    rv, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    _check(rv)
    conversation.context = context
    return context


def _readers(context: Any) -> tuple[str, ...]:
    rv, names = scard.SCardListReaders(context, [])
    if rv in (scard.SCARD_E_NO_READERS_AVAILABLE, scard.SCARD_E_READER_UNAVAILABLE):
        return ()
    _check(rv)
    # Readers with a built-in security module list it as a second reader that is never empty.
    return tuple(name for name in names if " SAM" not in name)


def _answering(conversation: _Conversation) -> tuple[str, ...]:
    """The readers without those that are listed still, but whose driver lost them."""
    context = _establish(conversation)
    names = _readers(context)
    states, _ = _look(context, list(names))
    return tuple(name for name in names if not states[name] & _READER_GONE)


def _choose(names: tuple[str, ...], leser: str | None) -> tuple[str, ...]:
    """The readers to look into: the one that was named (in full or by a part of its name), else all."""
    if leser is None:
        return names
    if leser in names:
        return (leser,)
    return tuple(name for name in names if leser.casefold() in name.casefold())


def _wait_and_read(conversation: _Conversation, leser: str | None, deadline: float, work: Callable[[Transmit], T]) -> T:
    """Look and read, else wait for the next change in any reader, until the deadline."""
    while True:
        left_s = deadline - time.monotonic()
        over = left_s <= 0 or conversation.abandoned
        try:
            context = conversation.context or _establish(conversation)
            names = _readers(context)
            chosen = _choose(names, leser)
            states, atrs = _look(context, [*chosen, HOTPLUG])
            present = {name: atrs.get(name, b"") for name in chosen if _holds_card(states[name])}
            found = _read_any(conversation, present, work)
            if not isinstance(found, Hindernis):
                return found
            if not chosen:
                found = KEIN_LESER if not names else LESER_FEHLT
            elif all(states[name] & _READER_GONE for name in chosen):
                found = LESER_HAENGT
            if over or not _may_still_come(found, [states[name] for name in chosen]):
                raise KarteUnlesbar(found)
            _await_change(context, states, left_s)
        except KarteUnlesbar as failure:
            if failure.hindernis is not KEIN_DIENST or over:
                raise
            # The service comes up with the first reader (Windows) or was just restarted.
            _drop(conversation)
            time.sleep(min(PAUSE_S, left_s))


def _may_still_come(found: Hindernis, states: list[int]) -> bool:
    """Whether waiting can help: nothing there yet, or a wrong card in one reader while another is empty."""
    if found in (KEINE_KARTE, KEIN_LESER, LESER_FEHLT) or all(state & _READER_GONE for state in states):
        return True
    return found.code == _WRONG_CARD_CODE and any(not _holds_card(state) for state in states)


def _drop(conversation: _Conversation) -> None:
    if conversation.context is not None:
        scard.SCardReleaseContext(conversation.context)
        conversation.context = None


def _look(context: Any, names: list[str]) -> tuple[dict[str, int], dict[str, bytes]]:
    """The present state of these readers, and the answers to reset of their cards, without waiting."""
    unaware = [(name, scard.SCARD_STATE_UNAWARE) for name in names]
    rv, answered = scard.SCardGetStatusChange(context, 0, unaware)
    if rv in _NO_READER:  # one of them was unplugged in between; the next round lists them anew
        return dict.fromkeys(names, scard.SCARD_STATE_UNAWARE), {}
    if rv != scard.SCARD_E_TIMEOUT:
        _check(rv)
    states = {name: event & ~scard.SCARD_STATE_CHANGED for name, event, _ in answered}
    return states, {name: bytes(atr) for name, _, atr in answered}


def _await_change(context: Any, states: dict[str, int], timeout_s: float) -> None:
    """Sleep in the PC/SC service until a card or a reader comes or goes."""
    rv, _ = scard.SCardGetStatusChange(context, int(timeout_s * 1000) + 1, list(states.items()))
    if rv not in (scard.SCARD_E_TIMEOUT, scard.SCARD_E_CANCELLED) and rv not in _NO_READER:
        _check(rv)


def _holds_card(state: int) -> bool:
    return bool(state & scard.SCARD_STATE_PRESENT)


# -- one card ------------------------------------------------------------------


def _read_any(conversation: _Conversation, cards: dict[str, bytes], work: Callable[[Transmit], T]) -> T | Hindernis:
    """The result from the only eGK among these readers (name to answer to reset), or why there is none.

    A Heilberufsausweis in a second reader is passed over; two eGKs are refused, because nobody
    could say whose data they are.
    """
    results: list[T] = []
    failures: list[Hindernis] = []
    for name, atr in cards.items():
        try:
            results.append(_read_one(conversation, name, work))
        except KarteUnlesbar as failure:
            if failure.hindernis is KEIN_DIENST:
                raise
            failures.append(name_kvk(_card_or_reader(conversation.context, name, failure.hindernis), atr))
    if len(results) == 1:
        return results[0]
    if results:
        return MEHRERE
    # A broken patient card says more than a wrong card, and that more than a slot that was just left.
    present = [failure for failure in failures if failure is not KEINE_KARTE]
    telling = [failure for failure in present if failure.code != _WRONG_CARD_CODE]
    return (telling or present or [KEINE_KARTE])[0]


def _card_or_reader(context: Any, name: str, found: Hindernis) -> Hindernis:
    """Whether only the card left, or the reader with it: both first show as a command that failed."""
    if found not in (GEZOGEN, KEINE_KARTE):
        return found
    state = _look(context, [name])[0][name]
    if _holds_card(state):
        _await_change(context, {name: state}, NOTICED_S)
        state = _look(context, [name])[0][name]
    return LESER_GETRENNT if state & _READER_GONE or name not in _readers(context) else found


def _read_one(conversation: _Conversation, name: str, work: Callable[[Transmit], T]) -> T:
    handle, protocol = _connect(conversation, name)
    try:
        for _ in range(2):
            rv = scard.SCardBeginTransaction(handle)
            conversation.waiting_for_holder = False
            try:
                if rv == scard.SCARD_W_RESET_CARD:
                    raise _CardReset
                _check(rv)
                return work(_transmitter(conversation, handle, protocol))
            except _CardReset:
                rv, protocol = scard.SCardReconnect(handle, scard.SCARD_SHARE_SHARED, _T0_OR_T1, scard.SCARD_LEAVE_CARD)
                _check(rv)
            finally:
                scard.SCardEndTransaction(handle, scard.SCARD_LEAVE_CARD)
        raise KarteUnlesbar(BELEGT)
    finally:
        scard.SCardDisconnect(handle, scard.SCARD_LEAVE_CARD)


def _connect(conversation: _Conversation, name: str) -> tuple[Any, int]:
    """A shared connection; waits politely for a program that holds the card for itself."""
    deadline = time.monotonic() + HELD_LIMIT_S
    attempts = 0
    while True:
        # pcscd lets a newcomer wait in here while another program is in its transaction.
        conversation.waiting_for_holder = True
        rv, handle, protocol = scard.SCardConnect(conversation.context, name, scard.SCARD_SHARE_SHARED, _T0_OR_T1)
        if rv == scard.SCARD_S_SUCCESS:
            return handle, protocol
        attempts += 1
        again = rv == scard.SCARD_E_SHARING_VIOLATION and time.monotonic() < deadline
        again = again or (rv in _MUTE and attempts < WAKE_UP_ATTEMPTS)
        if not again or conversation.abandoned:  # _check raises, because rv is not success
            _check(rv)
        time.sleep(PAUSE_S)


def _transmitter(conversation: _Conversation, handle: Any, protocol: int) -> Transmit:
    header = scard.SCARD_PCI_T0 if protocol == scard.SCARD_PROTOCOL_T0 else scard.SCARD_PCI_T1
    answered = False

    def transmit(apdu: bytes) -> tuple[bytes, int]:
        nonlocal answered
        if conversation.abandoned:
            raise KarteUnlesbar(LESER_HAENGT)
        rv, response = scard.SCardTransmit(handle, header, list(apdu))
        if rv == scard.SCARD_W_RESET_CARD:
            raise _CardReset
        if rv in _NO_SERVICE:
            raise KarteUnlesbar(KEIN_DIENST)
        if rv in _NO_READER:
            raise KarteUnlesbar(LESER_GETRENNT)
        if rv != scard.SCARD_S_SUCCESS or len(response) < 2:
            # Every other failure is a card that left (egk.md §5): in the middle of the reading, or
            # before it, while the service has not yet noticed.
            log.info("card left, code %08X", rv & 0xFFFFFFFF)
            raise KarteUnlesbar(GEZOGEN if answered else KEINE_KARTE)
        answered = True
        return bytes(response[:-2]), response[-2] << 8 | response[-1]

    return transmit


def _check(rv: int) -> None:
    """Translate a PC/SC return code once; names and texts of other layers never reach the desk."""
    if rv == scard.SCARD_S_SUCCESS:
        return
    log.info("PC/SC code %08X", rv & 0xFFFFFFFF)
    if rv in _NO_SERVICE:
        raise KarteUnlesbar(KEIN_DIENST)
    if rv in _NO_READER:
        raise KarteUnlesbar(LESER_GETRENNT)
    if rv == scard.SCARD_E_SHARING_VIOLATION:
        raise KarteUnlesbar(BELEGT)
    if rv in _MUTE:
        raise KarteUnlesbar(STUMM)
    raise KarteUnlesbar(KEINE_KARTE if rv in _GONE else LESER_HAENGT)
