"""Look into the KIM box for the Ersatzbescheinigung of one slip, and put both side by side.

The mails stay where they are, and nothing of them is stored here: the practice system takes them
over, a person decides. Source: TA-EEB P2-02; domain sheet reconciliation §3.6, §3.7, §9.1.
"""

from dataclasses import dataclass
from uuid import UUID

from papierbruecke.kim.model import Kim
from papierbruecke.outbox.store import Outbox
from papierbruecke.practice.find_recipient import FindRecipient
from papierbruecke.reconcile.compare_card import Feldvergleich, compare, difference_lines, gravest, same_person
from papierbruecke.reconcile.read_eeb import Bescheinigung, read_eeb
from papierbruecke.reconcile.read_later import slip_of
from papierbruecke.redact import PatientValue
from papierbruecke.resubmit.by_hand import proof_of


class EebVergleich(PatientValue):
    """One Bescheinigung beside the slip, the gravest difference first.

    ``absender_kasse``: whether the directory (or a person) knows the sender as an address of this
    Krankenkasse; None = it could not be asked. ``schon_gelesen``: there is a proof already, the eEB
    counts only if the practice system opens a second case (TA-EEB P2-02).
    """

    bescheinigung: Bescheinigung
    felder: tuple[Feldvergleich, ...]
    absender_kasse: bool | None
    schon_gelesen: bool

    @property
    def uebernehmen(self) -> bool:
        """Whether nothing speaks against taking it over in the practice system."""
        sound = self.bescheinigung.unversehrt and self.absender_kasse is True
        return sound and not self.schon_gelesen and gravest(self.felder) != "andere_person"

    def lines(self) -> list[str]:
        """For the desk."""
        found = self.bescheinigung
        lines = [f"Ersatzbescheinigung von {found.absender}."]
        if not found.unversehrt:
            lines.append("Achtung: KIM hat diese Nachricht nicht als unversehrt bestätigt. Bitte nichts übernehmen.")
        if self.absender_kasse is False:
            lines.append(
                "Achtung: Der Absender ist keine bekannte Adresse dieser Krankenkasse. Bitte nichts übernehmen."
            )
        if self.absender_kasse is None:
            lines.append("Der Absender ließ sich im Adressverzeichnis nicht prüfen. Bitte später noch einmal.")
        if self.schon_gelesen:
            lines.append("Zu diesem Schein liegt schon ein Nachweis vor; die Bescheinigung wird nicht mehr gebraucht.")
        lines += difference_lines(self.felder, "eEB") or ["Schein und Ersatzbescheinigung stimmen überein."]
        if self.uebernehmen:
            lines.append("Bitte in der Praxissoftware übernehmen und hier abhaken.")
        return lines


@dataclass(frozen=True, slots=True)
class Gefunden:
    """What the box held: comparisons for this person, and how many Bescheinigungen belong to others or are broken."""

    vergleiche: tuple[EebVergleich, ...]
    andere: int
    unlesbar: int


class FindEeb:
    """Asks the box for one slip; belongs to the thread of its store."""

    def __init__(self, store: Outbox, kim: Kim, recipients: FindRecipient) -> None:
        self._store = store
        self._kim = kim
        self._recipients = recipients

    def for_slip(self, kennung: UUID) -> Gefunden:
        """Every Bescheinigung for the person of this slip, newest first. Raises KimFehler, InputRefused."""
        slip = slip_of(self._store, kennung)
        if slip.versicherter is None:
            raise AssertionError("a slip of the Ersatzverfahren has a person")
        read_already = proof_of(self._store.events(kennung)) is not None
        with self._kim as kim:
            mails = kim.fetch_eeb()
        found: list[EebVergleich] = []
        others = broken = 0
        for mail in mails:
            eeb = read_eeb(mail)
            if eeb is None:
                broken += 1
            elif not same_person(slip.versicherter, eeb.versicherter):
                others += 1
            else:
                found.append(
                    EebVergleich(
                        bescheinigung=eeb,
                        felder=compare(slip, eeb.versicherter, eeb.versicherung, aus_eeb=True),
                        absender_kasse=self._recipients.belongs(eeb.versicherung.ik or "", eeb.absender),
                        schon_gelesen=read_already,
                    )
                )
        return Gefunden(tuple(found), others, broken)
