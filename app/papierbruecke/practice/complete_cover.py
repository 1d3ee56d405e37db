"""What the Kostenträgerdatei adds to the cover of a patient: VKNR, name on paper, and what speaks against it."""

from datetime import date

from papierbruecke.card.kostentraeger import payer_ik
from papierbruecke.card.model import Versicherung, Warnung
from papierbruecke.practice.find_kostentraeger import FindKostentraeger
from papierbruecke.practice.model import KeineZuordnung


def complete_cover(
    cover: Versicherung, find: FindKostentraeger, heute: date, kv: str | None = None
) -> tuple[Versicherung, tuple[Warnung, ...]]:
    """The cover with VKNR and print name of the payer today, and the remarks for the desk.

    The IK stays as it is, also after a merger (P2-220). Nothing changes without an imported
    Stammdatei, for private insurance, or if nobody knows the IK. The abrechnende Kostenträger has
    priority (P2-136, P2-200).
    """
    ik = payer_ik(cover)
    if cover.typ not in ("GKV", "SKT") or not ik:
        return cover, ()
    payer = find.payer(ik, heute, kv=kv)
    if payer is None:
        return cover, ()
    if isinstance(payer, KeineZuordnung):
        return cover, (Warnung(code=f"kasse.{payer.grund}", text=payer.text),)
    completed = cover.model_copy(
        update={"vknr": payer.vknr, "druckname": payer.druckname, "typ": "SKT" if payer.sonstiger else cover.typ}
    )
    if payer.fusioniert_aus is None:
        return completed, ()
    text = f"Die Kasse ging in „{payer.druckname}“ auf; dieser Name wird gedruckt, die Nummer (IK) der Karte bleibt."
    return completed, (Warnung(code="kasse.fusioniert", text=text),)
