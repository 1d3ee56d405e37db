"""The table of diagnoses as data: sentences, responsible party, effect on each Dienst.

The texts live in ``resources/diagnosen/diagnosen.json``, so that a corrected sentence needs no
change of code. Source: ti-detection §5.3 with the corrections of design §12.
"""

import json
import re
from functools import cache

from pydantic import Field

from papierbruecke.outage.model import Dienst, DienstZustand
from papierbruecke.redact import Value
from papierbruecke.resources import folder

Wirkung = dict[Dienst, DienstZustand]
"""What a diagnosis means for each Dienst; complete."""


class Variante(Value):
    """Other sentences of the same diagnosis for one observation (wrong host, missing pin, …).

    ``dienste``: its own effect, where this observation means less than the row (only this program).
    """

    satz: str
    massnahme: str
    dienste: Wirkung | None = None


class Zeile(Value):
    """One row D01…D51. ``gruppe``: rows of one group are one cause and give one notice.

    ``meldet``: the program speaks up by itself. ``bestaetigt``: effect once the layer is
    certainly down although its cause is still being observed (D51).
    """

    gruppe: str
    titel: str
    verantwortlich: str
    satz: str
    massnahme: str
    dienste: Wirkung
    meldet: bool = True
    hinweis: bool = False
    bestaetigt: Wirkung | None = None
    varianten: dict[str, Variante] = Field(default={})


class SchichtText(Value):
    """How a layer is called while it is only being observed, and what that leaves unclear."""

    was: str
    dienste: Wirkung


class Katalog(Value):
    """The whole data file."""

    version: int
    quelle: str
    diagnosen: dict[str, Zeile]
    schichten: dict[str, SchichtText]
    fehlerzustaende: dict[str, str]  # normalised error condition -> row
    nur_mit_eigenem_vpn: tuple[str, ...]  # conditions without meaning at a TI-Gateway
    faults: dict[str, str]  # gematik fault code -> key that the diagnosis knows


@cache
def katalog() -> Katalog:
    """The table of this installation; a broken one is a broken installation."""
    text = (folder() / "diagnosen" / "diagnosen.json").read_text(encoding="utf-8")
    return Katalog.model_validate(json.loads(text))


def fill(text: str, werte: dict[str, str]) -> str:
    """Put the values into a sentence; a missing one leaves no gap behind."""
    filled = re.sub(r"\{(\w+)\}", lambda found: werte.get(found[1], ""), text)
    return re.sub(r" +([.,;:)])", r"\1", re.sub(r" {2,}", " ", filled)).strip()
