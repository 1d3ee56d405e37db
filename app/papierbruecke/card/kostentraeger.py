"""Who pays? One rule for the name and the IK that a form shows, on paper and in the eAU (pure).

Source: KVDT P2-136 and P2-200 (the abrechnende Kostenträger first), P2-210 (name for the paper
from the Kostenträgerstammdatei); KBV FAQ eAU, Kostenträgername; design §6.4.
"""

import re

from papierbruecke.card.model import Versicherung


def payer_name(cover: Versicherung) -> str:
    """The name of the payer in single blanks; empty if there is none.

    With an imported Kostenträgerdatei its name for the paper, else that of the abrechnende
    Kostenträger, else the one on the card. A name of blanks is no name.
    """
    names = (" ".join((name or "").split()) for name in (cover.druckname, cover.abrechnend_name, cover.name))
    return next((name for name in names if name), "")


def payer_ik(cover: Versicherung) -> str:
    """The IK of the payer with nine digits; empty if there is none."""
    return full_ik(cover.abrechnend_ik or cover.ik or "")


def full_ik(ik: str) -> str:
    """An Institutionskennzeichen of seven digits gets "10" in front (A4a Tabelle 13, design §6.4)."""
    return f"10{ik}" if re.fullmatch(r"[0-9]{7}", ik) else ik
