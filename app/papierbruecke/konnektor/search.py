"""Where is the Konnektor? A bounded, polite search for ``connector.sds`` among addresses of the practice.

Nothing is guessed about a device: it is asked for its service directory, which every Konnektor
must offer, without our certificate and without any password. Only private addresses are asked,
few at a time, and each once. Source: ti-detection §1.1 (TIP1-A_4528).
"""

import ipaddress
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

from papierbruecke.errors import Cancelled, Einwand, EnvironmentFailure, InputRefused
from papierbruecke.konnektor.model import Serverzertifikat
from papierbruecke.redact import Value

AT_A_TIME = 8
"""Connections at once: a switch or a firewall must not take us for an attack."""
MOST = 512
"""Addresses in one search: one /24 at two ports, and a few known ones."""

_ONE = threading.Lock()


class Fund(Value):
    """A device that answered as a Konnektor does; ``produkt`` is None if it first wants our certificate."""

    adresse: str
    port: int
    produkt: str | None
    zertifikat: Serverzertifikat | None

    @property
    def sentence(self) -> str:
        """For the list of finds."""
        what = self.produkt or "verlangt zuerst ein Clientzertifikat, könnte ein Konnektor sein"
        return f"{self.adresse}:{self.port} · {what}"


Ask = Callable[[str, int], Fund | None]
"""Asks one device; None = no Konnektor there. Bounded in time, never raises for what a device does."""


def neighbours(own: str) -> tuple[str, ...]:
    """The 254 addresses around the own one (its /24), without it; none for IPv6."""
    address = ipaddress.ip_address(own)
    if address.version != 4:
        return ()
    network = ipaddress.ip_network(f"{own}/24", strict=False)
    return tuple(str(each) for each in network.hosts() if each != address)


def search(
    ask: Ask,
    targets: Sequence[tuple[str, int]],
    on_progress: Callable[[int, int], None] | None = None,
    cancel: threading.Event | None = None,
) -> tuple[Fund, ...]:
    """Ask each of these once; what answered, in the order of the targets.

    Raises InputRefused for an address outside the practice, EnvironmentFailure ``kon.suche`` while
    another search runs, Cancelled between two answers.
    """
    wanted = list(dict.fromkeys(targets))
    if len(wanted) > MOST or not all(_private(address) for address, _ in wanted):
        text = "Gesucht wird nur unter Adressen im eigenen Netz der Praxis."
        raise InputRefused((Einwand("konnektor.adresse", "ti-detection §1.1", text),))
    if not _ONE.acquire(blocking=False):
        raise EnvironmentFailure("kon.suche", "Es wird schon gesucht. Bitte das Ende abwarten.", retryable=True)
    stop = cancel or threading.Event()

    def one(target: tuple[str, int]) -> Fund | None:
        return None if stop.is_set() else ask(*target)

    try:
        with ThreadPoolExecutor(AT_A_TIME, thread_name_prefix="konnektor-suche") as pool:
            asked = {pool.submit(one, target): target for target in wanted}
            found = {}
            for done, future in enumerate(as_completed(asked), start=1):
                if (fund := future.result()) is not None:
                    found[asked[future]] = fund
                if on_progress is not None:
                    on_progress(done, len(wanted))
        if stop.is_set():
            raise Cancelled
        return tuple(found[target] for target in wanted if target in found)
    finally:
        _ONE.release()


def _private(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_private
    except ValueError:
        return False
