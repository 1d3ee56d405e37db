"""Check digits of LANR and PZN, and the form of ICD codes and dosage texts (pure)."""

import re

_LANR_WEIGHTS = (4, 9, 4, 9, 4, 9)
_ICD = re.compile(r"[A-Z][0-9]{2}(\.[0-9]{1,2}|\.-)?")
_SCHEME_PART = re.compile(r"[0-9]+([.,/][0-9]+)?[½¼¾]?|[½¼¾]")


def lanr_valid(text: str) -> bool:
    """Nine digits, the seventh a check digit over the first six.

    999999900 is the pseudo number of doctors without LANR (TH DiMus P4-01).
    Source: KBV Anforderungskatalog KVDT, structure of the Arztnummer.
    """
    if not (len(text) == 9 and text.isascii() and text.isdigit()):
        return False
    if text == "999999900":
        return True
    total = sum(int(digit) * weight for digit, weight in zip(text[:6], _LANR_WEIGHTS, strict=True))
    return int(text[6]) == (10 - total % 10) % 10


def pzn_valid(text: str) -> bool:
    """Eight digits, the last a check digit modulo 11 with weights 1 to 7.

    Source: IFA, technical hints on the PZN coding; a remainder of 10 is never issued.
    """
    if not (len(text) == 8 and text.isascii() and text.isdigit()):
        return False
    return sum(int(digit) * place for place, digit in enumerate(text[:7], start=1)) % 11 == int(text[7])


def icd_plausible(text: str) -> bool:
    """The pattern ``A00``, ``A00.0``, ``A00.00`` or ``A00.-``; existence needs the imported catalogue."""
    return _ICD.fullmatch(text) is not None


def dosage_objection(text: str) -> str | None:
    """Why a dosage text must not be printed, as a German sentence; None = fine.

    Source: AVWG-FAQ on P3-625: broken schemes and a mere pointer to the leaflet are wrong.
    """
    bare = text.strip()
    if not bare:
        return "Bitte eine Dosierung angeben, zum Beispiel 1-0-0, oder „Dj“."
    if "»" in bare or "«" in bare:
        return "Die Zeichen » und « setzt das Programm selbst; bitte weglassen."
    lowered = bare.lower()
    if lowered != "dj" and re.match(r"dj\b", lowered):
        return "„Dj“ steht für sich allein; bitte entweder „Dj“ oder eine Dosierung."
    if re.search(r"packungsbeilage|beipackzettel|gebrauchsinformation", lowered):
        return "Ein bloßer Verweis auf die Packungsbeilage ist keine Dosierung."
    if re.fullmatch(r"[0-9½¼¾.,/\s-]+", bare) and "-" in bare:
        parts = bare.split("-")
        if not 3 <= len(parts) <= 4 or any(_SCHEME_PART.fullmatch(part) is None for part in parts):
            return "Das Dosierschema ist unvollständig; richtig ist zum Beispiel 1-0-0 oder 1-0-0-0."
    return None
