"""Where does the mail for this Krankenkasse go? A confirmed address, a remembered one, or the directory of the TI.

What a person confirmed comes first; what the directory said counts for a day; then it is asked
anew. Several hits or none are never guessed away: the copy goes by post, or a person decides.
Source: TA eAU V1.26 P5-02 AC4; domain sheet eau-kim §8.2 (refresh daily: api-kim, Primärsystem).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal, Protocol

from papierbruecke.card.checks import ik_valid
from papierbruecke.card.kostentraeger import full_ik
from papierbruecke.clock import Clock
from papierbruecke.errors import EnvironmentFailure
from papierbruecke.konnektor.vzd import Verzeichnis, Verzeichniseintrag
from papierbruecke.practice.read_kassen import kim_objection
from papierbruecke.redact import Value

ANWENDUNG = "eAU"  # Anwendungskennzeichen in kimData (api-vzd LDAP_Attribute)


class Adresseintrag(Value):
    """What the directory said about one IK, and when it was asked."""

    ik: str
    name: str
    adresse: str
    erfragt: datetime


class Adressbuch(Protocol):
    """Where answers of the directory are kept."""

    def get(self, ik: str) -> Adresseintrag | None:
        """The newest answer for this IK."""

    def put(self, eintrag: Adresseintrag) -> None:
        """Remember an answer in place of an earlier one."""

    def everything(self) -> tuple[Adresseintrag, ...]:
        """All of them, by name."""


class Empfaenger(Value):
    """The one address. ``stand``: when the directory said so; None = a person confirmed it."""

    adresse: str
    quelle: Literal["hand", "gemerkt", "verzeichnis"]
    name: str = ""
    stand: datetime | None = None


class KeinEmpfaenger(Value):
    """No address that may be used without a person; ``auswahl``: what the directory offers to choose from.

    ``grund``: ``keiner`` (no entry, or none with a usable address), ``mehrere``, ``unbefragt`` (no
    directory set up), ``gestoert`` (it could not be asked now; ``text`` says why).
    """

    grund: Literal["keiner", "mehrere", "unbefragt", "gestoert"]
    text: str = ""
    auswahl: tuple[str, ...] = ()


class FindRecipient:
    """Looks for one run; the directory is asked at most once per IK, and no more once it failed."""

    def __init__(
        self,
        von_hand: Mapping[str, str],
        clock: Clock,
        *,
        test: bool,
        alter_h: int = 24,
        adressbuch: Adressbuch | None = None,
        verzeichnis: Verzeichnis | None = None,
    ) -> None:
        self._von_hand = {full_ik(ik): adresse for ik, adresse in von_hand.items()}
        self._clock = clock
        self._test = test
        self._alter = timedelta(hours=alter_h)
        self._adressbuch = adressbuch
        self._verzeichnis = verzeichnis
        self._answers: dict[str, Empfaenger | KeinEmpfaenger] = {}
        self._failed: KeinEmpfaenger | None = None

    def find(self, *iks: str | None) -> Empfaenger | KeinEmpfaenger:
        """The address for the first of these IKs that has one: by hand, remembered, directory."""
        wanted = [full for full in (full_ik(ik) for ik in iks if ik) if ik_valid(full)]
        for ik in wanted:
            if ik in self._von_hand:
                return Empfaenger(adresse=self._von_hand[ik], quelle="hand")
        for ik in wanted:
            if (kept := self._remembered(ik)) is not None:
                return kept
        answer: Empfaenger | KeinEmpfaenger = KeinEmpfaenger(grund="keiner")
        for ik in wanted:
            answer = self.ask(ik)
            if isinstance(answer, Empfaenger) or answer.grund != "keiner":
                return answer
        return answer

    def ask(self, ik: str) -> Empfaenger | KeinEmpfaenger:
        """What the directory says now, whatever is known; a single address is remembered with its moment."""
        if self._verzeichnis is None:
            return KeinEmpfaenger(grund="unbefragt")
        if self._failed is not None:
            return self._failed
        if ik not in self._answers:
            try:
                found = self._verzeichnis.suche(ik)
            except EnvironmentFailure as failed:
                if failed.code == "vzd.too_many":
                    return KeinEmpfaenger(grund="mehrere", text=failed.text)
                self._failed = KeinEmpfaenger(grund="gestoert", text=failed.text)
                return self._failed
            self._answers[ik] = self._judge(ik, found)
        return self._answers[ik]

    def belongs(self, ik: str, adresse: str) -> bool | None:
        """Whether this is an address of this Krankenkasse; None = the directory could not be asked."""
        full, wanted = full_ik(ik), adresse.casefold()
        if not ik_valid(full) or kim_objection(adresse, test=self._test) is not None:
            return False
        if self._von_hand.get(full, "").casefold() == wanted:
            return True
        if self._verzeichnis is None:
            return None
        try:
            found = self._verzeichnis.suche(full)
        except EnvironmentFailure:
            return None
        return any(each.adresse.casefold() == wanted for entry in found for each in entry.adressen)

    def known(self) -> tuple[Adresseintrag, ...]:
        """Everything that the directory ever said here, for the eye."""
        return self._adressbuch.everything() if self._adressbuch is not None else ()

    def _remembered(self, ik: str) -> Empfaenger | None:
        kept = self._adressbuch.get(ik) if self._adressbuch is not None else None
        # A clock that was set back makes an answer of the future; nobody can say how old it is.
        if kept is None or not timedelta(0) <= self._clock.now() - kept.erfragt <= self._alter:
            return None
        if kim_objection(kept.adresse, test=self._test) is not None:
            return None
        return Empfaenger(adresse=kept.adresse, quelle="gemerkt", name=kept.name, stand=kept.erfragt)

    def _judge(self, ik: str, found: tuple[Verzeichniseintrag, ...]) -> Empfaenger | KeinEmpfaenger:
        usable = {
            each.adresse.casefold(): (entry.name, each)
            for entry in found
            for each in entry.adressen
            if each.takes(ANWENDUNG) and kim_objection(each.adresse, test=self._test) is None
        }
        # An address that is marked for eAU says more than one that takes everything.
        marked = {key: value for key, value in usable.items() if value[1].anwendungen}
        choice = list((marked or usable).values())
        if not choice:
            return KeinEmpfaenger(grund="keiner")
        if len(choice) > 1:
            return KeinEmpfaenger(grund="mehrere", auswahl=tuple(each.adresse for _, each in choice))
        name, chosen = choice[0]
        moment = self._clock.now()
        if self._adressbuch is not None:
            self._adressbuch.put(Adresseintrag(ik=ik, name=name, adresse=chosen.adresse, erfragt=moment))
        return Empfaenger(adresse=chosen.adresse, quelle="verzeichnis", name=name, stand=moment)
