"""Check digits of the insured number and of the Institutionskennzeichen (pure)."""

import re

FORBIDDEN_KVNR = "T555558879"  # KVDT rule 537


def kvnr_valid(text: str) -> bool:
    """One capital letter, eight digits, check digit.

    The letter counts as two digits (A=01 … Z=26); weights 1,2,1,2,… from the left, digit sums
    of the products added, remainder modulo 10. Source: KVDT Datensatzbeschreibung, FK 3119.
    """
    if not re.fullmatch(r"[A-Z][0-9]{9}", text) or text == FORBIDDEN_KVNR:
        return False
    digits = f"{ord(text[0]) - 64:02d}{text[1:9]}"
    return _digit_sums(digits, (1, 2)) % 10 == int(text[9])


def ik_valid(text: str) -> bool:
    """Nine digits with a check digit over places 3 to 8; seven digits get "10" in front.

    Weights 2,1,2,1,2,1, digit sums, modulo 10. Source: IK rules of the ARGE IK; design §6.4.
    """
    full = f"10{text}" if re.fullmatch(r"[0-9]{7}", text) else text
    if not re.fullmatch(r"[0-9]{9}", full):
        return False
    return _digit_sums(full[2:8], (2, 1)) % 10 == int(full[8])


def _digit_sums(digits: str, weights: tuple[int, int]) -> int:
    total = 0
    for place, digit in enumerate(digits):
        product = int(digit) * weights[place % 2]
        total += product // 10 + product % 10
    return total
