"""Intervals and thresholds of the watching, as data, and the same ones in fast motion.

Source: ti-detection §5.1 and §5.2; the file is ``resources/diagnosen/zeiten.json``.
"""

import json
from datetime import date, timedelta
from functools import cache

from papierbruecke.redact import Value
from papierbruecke.resources import folder

# In fast motion the computer itself does not get faster: slower than this is a pause, not work.
LUECKE_MIN_S = 20.0
VERALTET_MIN_S = 60.0
VERALTET_MIN_SCHNELL_S = 15.0


class Zeiten(Value):
    """Every number of the hysteresis; seconds unless the name says otherwise."""

    version: int
    quelle: str
    takt_s: dict[str, float]
    takt_verdacht_s: dict[str, float]
    mindestens_s: dict[str, float]
    fehler_bis_gestoert: int
    erfolge_bis_gut: int
    erholung_s: float
    vpn_kurz_s: float
    zugangsdienst_s: float
    offline_gestellt_s: float
    lagebild_nach_beginn_s: float
    nur_pc_internet_s: float
    neustart_weich_s: float
    neustart_hart_s: float
    flattern_wechsel: int
    flattern_s: float
    luecke_s: float
    nachlauf_s: float
    fortsetzung_s: float
    veraltet_takte: int
    passiv_s: float
    passiv_letztes_wort_s: float
    dauer_abstand_s: float
    langsam_faktor: float
    langsam_mindestens_ms: int
    signatur_langsam_ms: int
    uhr_pc_s: float
    uhr_konnektor_s: float
    warnstufen_tage: tuple[int, ...]
    rsa_ende: date

    def stale_after(self, probe: str) -> timedelta:
        """How long an answer of this probe counts; after that the layer is grey, not green."""
        return timedelta(seconds=max(self.veraltet_takte * self.takt_s[probe], VERALTET_MIN_S))

    def faster(self, tempo: float) -> "Zeiten":
        """The same numbers for a played outage that runs ``tempo`` times faster."""
        return self if tempo == 1.0 else Schnell(**self.model_dump() | self._scaled(tempo))

    def _scaled(self, tempo: float) -> dict[str, object]:
        single = (
            "erholung_s",
            "vpn_kurz_s",
            "zugangsdienst_s",
            "offline_gestellt_s",
            "lagebild_nach_beginn_s",
            "nur_pc_internet_s",
            "neustart_weich_s",
            "neustart_hart_s",
            "flattern_s",
            "nachlauf_s",
            "fortsetzung_s",
            "passiv_s",
            "passiv_letztes_wort_s",
            "dauer_abstand_s",
        )
        scaled: dict[str, object] = {name: getattr(self, name) / tempo for name in single}
        for name in ("takt_s", "takt_verdacht_s", "mindestens_s"):
            scaled[name] = {key: value / tempo for key, value in getattr(self, name).items()}
        return scaled | {"luecke_s": max(self.luecke_s / tempo, LUECKE_MIN_S)}


class Schnell(Zeiten):
    """Numbers in fast motion: an answer stays fresh at least as long as a slow probe may take."""

    def stale_after(self, probe: str) -> timedelta:
        return timedelta(seconds=max(self.veraltet_takte * self.takt_s[probe], VERALTET_MIN_SCHNELL_S))


@cache
def zeiten() -> Zeiten:
    """The numbers of this installation."""
    text = (folder() / "diagnosen" / "zeiten.json").read_text(encoding="utf-8")
    return Zeiten.model_validate(json.loads(text))
