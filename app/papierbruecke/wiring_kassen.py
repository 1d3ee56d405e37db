"""The part of the desk that knows the Krankenkassen: where their mails and letters go."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from papierbruecke.wiring_setup import SetupDesk

if TYPE_CHECKING:
    from papierbruecke.practice.find_recipient import FindRecipient


class KassenDesk(SetupDesk):
    """Addresses of Krankenkassen, over the services of the folder and the forms."""

    def find_recipient(self) -> "FindRecipient":
        """KIM addresses of Krankenkassen: by hand, remembered, from the directory; for one piece of work."""
        from papierbruecke.konnektor.ldap import LdapVerzeichnis
        from papierbruecke.practice.find_recipient import FindRecipient
        from papierbruecke.practice.sqlcipher_adressen import open_adressbuch

        konnektor, kim = self.settings.konnektor, self.settings.kim
        return FindRecipient(
            kim.kassenadressen,
            self.clock,
            test=self.settings.simulator,
            alter_h=kim.adressen_alter_h,
            adressbuch=self.once("adressen", lambda: open_adressbuch(self.daten, self.key())),
            verzeichnis=LdapVerzeichnis(konnektor, self.clock) if konnektor.adresse else None,
        )

    def confirm_address(self, ik: str, adresse: str, wer: str) -> None:
        """A person typed, or chose, the KIM address of a Krankenkasse; an empty one forgets it."""
        from papierbruecke.practice.read_kassen import confirmed

        self.save_settings(confirmed(self.settings, ik, adresse, test=self.settings.simulator))
        self.store().note(None, "kassenadresse_bestaetigt", wer, {"ik": ik, "adresse": adresse})

    def take_kassen(
        self,
        data: bytes,
        on_progress: Callable[[int, int], None] | None = None,
        cancel: threading.Event | None = None,
    ) -> int:
        """Postal and KIM addresses of Krankenkassen from a CSV list; returns how many lines it had.

        Raises InputRefused with the line, ``Cancelled`` when ``cancel`` was set: nothing is taken over then.
        """
        from papierbruecke.practice.read_kassen import merged, read_kassen

        kassen = read_kassen(data, test=self.settings.simulator, on_progress=on_progress, cancel=cancel)
        self.save_settings(merged(self.settings, kassen))
        return len(kassen)
