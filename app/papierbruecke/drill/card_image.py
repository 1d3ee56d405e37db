"""What is on the chip of a virtual card: applications and files, no protocol (egk.md §3.1, §12).

A card comes from a JSON description (``resources/drill/karten``), from the XML documents of one
insured person, or is one of the cards that land in the slot by mistake. The drill plays them;
the tests too.
"""

import gzip
import json
import struct
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

KVK_ATR = "3B04A2131091"  # how PC/SC readers report an insurance card with a 256 byte memory chip
DEFAULT_ATR = "3BD396FF81B1FE451F078081052D"  # an ATR seen on second generation eGKs

EGK_APPLICATIONS = {
    "MF": {"aid": "D2760001448000", "fid": "3F00"},
    "DF.HCA": {"aid": "D27600000102"},
    "DF.ESIGN": {"aid": "A000000167455349474E"},
}
# Name: application, file identifier, short file identifier, readable on contacts (egk.md §3.1).
KNOWN_FILES: dict[str, tuple[str, int, int, bool]] = {
    "EF.DIR": ("MF", 0x2F00, 0x1E, True),
    "EF.ATR": ("MF", 0x2F01, 0x1D, True),
    "EF.GDO": ("MF", 0x2F02, 0x02, True),
    "EF.Version": ("MF", 0x2F10, 0x10, True),
    "EF.Version2": ("MF", 0x2F11, 0x11, True),
    "EF.CardAccess": ("MF", 0x011C, 0x1C, True),
    "EF.PD": ("DF.HCA", 0xD001, 0x01, True),
    "EF.VD": ("DF.HCA", 0xD002, 0x02, True),
    "EF.GVD": ("DF.HCA", 0xD003, 0x03, False),
    "EF.StatusVD": ("DF.HCA", 0xD00C, 0x0C, True),
    "EF.Pruefungsnachweis": ("DF.HCA", 0xD01C, 0x1C, True),
    "EF.Standalone": ("DF.HCA", 0xDA0A, 0x0A, True),
}
# Buffer sizes of a second generation card: command 2057, response 32770, the same with secure messaging.
EF_ATR = "E01102020809020300800202020809020208095F520480660500".ljust(268, "0")
EF_VERSION2 = "EF2BC003020000C103040502C21045474B5F47322E312020202020040502C403010000C503020000C703010000"
EF_CARD_ACCESS = "31143012060A04007F0007020204020202010202010D"


@dataclass(frozen=True, slots=True)
class Application:
    """A card application and its life cycle state."""

    aid: bytes
    fid: int | None = None
    state: Literal["activated", "deactivated", "terminated"] = "activated"


@dataclass(frozen=True, slots=True)
class File:
    """One elementary file; ``records`` only for files that are read record by record."""

    app: str
    fid: int
    sfi: int
    data: bytes = b""
    records: tuple[bytes, ...] = ()
    readable: bool = True


@dataclass(frozen=True)
class Card:
    """One chip. ``contactless``: lies on the antenna; ``mute``: never answers a power-up.

    ``memory``: no processor; the reader answers in its place and refuses whatever needs one.
    """

    name: str
    atr: bytes = bytes.fromhex(DEFAULT_ATR)
    applications: dict[str, Application] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    contactless: bool = False
    mute: bool = False
    memory: bool = False

    def with_file(self, name: str, data: bytes) -> "Card":
        """The same card with other contents in one file."""
        return replace(self, files={**self.files, name: replace(self.files[name], data=data)})

    def without_file(self, name: str) -> "Card":
        """The same card without one file."""
        return replace(self, files={key: file for key, file in self.files.items() if key != name})

    def with_state(self, application: str, state: Literal["deactivated", "terminated"]) -> "Card":
        """The same card with an application that was switched off."""
        changed = replace(self.applications[application], state=state)
        return replace(self, applications={**self.applications, application: changed})


def load_card(path: Path) -> Card:
    """A card from its JSON description: hex contents per file, or the XML documents as text.

    Keys: ``name``, ``atr``, ``interface``, ``applications``, ``files`` (name → hex, or an object
    with ``app``, ``fid``, ``sfi``, ``data``, ``records``), or ``pd``/``vd``/``gvd`` (lines of
    XML) with ``iccsn`` and ``stand``.
    """
    return card_from(json.loads(path.read_text(encoding="utf-8")))


