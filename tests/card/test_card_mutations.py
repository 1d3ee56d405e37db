"""Broken input of every kind: always a typed outcome, never a crash, a hang or a leak.

2,000 mutations per parser in the normal run; ``PAPIERBRUECKE_LANG=1`` tries 100,000.
Every failure prints the seed that repeats it.
"""

import gzip
import io
import os
import random
import tracemalloc
from collections.abc import Callable

import pytest

from cards import HEUTE, own_card, own_cards
from papierbruecke.card.model import KarteGelesen, KarteNichtLesbar
from papierbruecke.card.read_card import read_card
from papierbruecke.drill.card_image import Card, build_vd
from papierbruecke.drill.chip_reader import ChipReader
from papierbruecke.drill.virtual_egk import Faults
from papierbruecke.errors import InputRefused
from papierbruecke.practice.sdkt import read_sdkt
from papierbruecke.pvs.read_list import read_list
from papierbruecke.pvs.read_patient import read_patients
from pvs_files import PERSON, gdt
from sdkt_file import HEAD, TAIL, fund

NUMBER = 100_000 if os.environ.get("PAPIERBRUECKE_LANG") == "1" else 2_000
MOST_COMMANDS = 2 * (6 + 2 * 4096 // 256)  # two passes over two files of the largest believable size
INTERESTING = (
    b"\x00",
    b"\xff",
    b"\x80",
    b"\x1f\x8b",
    b"\xff\xff",
    b"<",
    b">",
    b"&",
    b"]]>",
    b"<!DOCTYPE",
    b"\r\n",
    b";",
    b'"',
)


def mutate(rng: random.Random, data: bytes) -> bytes:
    """One to four small accidents: flipped, lost, doubled, moved, inserted bytes."""
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(data) + 1)
        until = min(len(data), at + rng.choice((1, 1, 1, 2, 4, 16, 200)))
        accident = rng.randrange(6)
        if accident == 0 and at < len(data):
            data = data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :]
        elif accident == 1:
            data = data[:at] + data[until:]
        elif accident == 2:
            data = data[:until] + data[at:until] + data[until:]
        elif accident == 3:
            data = data[:at] + rng.choice(INTERESTING) + data[at:]
        elif accident == 4:
            data = data[:at] + bytes(rng.randrange(256) for _ in range(until - at)) + data[until:]
        else:
            data = data[:at]
    return data


def every(check: Callable[[random.Random], None]) -> None:
    start = random.randrange(2**32)
    for number in range(NUMBER):
        seed = f"{start}.{number}"
        try:
            check(random.Random(seed))
        except BaseException:
            print(f"seed {seed!r}")
            raise


def outcome(card: Card, faults: Faults | None = None) -> None:
    reader = ChipReader(card, faults)
    found = read_card(reader, heute=HEUTE, mit_gvd=True)
    assert isinstance(found, KarteGelesen | KarteNichtLesbar)
    if isinstance(found, KarteNichtLesbar):
        assert "Mustermann" not in found.text
    chip = reader._chip
    assert chip is None or chip.count <= MOST_COMMANDS


def refusal(read: Callable[[], object]) -> str:
    """The texts of the refusal; empty if the input was read."""
    try:
        assert read() is not None
    except InputRefused as refused:
        return " ".join(f"{einwand.feld} {einwand.text}" for einwand in refused.einwaende)
    return ""


FILES = ("EF.GDO", "EF.Version2", "EF.StatusVD", "EF.PD", "EF.VD")


def test_files_of_a_card() -> None:
    cards = [own_card(path.stem) for path in own_cards()]

    def check(rng: random.Random) -> None:
        card = rng.choice(cards)
        for name in rng.sample(FILES, rng.randint(1, 2)):
            card = card.with_file(name, mutate(rng, card.files[name].data))
        outcome(card)

    every(check)


def test_headers_that_lie() -> None:
    card = own_card("abrechnend")

    def check(rng: random.Random) -> None:
        offsets = b"".join(
            rng.choice((0, 7, 8, 9, 300, 1249, 4095, 4096, 0x7FFF, 0xFFFE, 0xFFFF)).to_bytes(2, "big") for _ in range(4)
        )
        changed = card.with_file("EF.VD", offsets + card.files["EF.VD"].data[8:])
        length = rng.randrange(65536).to_bytes(2, "big")
        outcome(changed if rng.random() < 0.7 else card.with_file("EF.PD", length + card.files["EF.PD"].data[2:]))

    every(check)


