"""The eGK on its contacts: which commands, in which order, and what the answers mean (egk.md §2, §3).

Only SELECT and READ BINARY are ever sent, so nothing on a card can change. The contact interface
gives EF.PD, EF.VD and EF.StatusVD to anybody: no PIN, no Konnektor, no SMC-B. Everything here
speaks through one function ``transmit(apdu) -> (data, status word)``; who carries the bytes is
no concern of this file.
"""

from collections.abc import Callable

from papierbruecke.card.hindernis import (
    ALT,
    ANDERE_KARTE,
    DEAKTIVIERT,
    DEFEKT,
    GESPERRT,
    HEILBERUFSAUSWEIS,
    KONTAKTLOS,
    PRAXISAUSWEIS,
    UNSICHER,
    UNVOLLSTAENDIG,
    Hindernis,
    KarteUnlesbar,
)
from papierbruecke.redact import PatientValue

Transmit = Callable[[bytes], tuple[bytes, int]]
"""Carries one command APDU to the card; returns the response data and the status word."""

# Application identifiers, egk.md §2 and §3 (gemSpec_eGK_ObjSys, gemSpec_HBA_ObjSys, gemSpec_SMC-B_ObjSys).
EGK_ROOT = bytes.fromhex("D2760001448000")
DF_HCA = bytes.fromhex("D27600000102")
HBA_ROOT = bytes.fromhex("D27600014601")
SMC_B_ROOT = bytes.fromhex("D27600014606")

# Short file identifiers, egk.md §3.1. SFI 02 is EF.GDO under the root and EF.VD under DF.HCA.
SFI_ATR, SFI_GDO, SFI_VERSION2 = 0x1D, 0x02, 0x11
SFI_STATUS_VD, SFI_PD, SFI_VD = 0x0C, 0x01, 0x02

OK, WARN_CORRUPT, END_OF_FILE, DEACTIVATED, TERMINATED = 0x9000, 0x6281, 0x6282, 0x6283, 0x6285
WRONG_LENGTH, WRONG_FILE_TYPE, DENIED, NO_CURRENT_EF = 0x6700, 0x6981, 0x6982, 0x6986
NOT_FOUND, BEYOND_END = 0x6A82, 0x6B00
# Memory failure, no information, execution error (ISO 7816-4); egk.md §5.
_CHIP_ERRORS = (0x64, 0x65, 0x6F)

SHORT_READ = 256
MAX_EF_BYTES = 4096  # EF.PD has 850, EF.VD 1250 bytes (egk.md §3.1): a header that says more is wrong
ATTEMPTS = 2
GZIP_MAGIC = b"\x1f\x8b"
ABSENT = 0xFFFF
G2_OBJECT_SYSTEM = (4, 0, 0)
G2_1_OBJECT_SYSTEM = (4, 4, 0)


class EgkInhalt(PatientValue):
    """The raw contents of the files of one eGK, exactly as far as their headers say.

    ``vd`` ends with the general part unless the protected copy was asked for (egk.md §6.4).
    """

    generation: str
    iccsn: str | None
    status_vd: bytes
    pd: bytes
    vd: bytes


class _SelectionLost(Exception):
    """The card forgot what was selected, or another program selected something else."""


class _TryAgain(Exception):
    """A failure that a second reading often cures."""

    def __init__(self, hindernis: Hindernis) -> None:
        super().__init__(hindernis.code)
        self.hindernis = hindernis


def read_egk(transmit: Transmit, *, mit_gvd: bool = False, lange_apdus: bool = False) -> EgkInhalt:
    """Read the insured data of the eGK in the slot; nothing is written, nothing half-read is returned.

    ``mit_gvd`` also reads the protected copy behind the general data. ``lange_apdus`` uses
    extended length where card and reader allow it; short is the safe default (egk.md §3.2).
    Raises ``KarteUnlesbar`` for every other card and every broken one. A reading that was
    disturbed starts again from the first command, once: parts of two cards never mix.
    Source: gemSpec_eGK_ObjSys, gemSpec_eGK_Fach_VSDM; sequence of egk.md §3.
    """
    hindernis = UNVOLLSTAENDIG
    for _ in range(ATTEMPTS):
        try:
            return _Reading(transmit, lange_apdus).run(mit_gvd)
        except _SelectionLost:
            hindernis = UNVOLLSTAENDIG
        except _TryAgain as disturbed:
            hindernis = disturbed.hindernis
    raise KarteUnlesbar(hindernis)


