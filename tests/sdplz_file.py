"""Makes PLZ-Stammdateien for the tests, as the Datensatzbeschreibung SDPLZ 1.06 describes them."""


def line(fk: str, content: str) -> bytes:
    raw = content.encode("iso8859-1")
    return f"{len(raw) + 9:03d}{fk}".encode() + raw + b"\r\n"


HEADER = b"".join(
    line(fk, content)
    for fk, content in (
        ("8000", "plz0"),
        ("9103", "15022002"),
        ("9106", "3"),
        ("9111", "22002"),
        ("9212", "PLZ1016.01"),
    )
)
END = line("8000", "plz9")


def record(plz: str, *areas: tuple[str, str]) -> bytes:
    """One postal code with its KV areas and districts."""
    rest = b"".join(line("3116", kv) + line("3117", place) for kv, place in areas)
    return line("8000", "2150") + line("0150", plz) + rest


def sdplz(*codes: str) -> bytes:
    """A whole file with these postal codes."""
    return HEADER + b"".join(record(plz, ("38", "27")) for plz in codes) + END
