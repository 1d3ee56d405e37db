"""The Lagebild: read tolerantly, whatever comes over the line (rules 32 of ti-detection §7)."""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papierbruecke.clock import SystemClock
from papierbruecke.outage import lagebild_probe
from papierbruecke.outage.lagebild import MAX_BYTES, facts, parse_lagebild, parse_providers, text_of
from papierbruecke.outage.memory_samples import MemorySamples
from papierbruecke.outage.model import Messung
from papierbruecke.settings import Einstellungen, KimEinstellungen, LagebildEinstellungen

OWN, OTHER = "CI-0000201", "CI-0000211"
APPS = ("erezept", "epa", "kim", "wanda", "ogd", "vsdm", "tianschluss")


def document(causes: list[str] = [], maintained: str = "", **outages: str) -> dict[str, Any]:  # noqa: B006
    status = {
        app: {"outage": outages.get(app, "none"), "hasMaintenance": app == maintained, "affectedFunctions": []}
        for app in APPS
    }
    rows = [
        {"ci": ci, "component": "VPN-Zugangsdienst", "organization": f"Anbieter {ci}", "function": "Zugang"}
        for ci in causes
    ]
    return {"appStatus": status, "cause": rows}


def judged(doc: dict[str, Any], *, personal: bool = True, ci: str | None = OWN) -> dict[str, Any]:
    parsed = parse_lagebild(json.dumps(doc).encode())
    assert parsed is not None
    return facts(parsed, personal=personal, ti_zugang_ci=ci, kim_ci=None)


def test_a_quiet_day() -> None:
    found = judged(document())
    assert {
        name: found[name] for name in ("erezept", "epa", "kim", "vsdm", "ti_zugang", "idp", "tsp")
    } == dict.fromkeys(("erezept", "epa", "kim", "vsdm", "ti_zugang", "idp", "tsp"), "ok")
    assert found["wartung"] == []


@pytest.mark.parametrize(
    ("doc", "personal", "ci", "wanted"),
    [
        (document(tianschluss="full"), True, OWN, "aus"),
        (document([OWN], tianschluss="partial"), True, OWN, "teilweise"),
        (document([OTHER], tianschluss="partial"), True, OWN, "ok"),
        (document(tianschluss="partial"), True, OWN, "teilweise"),
        (document([OTHER], tianschluss="partial"), False, OWN, "ok"),
        (document([OTHER, OWN], tianschluss="partial"), False, OWN, "teilweise"),
        (document(tianschluss="partial"), False, None, None),
        (document([OTHER], tianschluss="full"), False, None, "aus"),
    ],
)
def test_the_own_provider_counts(doc: dict[str, Any], personal: bool, ci: str | None, wanted: str | None) -> None:
    assert judged(doc, personal=personal, ci=ci).get("ti_zugang") == wanted


def test_the_name_of_the_own_provider_comes_from_the_lagebild() -> None:
    assert judged(document([OTHER, OWN], tianschluss="partial"))["ti_zugang_name"] == f"Anbieter {OWN}"


def test_a_missing_app_says_nothing_and_unknown_keys_are_ignored() -> None:
    doc = document(erezept="full")
    del doc["appStatus"]["vsdm"]
    doc["appStatus"]["odg"] = {"outage": "full"}
    doc["appStatus"]["epa"]["outage"] = "purple"
    doc["timestamp"] = "now"
    found = judged(doc)
    assert found["erezept"] == "aus"
    assert "vsdm" not in found
    assert "epa" not in found


def test_functions_that_nobody_calls_critical_are_no_outage() -> None:
    doc = document(erezept="partial")
    doc["appStatus"]["erezept"]["affectedFunctions"] = [{"function": "Push", "critical": False, "outage": "full"}]
    assert judged(doc)["erezept"] == "ok"
    doc["appStatus"]["erezept"]["affectedFunctions"].append(
        {"function": "Abruf", "critical": True, "outage": "partial"}
    )
    assert judged(doc)["erezept"] == "teilweise"


def test_idp_and_card_check_are_named_as_causes() -> None:
    doc = document(erezept="full")
    doc["cause"] = [{"ci": "CI-1", "component": "IDP-Dienst", "organization": "x", "function": "Login"}]
    assert (judged(doc)["idp"], judged(doc)["tsp"]) == ("aus", "ok")
    doc["cause"] = [{"ci": "CI-2", "component": "TSP X.509 nonQES SMC-B", "organization": "x", "function": "OCSP"}]
    assert (judged(doc)["idp"], judged(doc)["tsp"]) == ("ok", "aus")


