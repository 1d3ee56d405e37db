"""Kostenträger of the Stammdatei and how an IK leads to the fund that pays (pure).

Source: KBV Kostenträger-Stammdatei SDKT 1.05 (ehd XML), Anforderungskatalog KVDT P2-200 to P2-265,
reconciliation.md §3.2, §12.
"""

from collections.abc import Callable
from datetime import date

from papierbruecke.redact import Value

KTAB_PRIMARY = "00"
SKT_FROM = 800  # places 3 to 5 of the VKNR: Sonstiger Kostenträger (KVDT 2.2.1.2)
MAX_CHAIN = 20  # longer chains of mergers do not exist; a circle in the file ends here


class Zeitraum(Value):
    """From the first to the last day, both inclusive; None = open."""

    von: date | None = None
    bis: date | None = None

    def holds(self, heute: date) -> bool:
        """Whether this day is inside."""
        return (self.von is None or self.von <= heute) and (self.bis is None or heute <= self.bis)


class Ik(Value):
    """One Institutionskennzeichen of a fund; ``abrechnung``: the one to use if none is given (P2-420)."""

    ik: str
    abrechnung: bool = False
    gueltig: Zeitraum = Zeitraum()


class Abrechnungsbereich(Value):
    """A Kostenträgerabrechnungsbereich (KTAB) and the name that is printed for it (P2-136, P2-210)."""

    ktab: str
    druckname: str
    gueltig: Zeitraum = Zeitraum()


class Kostentraeger(Value):
    """One fund of the Stammdatei.

    ``ende`` is "F" (merged into ``aufnehmend``), "A" (dissolved) or None; ``letztes_quartal`` is
    JJJJQ, the last one in which it exists. ``gesperrt_in``: KV regions that must not bill it.
    """

    vknr: str
    name: str
    kurzname: str
    suchname: str
    gruppe: str
    gueltig: Zeitraum
    ik: tuple[Ik, ...]
    bereiche: tuple[Abrechnungsbereich, ...]
    orte: tuple[str, ...] = ()
    gesperrt_in: tuple[str, ...] = ()
    ende: str | None = None
    letztes_quartal: str | None = None
    aufnehmend: str | None = None

    @property
    def sonstiger(self) -> bool:
        """Whether this is a Sonstiger Kostenträger."""
        return self.vknr[2:5].isdigit() and int(self.vknr[2:5]) >= SKT_FROM

    def ended(self, heute: date) -> bool:
        """Whether the fund no longer exists on this day."""
        quarter = f"{heute.year}{(heute.month + 2) // 3}"
        return self.ende is not None and (self.letztes_quartal is None or quarter > self.letztes_quartal)

    def druckname(self, heute: date, ktab: str = KTAB_PRIMARY) -> str | None:
        """The name on paper for this billing area; None if the area does not exist on this day."""
        found = (b.druckname for b in self.bereiche if b.ktab == ktab and b.gueltig.holds(heute))
        return next(found, None)

    def billing_ik(self, heute: date) -> str | None:
        """The IK to print if the desk chose the fund by name (P2-420)."""
        valid = [each for each in self.ik if each.gueltig.holds(heute)]
        marked = [each for each in valid if each.abrechnung]
        return next((each.ik for each in (*marked, *valid)), None)


class Zuordnung(Value):
    """Who pays for a given IK: ``ik`` stays as it was, ``druckname`` and ``vknr`` are those of the payer today.

    ``fusioniert_aus``: the name of the fund the IK belonged to, if it was merged since (P2-220).
    """

    ik: str
    vknr: str
    druckname: str
    sonstiger: bool
    fusioniert_aus: str | None = None


class KeineZuordnung(Value):
    """No form may be printed at the expense of this IK, or nobody knows it.

    ``grund``: ``unbekannt``, ``aufgeloest`` (P2-230), ``gesperrt`` (P2-265), ``bereich``, ``kette``.
    """

    grund: str
    text: str


def assign(
    ik: str,
    funds: tuple[Kostentraeger, ...],
    by_vknr: Callable[[str], Kostentraeger | None],
    heute: date,
    *,
    ktab: str = KTAB_PRIMARY,
    kv: str | None = None,
) -> Zuordnung | KeineZuordnung:
    """The payer behind an IK, followed through all mergers to the end of the chain.

    ``funds`` are those that list the IK; ``kv`` is the two-digit KV region of the practice.
    """
    first = _best(ik, funds, heute)
    if first is None:
        return KeineZuordnung(
            grund="unbekannt",
            text="Diese IK steht nicht in der Kostenträgerdatei. Bitte die Nummer prüfen oder die Kasse suchen.",
        )
    payer, steps = first, 0
    while payer.ended(heute):
        following = by_vknr(payer.aufnehmend) if payer.ende == "F" and payer.aufnehmend else None
        steps += 1
        if payer.ende != "F":
            return KeineZuordnung(
                grund="aufgeloest",
                text=f"Die Kasse „{payer.name}“ gibt es nicht mehr. Bitte fragen, wo der Patient jetzt versichert ist.",
            )
        if following is None or steps > MAX_CHAIN:
            return KeineZuordnung(
                grund="kette",
                text=f"Die Nachfolgerin der Kasse „{payer.name}“ fehlt in der Kostenträgerdatei. Bitte neu einlesen.",
            )
        payer = following
    if kv is not None and kv in payer.gesperrt_in:
        return KeineZuordnung(
            grund="gesperrt", text=f"„{payer.name}“ darf in dieser KV-Region nicht als Kostenträger verwendet werden."
        )
    druckname = payer.druckname(heute, ktab)
    if druckname is None:
        return KeineZuordnung(
            grund="bereich", text=f"„{payer.name}“ hat den Abrechnungsbereich {ktab} heute nicht. Bitte einen anderen."
        )
    return Zuordnung(
        ik=ik,
        vknr=payer.vknr,
        druckname=druckname,
        sonstiger=payer.sonstiger,
        fusioniert_aus=first.name if payer is not first else None,
    )


def _best(ik: str, funds: tuple[Kostentraeger, ...], heute: date) -> Kostentraeger | None:
    """Several funds may list one IK over the years; the one where it is valid today comes first."""

    def rank(fund: Kostentraeger) -> tuple[bool, bool, str]:
        own = next(each for each in fund.ik if each.ik == ik)
        return (fund.ended(heute) or not fund.gueltig.holds(heute), not own.gueltig.holds(heute), fund.vknr)

    return min(funds, key=rank, default=None)