def test_documents_of_a_card() -> None:
    card = own_card("abrechnend")
    pd = gzip.decompress(card.files["EF.PD"].data[2:])
    raw = card.files["EF.VD"].data
    vd, gvd = (
        gzip.decompress(raw[int.from_bytes(raw[i : i + 2], "big") : int.from_bytes(raw[i + 2 : i + 4], "big") + 1])
        for i in (0, 4)
    )

    def packed(xml: bytes) -> bytes:
        squeezed = gzip.compress(xml, mtime=0)
        return len(squeezed).to_bytes(2, "big") + squeezed

    def check(rng: random.Random) -> None:
        changed = card.with_file("EF.PD", packed(mutate(rng, pd)))
        outcome(changed.with_file("EF.VD", build_vd(mutate(rng, vd), mutate(rng, gvd))))

    every(check)


def test_answers_of_a_chip() -> None:
    card = own_card("abrechnend")
    words = (
        0x9000,
        0x6281,
        0x6282,
        0x6283,
        0x6285,
        0x6700,
        0x6981,
        0x6982,
        0x6986,
        0x6A82,
        0x6B00,
        0x6D00,
        0x6F00,
        0x61FF,
        0x6C10,
    )

    def check(rng: random.Random) -> None:
        outcome(
            card,
            Faults(
                sw_at={rng.randint(1, 20): rng.choice(words) for _ in range(rng.randint(0, 6))},
                sw_for_file={rng.choice(FILES): rng.choice(words)} if rng.random() < 0.3 else {},
                max_response=rng.choice((None, None, 1, 8, 45, 255)),
                reset_after=rng.choice((None, rng.randint(1, 12))),
                remove_after=rng.choice((None, None, rng.randint(0, 12))),
                no_extended=rng.random() < 0.5,
            ),
        )

    every(check)


def test_gdt_files() -> None:
    sources = [
        gdt(*PERSON, ("3105", "A123456780"), ("3106", "50859 Köln"), ("3110", "2")),
        gdt(*PERSON, charset="2", encoding="cp437"),
        gdt(("3000", "1"), satzart="6311"),
    ]

    def check(rng: random.Random) -> None:
        data = mutate(rng, rng.choice(sources))
        assert "denscheidt" not in refusal(lambda: read_patients(data))

    every(check)


def test_appointment_lists() -> None:
    source = "Nr;Name;Vorname;Geb.Datum;KVNR;IK\r\n17;Müller;Änne;07.03.1958;A123456780;109500969\r\n".encode()

    def check(rng: random.Random) -> None:
        data = mutate(rng, source)
        assert "Müller" not in refusal(lambda: read_list(data))

    every(check)


def test_stammdaten_files() -> None:
    source = (HEAD + fund(1, filling=1) + fund(2) + TAIL).encode("iso8859-1")

    def check(rng: random.Random) -> None:
        data = mutate(rng, source)
        assert "Musterkasse" not in refusal(lambda: list(read_sdkt(io.BytesIO(data))))

    every(check)


@pytest.mark.parametrize("inflated", [10**6, 10**8])
def test_a_bomb_does_not_fill_the_memory(inflated: int) -> None:
    bomb = gzip.compress(b" " * inflated)
    card = own_card("mitglied").with_file("EF.PD", len(bomb[:4000]).to_bytes(2, "big") + bomb[:4000])
    tracemalloc.start()
    try:
        outcome(card)
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


def test_an_entity_bomb_in_stammdaten_is_refused_at_once() -> None:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    text = (
        HEAD.replace("<ehd:ehd", f'<!DOCTYPE x [<!ENTITY e0 "a">{levels}]><ehd:ehd', 1)
        + fund(1).replace("Köln", "&e11;")
        + TAIL
    )
    with pytest.raises(InputRefused):
        list(read_sdkt(io.BytesIO(text.encode("iso8859-1"))))
