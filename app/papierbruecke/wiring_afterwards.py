"""The desk's evening: the Abgleich and what a person decides. Part of the composition root."""

from collections.abc import Collection
from typing import TYPE_CHECKING
from uuid import UUID

from papierbruecke.card.model import Versicherter, Versicherung
from papierbruecke.clock import local
from papierbruecke.outbox.model import Uebersicht
from papierbruecke.wiring_kassen import KassenDesk

if TYPE_CHECKING:
    from papierbruecke.reconcile.compare_card import Feldvergleich
    from papierbruecke.reconcile.ledger import Abgleich
    from papierbruecke.reconcile.read_later import Nachlesen
    from papierbruecke.resubmit.by_hand import ByHand
    from papierbruecke.resubmit.cancel_au import CancelAu
    from papierbruecke.resubmit.show_content import Ansicht
    from papierbruecke.resubmit.status_mails import Postfach


class AfterwardsDesk(KassenDesk):
    """Everything that clears up without asking the TI."""

    def abgleich(self, *, mit_nachweis: bool = False) -> "Abgleich":
        """Every Beleg of every Störung in exactly one column, newest Störung first."""
        from papierbruecke.reconcile.ledger import Abgleich, build_abgleich

        if not self.set_up:
            return Abgleich(self.clock.now(), ())
        land = self.settings.praxis.bundesland
        return build_abgleich(self.store(), self.clock, land, mit_nachweis=mit_nachweis)

    def abgleich_pdf(self) -> bytes:
        """The Abgleich as a sheet to sign by hand."""
        from papierbruecke.reconcile.report_abgleich import render_abgleich

        return render_abgleich(self.abgleich(mit_nachweis=True), self.settings, self.uebung)

    def nacherfassung_pdf(self) -> bytes:
        """What must still be typed into the practice system, patient by patient, with boxes to tick."""
        from papierbruecke.reconcile.report_nacherfassung import render_nacherfassung, to_enter

        return render_nacherfassung(to_enter(self.store()) if self.set_up else (), self.settings, self.uebung)

    def letter_pdf(self, kennungen: Collection[UUID]) -> bytes:
        """The letter around the copies of these AUs for one Krankenkasse."""
        from papierbruecke.reconcile.cover_letter import render_letter

        belege = [beleg for beleg in map(self.store().get, kennungen) if beleg is not None]
        return render_letter(belege, self.settings, local(self.clock.now()).date(), self.uebung)

    def cancel_au(self) -> "CancelAu":
        """The Storno of sick notes that the Krankenkasse has: prepared here, released by a doctor."""
        from papierbruecke.resubmit.cancel_au import CancelAu

        return CancelAu(self.store(), self.clock, self.settings)

    def show_content(self, zeile: Uebersicht) -> "Ansicht":
        """What the signature of this sick note or Storno covers, read out of its bytes; to look at before signing."""
        from papierbruecke.resubmit.show_content import ShowContent

        return ShowContent(self.store(), self.clock, self.settings, uebung=self.uebung).show(zeile)

    def postfach(self) -> "Postfach":
        """What was read in the KIM box and what became of it, newest first."""
        from papierbruecke.resubmit.status_mails import Postfach, status_mails

        return status_mails(self.store()) if self.set_up else Postfach(mails=(), fremde=0)

    def document(self, kennung: UUID, wer: str, hinweis: str) -> None:
        """Somebody entered this paper in the practice system."""
        self.by_hand().document(kennung, wer, hinweis)

    def read_later(self) -> "tuple[Nachlesen, ...]":
        """Slips of the Ersatzverfahren whose card or eEB is still awaited, the nearest quarter end first."""
        from papierbruecke.reconcile.read_later import read_later

        return read_later(self.store(), self.clock.now()) if self.set_up else ()

    def compare_card(
        self, kennung: UUID, person: Versicherter, cover: Versicherung, *, aus_eeb: bool = False
    ) -> "tuple[Feldvergleich, ...]":
        """What a slip says beside what the card or the eEB said later, field by field; changes nothing."""
        from papierbruecke.reconcile.compare_card import compare
        from papierbruecke.reconcile.read_later import slip_of

        return compare(slip_of(self.store(), kennung), person, cover, aus_eeb=aus_eeb)

    def reopen(self, kennung: UUID, wer: str) -> None:
        """Somebody looked after a restore: this Beleg is still open."""
        from papierbruecke.outbox.recover import reopen

        reopen(self.store(), kennung, wer)

    def by_hand(self) -> "ByHand":
        """What only a person can decide about a Beleg: posted, stays paper, void, checked off."""
        from papierbruecke.resubmit.by_hand import ByHand

        return ByHand(self.store(), zu_zweit=self.settings.rezept_zu_zweit)
