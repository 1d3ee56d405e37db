"""What the set-up asks: this computer (readers, folders), the KIM account, who is still named.

Part of the composition root.
"""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from papierbruecke.wiring_forms import FormsDesk

if TYPE_CHECKING:
    from papierbruecke.card.check_reader import Leserzustand
    from papierbruecke.card.read_card import CardReader
    from papierbruecke.konnektor.search import Fund


class SetupDesk(FormsDesk):
    """Tests of what somebody is just setting up."""

    def still_named(self, *, lanr: str | None = None, bsnr: str | None = None) -> tuple[str, ...]:
        """Unfinished Belege that need this doctor or this place."""
        from papierbruecke.reconcile.still_named import still_named

        return still_named(self.store(), lanr=lanr, bsnr=bsnr) if self.set_up else ()

    def konnektor_targets(self, *, everywhere: bool) -> tuple[tuple[str, int], ...]:
        """Where a Konnektor may be: as configured, at the router, at this computer; ``everywhere``: also around us."""
        from papierbruecke.konnektor.search import neighbours
        from papierbruecke.outage.local_network import default_gateway, source_address

        own = source_address()
        known = [self.settings.konnektor.adresse, default_gateway(), own, *self.known_neighbours()]
        around = neighbours(own) if everywhere and own else ()
        ports = dict.fromkeys((self.settings.konnektor.port, 443))
        return tuple((address, port) for address in (*known, *around) if address for port in ports)

    def known_neighbours(self) -> tuple[str, ...]:
        """Further addresses that are worth a question; a simulator plays its Konnektor at the loopback."""
        return ("127.0.0.1",) if self.settings.simulator else ()

    def search_konnektor(
        self,
        *,
        everywhere: bool,
        on_progress: Callable[[int, int], None] | None = None,
        cancel: threading.Event | None = None,
    ) -> "tuple[Fund, ...]":
        """Ask for ``connector.sds``; ``everywhere`` needs the consent of whoever looks after the network."""
        from papierbruecke.konnektor.ask_directory import AskDirectory
        from papierbruecke.konnektor.search import search

        return search(AskDirectory(), self.konnektor_targets(everywhere=everywhere), on_progress, cancel)

    def check_kim(self) -> None:
        """Log in at the KIM account, for sending and for fetching; no mail is sent or read.

        Raises EnvironmentFailure ``kim.*`` with what to do.
        """
        from papierbruecke.kim.client import KimPostfach

        KimPostfach(self.settings.kim, self.clock).check_account()

    # -- what this computer has ------------------------------------------------

    def card_reader(self) -> "CardReader":
        """The PC/SC service of this computer, unless a test or the drill brought its own."""
        if self._card_reader is None:
            from papierbruecke.card.pcsc import PcscReader

            self._card_reader = PcscReader()
        return self._card_reader

    def reader_names(self) -> tuple[str, ...]:
        """The card readers that are connected now; none without the service for card readers."""
        from papierbruecke.card.check_reader import check_reader

        return check_reader(self.card_reader()).leser

    def check_reader(self, leser: str | None) -> "Leserzustand":
        """Whether this reader (None: any) is ready; needs no card."""
        from papierbruecke.card.check_reader import check_reader

        return check_reader(self.card_reader(), leser)

    def folder_objection(self, path: str) -> str | None:
        """Why this folder cannot take our files, in German, or None; really writes a file and deletes it."""
        from papierbruecke.practice.check_folder import folder_objection

        return folder_objection(Path(path), self.daten)
