"""The three ways in which things go wrong: refused input, failing environment, bug.

Expected outcomes (no card, prescription refused, TI down) are values, not exceptions.
A bug is an assertion or any other exception; only the two top places (the command
line and the window's exception hook) catch it and show a crash page with a code.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Einwand:
    """One field that was refused: which, by which rule, in a German sentence.

    ``feld`` is a path like ``rezept.positionen[0].dosierung``; ``regel`` names the
    requirement (``KVDT P2-400``, ``AVWG P3-720``). The text never repeats patient data.
    """

    feld: str
    regel: str
    text: str


class InputRefused(Exception):
    """The practice gave something that no form may carry; nothing was stored or written.

    Becomes exit code 2. Carries every objection, so that one round of corrections is enough.
    """

    def __init__(self, einwaende: tuple[Einwand, ...]) -> None:
        if not einwaende:
            raise AssertionError("a refusal names at least one objection")
        super().__init__("; ".join(f"{e.feld}: {e.regel}" for e in einwaende))
        self.einwaende = einwaende


class EnvironmentFailure(Exception):
    """Something outside the program fails: reader, store, Konnektor, KIM, printer.

    ``code`` is stable and dotted (``karte.keine``, ``speicher.schluessel``); ``text`` is
    the German sentence for the desk: what happened, what it means for the patient, what
    to do now. ``retryable``: the same call may succeed later without a change of set-up.
    ``belegnummer``: set when a Beleg was already stored, so that nobody writes it twice.
    Becomes exit code 3.
    """

    def __init__(self, code: str, text: str, *, retryable: bool = False, belegnummer: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.text = text
        self.retryable = retryable
        self.belegnummer = belegnummer


class Cancelled(Exception):
    """A person stopped long work between two steps; everything is as it was before."""
