"""Are the shipped pictures of the handbook still those of this window?

They carry a fingerprint of what every one of them shows; a test compares it, so that they are
made anew (``packaging/handbook_pictures.py``) when these words or colours change.
"""

import hashlib
import json

from papierbruecke.outage.model import Dienst
from papierbruecke.ui import texts
from papierbruecke.ui.handbook_text import handbook
from papierbruecke.ui.keys import TASTEN
from papierbruecke.ui.navigation import PLACES
from papierbruecke.ui.theme import Thema, tokens

STAND = "stand.txt"


def picture_names() -> list[str]:
    """The pictures that the handbook shows, in order."""
    return [block.bild for block in handbook() if block.art == "bild"]


def fingerprint() -> str:
    """What every picture of the window shows: keys, places, names of the Dienste, colours."""
    shown_words = [
        picture_names(),
        [(taste.key, taste.fuss) for taste in TASTEN if taste.fuss],
        PLACES,
        [texts.DIENST[dienst] for dienst in Dienst],
        tokens(Thema.HELL),
    ]
    return hashlib.sha256(json.dumps(shown_words, sort_keys=True).encode()).hexdigest()