def vd_offsets(vd: bytes) -> tuple[int, int, int, int]:
    """Start and last byte of the general part, start and last byte of the protected copy in EF.VD.

    Four 16-bit big-endian numbers from the first byte of the file; both ends are inclusive,
    a missing part is ``FFFF FFFF`` (egk.md §4).
    """
    a, b, c, d = (int.from_bytes(vd[i : i + 2], "big") for i in range(0, 8, 2))
    return a, b, c, d


def generation_of(version2: bytes) -> str | None:
    """``G2.1``, ``G2`` or None (G1, G1+) from EF.Version2: tag C1 is the object system (egk.md §4.2)."""
    fields = _fields(version2[2:]) if version2[:1] == b"\xef" else {}
    system = tuple(fields.get(0xC1, b""))
    if len(system) != 3 or system < G2_OBJECT_SYSTEM:
        return None
    return "G2.1" if system >= G2_1_OBJECT_SYSTEM else "G2"


def _fields(data: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    at = 0
    while at + 2 <= len(data):
        end = at + 2 + data[at + 1]
        found.setdefault(data[at], data[at + 2 : end])
        at = end
    return found


def _iccsn_of(gdo: bytes) -> str | None:
    """20 digits from ``5A 0A <10 bytes BCD>``; only for the hint which card this is, so never a reason to stop."""
    text = gdo[2:12].hex()
    return text if gdo[:2] == b"\x5a\x0a" and len(text) == 20 and text.isdigit() else None


class _Reading:
    """One pass over the files of one card."""

    def __init__(self, transmit: Transmit, lange_apdus: bool) -> None:
        self._transmit = transmit
        self._long = lange_apdus
        self._chunk = SHORT_READ

    def run(self, mit_gvd: bool) -> EgkInhalt:
        self._select_root()
        if self._long:
            self._learn_buffer_size()
        iccsn = _iccsn_of(self._read_if_there(SFI_GDO))
        generation = generation_of(self._read_if_there(SFI_VERSION2))
        if generation is None:
            raise KarteUnlesbar(ALT)
        self._select(DF_HCA)
        status_vd = self._first_read(SFI_STATUS_VD)
        return EgkInhalt(
            generation=generation,
            iccsn=iccsn,
            status_vd=status_vd,
            pd=self._read_pd(),
            vd=self._read_vd(mit_gvd),
        )

    # -- selecting -----------------------------------------------------------

    def _select_root(self) -> None:
        sw = self._send_select(EGK_ROOT)
        if sw == OK:
            return
        self._stop_on_dead_application(sw)
        for root, hindernis in ((HBA_ROOT, HEILBERUFSAUSWEIS), (SMC_B_ROOT, PRAXISAUSWEIS)):
            if self._send_select(root) in (OK, DEACTIVATED, TERMINATED):
                raise KarteUnlesbar(hindernis)
        raise KarteUnlesbar(ANDERE_KARTE)

    def _select(self, aid: bytes) -> None:
        sw = self._send_select(aid)
        if sw == OK:
            return
        self._stop_on_dead_application(sw)
        raise KarteUnlesbar(ANDERE_KARTE)

    def _send_select(self, aid: bytes) -> int:
        # P2 = 0C: no answer data wanted, hence no Le.
        _, sw = self._transmit(b"\x00\xa4\x04\x0c" + bytes([len(aid)]) + aid)
        self._retry_on_chip_error(sw)
        return sw

    @staticmethod
    def _stop_on_dead_application(sw: int) -> None:
        if sw == DEACTIVATED:
            raise KarteUnlesbar(DEAKTIVIERT)
        if sw == TERMINATED:
            raise KarteUnlesbar(GESPERRT)

    @staticmethod
    def _retry_on_chip_error(sw: int) -> None:
        if sw == WARN_CORRUPT:
            raise _TryAgain(UNSICHER)
        if sw >> 8 in _CHIP_ERRORS:
            raise _TryAgain(DEFEKT)

    # -- reading -------------------------------------------------------------

    def _learn_buffer_size(self) -> None:
        """EF.ATR starts with ``E0 L`` and INTEGERs; the second is the longest response, SW included (egk.md §3.2)."""
        data = self._read_if_there(SFI_ATR)
        sizes = data[2:] if data[:1] == b"\xe0" else b""
        at = 2 + sizes[1] if len(sizes) > 1 else 0  # behind the first INTEGER
        value = sizes[at + 2 : at + 2 + sizes[at + 1]] if len(sizes) > at + 1 and sizes[at] == 2 else b""
        self._chunk = min(max(int.from_bytes(value, "big") - 2, SHORT_READ), MAX_EF_BYTES)
        self._long = self._chunk > SHORT_READ

    def _read_if_there(self, sfi: int) -> bytes:
        """A file of the root that only informs; a card without it is no reason to stop."""
        data, sw = self._read(0x80 | sfi, 0, self._chunk)
        return data if sw in (OK, END_OF_FILE) else b""

    def _first_read(self, sfi: int) -> bytes:
        """The beginning of a file under DF.HCA; it also becomes the current file."""
        data, sw = self._read(0x80 | sfi, 0, self._chunk)
        if sw in (NOT_FOUND, NO_CURRENT_EF, WRONG_FILE_TYPE):
            raise _SelectionLost
        if sw == DENIED:
            raise KarteUnlesbar(KONTAKTLOS)
        if sw not in (OK, END_OF_FILE):
            raise KarteUnlesbar(UNVOLLSTAENDIG)
        return data

    def _rest(self, data: bytes, total: int) -> bytes:
        """The remaining bytes up to ``total``, by offset in the current file."""
        if total > MAX_EF_BYTES:
            raise KarteUnlesbar(UNVOLLSTAENDIG)
        while len(data) < total:
            part, sw = self._read(len(data) >> 8, len(data) & 0xFF, min(self._chunk, total - len(data)))
            if sw in (NOT_FOUND, NO_CURRENT_EF, WRONG_FILE_TYPE):
                raise _SelectionLost
            data += part
            if sw not in (OK, END_OF_FILE) or not part or (sw == END_OF_FILE and len(data) < total):
                raise KarteUnlesbar(UNVOLLSTAENDIG)
        return data[:total]

    def _read(self, p1: int, p2: int, count: int) -> tuple[bytes, int]:
        # One byte of zero asks for 256; more needs extended length, marked by a leading zero.
        le = bytes([count % 0x100]) if count <= SHORT_READ else b"\x00" + count.to_bytes(2, "big")
        data, sw = self._transmit(b"\x00\xb0" + bytes([p1, p2]) + le)
        if sw == WRONG_LENGTH and count > SHORT_READ:
            # Many readers refuse extended length; from here on this card is read in short steps.
            self._chunk = SHORT_READ
            return self._read(p1, p2, SHORT_READ)
        self._retry_on_chip_error(sw)
        if len(data) > count:
            raise KarteUnlesbar(UNVOLLSTAENDIG)
        return data, sw

    def _read_pd(self) -> bytes:
        data = self._first_read(SFI_PD)
        if data[2:4] != GZIP_MAGIC:
            # Another file, or garbage; the second pass tells which.
            raise _SelectionLost
        return self._rest(data, 2 + int.from_bytes(data[:2], "big"))

    def _read_vd(self, mit_gvd: bool) -> bytes:
        data = self._first_read(SFI_VD)
        if len(data) < 8:
            raise _SelectionLost
        start, end, gvd_start, gvd_end = vd_offsets(data)
        if data[start : start + 2] != GZIP_MAGIC:
            # SFI 02 outside DF.HCA is EF.GDO, answered with 9000 (egk.md §3).
            raise _SelectionLost
        if mit_gvd and ABSENT not in (gvd_start, gvd_end):
            end = max(end, gvd_end)
        return self._rest(data, end + 1)