def test_maintenance_and_html() -> None:
    assert judged(document(maintained="epa"))["wartung"] == ["ePA"]
    assert text_of("<p>Bitte\n<b>warten</b>\u202e &c</p>") == "Bitte warten &c"
    assert len(text_of("x" * 10_000)) == 300


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html>Wartungsseite</html>",
        b"[]",
        b"null",
        b'{"appStatus": []}',
        b'{"appStatus": {}}',
        b'{"appStatus": {"epa": 7}}',
        b"\xff\xfe{",
        b"[" * 200_000,
        b"{" + b" " * MAX_BYTES,
    ],
)
def test_what_is_no_lagebild_is_none(data: bytes) -> None:
    assert parse_lagebild(data) is None
    assert parse_providers(data) == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [*APPS, "appStatus", "cause", "outage", "ci", "cis", "affectedFunctions", "critical", "component"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(JSON, JSON, JSON)
@settings(max_examples=150, deadline=None)
def test_any_json_is_a_value_or_none(top: object, apps: object, cause: object) -> None:
    for doc in (
        top,
        {"appStatus": apps, "cause": cause},
        {"appStatus": {"epa": apps, "erezept": {"outage": "full"}}, "cause": [cause]},
    ):
        data = json.dumps(doc).encode()
        parsed = parse_lagebild(data)
        parse_providers(data)
        if parsed is not None:
            for personal in (True, False):
                facts(parsed, personal=personal, ti_zugang_ci=OWN, kim_ci=OWN)


@given(st.binary(max_size=60), st.integers(0, 400))
@settings(max_examples=150, deadline=None)
def test_mutated_bytes_never_raise(noise: bytes, where: int) -> None:
    data = json.dumps(document([OWN], tianschluss="full")).encode()
    parse_lagebild(data[:where] + noise + data[where + len(noise) :])


def test_the_list_of_providers() -> None:
    rows = [
        {"filterGroup": "TI-Zugang", "cis": [{"ci": OWN, "orgShortName": "Beispiel"}, {"ci": ""}, 7]},
        3,
        {"cis": 1},
    ]
    (only,) = parse_providers(json.dumps(rows).encode())
    assert (only.gruppe, only.ci, only.name) == ("TI-Zugang", OWN, "Beispiel")


# -- over the line ---------------------------------------------------------------------------

Reply = Callable[[BaseHTTPRequestHandler], None]


@pytest.fixture
def served() -> Iterator[Callable[[Reply], Einstellungen]]:
    servers: list[ThreadingHTTPServer] = []

    def serve(reply: Reply) -> Einstellungen:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                reply(self)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/lageapi"
        return Einstellungen(
            lagebild=LagebildEinstellungen(url=url, ti_zugang_ci=OWN), kim=KimEinstellungen(anbieter_ci="CI-9")
        )

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def ask(einstellungen: Einstellungen) -> Messung:
    (probe,) = lagebild_probe.build(einstellungen, SystemClock())
    (word,) = probe.measure()
    return word


def body(status: int, data: bytes) -> Reply:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    return reply


def test_the_own_providers_are_asked_for(served: Callable[[Reply], Einstellungen]) -> None:
    paths: list[str] = []

    def reply(handler: BaseHTTPRequestHandler) -> None:
        paths.append(handler.path)
        body(200, json.dumps(document([OWN], tianschluss="full")).encode())(handler)

    word = ask(served(reply))
    assert paths == [f"/lageapi/v2/tilage?ciAccess={OWN}&ciKim=CI-9"]
    assert word.daten["ti_zugang"] == "aus"
    assert word.befund == "Lagebild meldet Störung: TI-Anschluss"
    assert len(word.daten["sha256"]) == 64
    assert hashlib.sha256(word.daten["dokument"].encode()).hexdigest() == word.daten["sha256"]


def test_a_document_is_archived_once_per_change(served: Callable[[Reply], Einstellungen]) -> None:
    answers = [b'{"appStatus": {"kim": {"outage": "none"}}}'] * 2 + [b'{"appStatus": {"kim": {"outage": "full"}}}'] * 2
    waiting = iter(answers)
    (probe,) = lagebild_probe.build(served(lambda handler: body(200, next(waiting))(handler)), SystemClock())
    samples, begin = MemorySamples(), SystemClock().now()
    for _ in answers:
        samples.add(probe.measure())
    rows = samples.history(begin, SystemClock().now(), "wechsel")
    assert [row.inhalt["daten"]["dokument"] for row in rows] == [answers[0].decode(), answers[2].decode()]
    assert samples.verify() == []


@pytest.mark.parametrize(
    ("reply", "wanted"),
    [
        (body(429, b"{}"), "lagebild.http"),
        (body(500, b"kaputt"), "lagebild.http"),
        (body(200, b"<html>"), "lagebild.html"),
        (body(200, b"\xef\xbb\xbf\r\n <!DOCTYPE HTML PUBLIC"), "lagebild.html"),
        (body(200, b"[]"), "lagebild.shape"),
        (body(200, b"x" * (MAX_BYTES + 5)), "lagebild.shape"),
        (lambda handler: handler.connection.close(), "lagebild.no_answer"),
    ],
)
def test_trouble_has_a_key_and_is_never_a_good_word(
    served: Callable[[Reply], Einstellungen], reply: Reply, wanted: str
) -> None:
    assert ask(served(reply)).schluessel == wanted


def test_an_endless_answer_ends(served: Callable[[Reply], Einstellungen]) -> None:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b" " * 65536)
        except OSError:
            return

    assert ask(served(reply)).schluessel == "lagebild.shape"


def test_a_dripping_answer_ends_at_the_deadline(
    served: Callable[[Reply], Einstellungen], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lagebild_probe, "TIMEOUT_S", 0.5)
    released = threading.Event()

    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while not released.wait(0.05):
                handler.wfile.write(b" ")
                handler.wfile.flush()
        except OSError:
            return

    assert ask(served(reply)).schluessel == "lagebild.no_answer"
    released.set()


def test_nobody_there() -> None:
    url = "http://127.0.0.1:1/lageapi"
    assert ask(Einstellungen(lagebild=LagebildEinstellungen(url=url))).schluessel == "lagebild.no_answer"
    assert lagebild_probe.ask_providers(url) == ()