def card_from(description: dict[str, Any]) -> Card:
    """A card from its parsed description (see ``load_card``)."""
    if "pd" in description:
        gvd = description.get("gvd")
        return egk(
            description["name"],
            "\n".join(description["pd"]).encode("iso8859-15"),
            "\n".join(description["vd"]).encode("iso8859-15"),
            "\n".join(gvd).encode("iso8859-15") if gvd else None,
            iccsn=description["iccsn"],
            stand=description["stand"],
        )
    applications = {
        name: Application(_unhex(given["aid"]), int(given["fid"], 16) if "fid" in given else None)
        for name, given in description.get("applications", EGK_APPLICATIONS).items()
    }
    return Card(
        description.get("name", "virtual card"),
        _unhex(description.get("atr", DEFAULT_ATR)),
        applications,
        {name: _file(name, given) for name, given in description.get("files", {}).items()},
        contactless=description.get("interface") == "contactless",
    )


def egk(
    name: str,
    pd_xml: bytes,
    vd_xml: bytes,
    gvd_xml: bytes | None = None,
    *,
    gvd_copy: bool = True,
    status: str = "0",
    stand: str = "20260102030405",
    version: str = "5.2.0",
    iccsn: str = "80276881099900000001",
) -> Card:
    """A G2.1 card of the person in these documents; ``gvd_copy`` also puts the protected data into EF.VD."""
    files = {
        "EF.ATR": _unhex(EF_ATR),
        "EF.GDO": b"\x5a\x0a" + _unhex(iccsn),
        "EF.Version2": _unhex(EF_VERSION2),
        "EF.CardAccess": _unhex(EF_CARD_ACCESS),
        "EF.StatusVD": build_status_vd(status, stand, version),
        "EF.PD": build_pd(pd_xml),
        "EF.VD": build_vd(vd_xml, gvd_xml if gvd_copy else None),
        "EF.GVD": build_pd(gvd_xml) if gvd_xml else b"",
        "EF.Pruefungsnachweis": b"",
    }
    return card_from({"name": name, "files": {key: data.hex() for key, data in files.items()}})


def wrong_card(which: Literal["hba", "smcb", "bank", "kvk", "mute"]) -> Card:
    """A card that somebody pushes into the slot by mistake."""
    if which == "mute":  # upside down (European card side), dirty contacts
        return Card("mute", mute=True)
    if which == "kvk":
        return Card("KVK", bytes.fromhex(KVK_ATR), memory=True)
    if which == "bank":
        return Card(
            "Girocard",
            bytes.fromhex("3BFF1800FF8131FE4565630D0650670000000000007F15"),
            {"PSE": Application(bytes.fromhex("315041592E5359532E4444463031"))},
        )
    root, iccsn = {
        "hba": ("D27600014601", "80276883110000017289"),
        "smcb": ("D27600014606", "80276883110000019999"),
    }[which]
    files = {"EF.ATR": _file("EF.ATR", EF_ATR), "EF.GDO": _file("EF.GDO", "5A0A" + iccsn)}
    return Card(which, bytes.fromhex("3BD097FF81B1FE451FC7EB"), {"MF": Application(_unhex(root), 0x3F00)}, files)


def build_pd(xml: bytes) -> bytes:
    """EF.PD or EF.GVD: two bytes length, big endian, then the gzipped document (egk.md §4)."""
    packed = gzip.compress(xml, mtime=0)
    return struct.pack(">H", len(packed)) + packed


def build_vd(vd_xml: bytes, gvd_xml: bytes | None) -> bytes:
    """EF.VD: four offsets (ends inclusive, missing part FFFF FFFF), then the gzipped parts (egk.md §4)."""
    vd = gzip.compress(vd_xml, mtime=0)
    start, end = 8, 8 + len(vd) - 1
    if gvd_xml is None:
        return struct.pack(">4H", start, end, 0xFFFF, 0xFFFF) + vd
    gvd = gzip.compress(gvd_xml, mtime=0)
    return struct.pack(">4H", start, end, end + 1, end + len(gvd)) + vd + gvd


def build_status_vd(status: str, stand: str, version: str) -> bytes:
    """EF.StatusVD: state, time of the last writing, schema version in BCD, storage structure 3.0.4 (egk.md §4.1)."""
    major, minor, patch = (int(part) for part in version.split("."))
    bcd = bytes.fromhex(f"{major:03d}{minor:03d}{patch:04d}")
    return status.encode("ascii") + stand.encode("ascii") + bcd + bytes.fromhex("0030000004")


def _file(name: str, given: str | dict[str, Any]) -> File:
    spec: dict[str, Any] = {"data": given} if isinstance(given, str) else given
    app, fid, sfi, readable = KNOWN_FILES.get(name, ("DF.HCA", 0, 0, True))
    return File(
        spec.get("app", app),
        int(spec["fid"], 16) if "fid" in spec else fid,
        spec.get("sfi", sfi),
        _unhex(spec.get("data", "")),
        tuple(_unhex(record) for record in spec.get("records", ())),
        spec.get("read", "always" if readable else "never") != "never",
    )


def _unhex(text: str) -> bytes:
    return bytes.fromhex("".join(text.split()))
