"""Every real signature and every mail tells how the TI is; the work itself notices nothing."""

import contextlib
from datetime import UTC, datetime
from typing import Any

import pytest

from papierbruecke.clock import SetClock
from papierbruecke.kim.model import KimFehler, Sendung
from papierbruecke.konnektor.model import KonnektorFehler, Signatur
from papierbruecke.outage.listening import ListeningKim, ListeningKonnektor
from papierbruecke.outage.model import Messung

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


class Twin:
    """Answers with what it was given, or fails with it."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.entered = 0

    def __enter__(self) -> "Twin":
        self.entered += 1
        return self

    def __exit__(self, *exc: object) -> None:
        self.entered -= 1

    def _give(self, *_: Any) -> Any:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    sign = send = fetch = banner = karten = jobnummer = _give


def mail(answer: Any) -> list[str | None]:
    heard: list[Messung] = []
    kim = ListeningKim(Twin(answer), SetClock(NOW), heard.append)  # type: ignore[arg-type]
    try:
        with kim as opened:
            opened.send(Sendung("<1@x>", NOW, "a@b", "eAU", "Betreff", "datei", "eAU", b""))
    except KimFehler:
        pass
    return [m.schluessel for m in heard]


def kim_failure(key: str) -> KimFehler:
    return KimFehler(key, "Satz.", certainly_not_sent=True)


def test_mails() -> None:
    assert mail(None) == [None]
    assert mail(kim_failure("kim.server_timeout")) == ["kim.server"]
    assert mail(kim_failure("kim.cannot_sign")) == ["kim.krypto"]
    assert mail(kim_failure("kim.login_refused")) == ["kim.login_refused"]
    assert mail(kim_failure("kim.recipient")) == []  # one insured is no outage


def sign(answer: Any) -> list[tuple[str | None, bool]]:
    heard: list[Messung] = []
    konnektor = ListeningKonnektor(Twin(answer), SetClock(NOW), heard.append)  # type: ignore[arg-type]
    with contextlib.suppress(KonnektorFehler):
        konnektor.sign({"a": b""}, "h", None)
    return [(m.schluessel, m.dauer_ms is not None) for m in heard]


def test_signatures() -> None:
    good = Signatur(request_id="a", p7s=b"x")
    assert sign((good,)) == [(None, True)]
    assert sign((good, good)) == [(None, False)]
    assert sign((good.model_copy(update={"fehler": 4264}),)) == [("sig.ocsp", True)]
    assert sign((Signatur(request_id="a", p7s=None, fehler=4085),)) == [("sig.fehler", True)]
    assert sign(KonnektorFehler("kon.no_answer", "Satz.")) == [("sig.fehler", True)]
    assert sign(KonnektorFehler("card.user_action", "Satz.")) == []
    assert sign(()) == []


def test_everything_else_passes_through() -> None:
    twin = Twin("antwort")
    heard: list[Messung] = []
    konnektor = ListeningKonnektor(twin, SetClock(NOW), heard.append)  # type: ignore[arg-type]
    assert (konnektor.karten(), konnektor.jobnummer()) == ("antwort", "antwort")
    kim = ListeningKim(twin, SetClock(NOW), heard.append)  # type: ignore[arg-type]
    with kim as opened:
        assert twin.entered == 1
        assert opened.banner() == "antwort"
        assert opened.fetch(frozenset()) == "antwort"
    assert twin.entered == 0
    assert heard == []


def test_failures_reach_the_caller() -> None:
    with pytest.raises(KimFehler):
        ListeningKim(Twin(kim_failure("kim.quota")), SetClock(NOW), lambda m: None).send(None)  # type: ignore[arg-type]
    with pytest.raises(KonnektorFehler):
        ListeningKonnektor(Twin(KonnektorFehler("kon.fault", "Satz.")), SetClock(NOW), lambda m: None).sign(
            {}, "h", None
        )  # type: ignore[arg-type]
