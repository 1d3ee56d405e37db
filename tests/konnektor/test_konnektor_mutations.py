"""Every reader of a Konnektor's answers on mutated samples: a value or a typed refusal, never a surprise."""

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papierbruecke.konnektor import answers
from papierbruecke.konnektor.directory import DirectoryIncomplete, parse_directory
from papierbruecke.konnektor.faults import failure_of_fault

EXAMPLES = 20_000 if os.environ.get("PAPIERBRUECKE_LANG") else 300
READERS: list[Callable[[Any], object]] = [
    answers.read_lage,
    answers.read_cards,
    answers.read_terminals,
    answers.read_pin,
    answers.read_expirations,
    answers.read_card_certificate,
    answers.read_verification,
    answers.read_job,
    answers.read_subscription,
    answers.read_renewals,
    answers.warning_codes,
    lambda content: answers.read_signatures(content, ("a",)),
]
PIECES = st.sampled_from(
    [
        b"",
        b"<",
        b">",
        b"&#0;",
        b"&lt;",
        b"\xff\xfe",
        b"\x00",
        "²".encode(),
        b"9" * 400,
        b"-1",
        b"2026-13-45",
        b"9999-12-31T23:59:59+99:00",
        b"0001-01-01",
        b"<a xmlns='urn:x'>",
        b"</CONN:Status>",
        b"true",
        b"NaN",
    ]
)
CUTS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 400), PIECES | st.binary(max_size=8)), min_size=1, max_size=6)


def mutated(data: bytes, cuts: list[tuple[float, int, bytes]]) -> bytes:
    for share, length, piece in cuts:
        begin = int(share * len(data))
        data = data[:begin] + piece + data[begin + length :]
    return data


@pytest.fixture(scope="module")
def samples(referenz: Path) -> list[bytes]:
    """All official sample answers and faults, and both service directories."""
    folder = referenz / "data" / "konnektor-wsdl" / "examples"
    names = [*folder.glob("*.response*.xml"), *folder.glob("Fault.*.xml"), *folder.glob("connector.sds.*.xml")]
    return [path.read_bytes() for path in sorted(names)]


@given(which=st.integers(0, 10_000), cuts=CUTS)
@settings(max_examples=EXAMPLES, deadline=None)
def test_mutated_answers(samples: list[bytes], which: int, cuts: list[tuple[float, int, bytes]]) -> None:
    data = mutated(samples[which % len(samples)], cuts)
    with contextlib.suppress(DirectoryIncomplete):
        parse_directory(data)
    try:
        content = answers.read_body(data)
    except answers.NotUnderstood:
        return
    except answers.SoapFault as fault:
        for code in fault.codes:
            assert failure_of_fault(code, {}).text
        return
    for read in READERS:
        with contextlib.suppress(answers.NotUnderstood):
            read(content)
