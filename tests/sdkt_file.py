"""Stammdaten files in the layout of SDKT 1.05 with invented funds, small or as large as the real one."""

from collections.abc import Iterator
from pathlib import Path

HEAD = (
    '<?xml version="1.0" encoding="ISO-8859-1" standalone="yes"?>\n'
    '<ehd:ehd ehd_version="1.40" xmlns:ehd="urn:ehd/001" xmlns="urn:ehd/kts/001">\n<ehd:header>'
    '<ehd:document_type_cd V="KTS"/><ehd:interface><ehd:version V="1.05"/></ehd:interface></ehd:header>\n'
    "<ehd:body><kostentraeger_liste>\n"
)
TAIL = "</kostentraeger_liste></ehd:body></ehd:ehd>\n"


def invented_ik(number: int) -> str:
    body = f"10{number:06d}"
    total = sum(sum(divmod(int(digit) * (2, 1)[place % 2], 10)) for place, digit in enumerate(body[2:]))
    return f"{body}{total % 10}"


def fund(number: int, filling: int = 0) -> str:
    """One valid fund; ``filling`` repeats the address and data-centre blocks that the real file carries."""
    name = f"Musterkasse Prüfstadt {number:04d}"
    block = '<dav DN="Rechenzentrum" R="NVI" V="DAVL"><ik V="102109128"/><ebs><ik V="102109128"/></ebs></dav>'
    return (
        f'<kostentraeger V="{number:05d}"><gueltigkeit V="1994-01-01.."/><bezeichnung><name V="{name}"/>'
        f'<kurzname V="MK {number:04d}"/><suchname V="{name}"/></bezeichnung><kostentraegergruppe V="05"/>'
        f'<ik_liste><ik V="{invented_ik(number)}" R="abrechnungs_ik"/></ik_liste>'
        f"<dav_liste>{block * filling}</dav_liste>"
        '<ortssuchname_liste><ortssuchname V="Köln"/><ortssuchname V="Lübeck"/></ortssuchname_liste>'
        f'<kt_abrechnungsbereich_liste><kt_abrechnungsbereich V="00"><bedruckungsname V="{name[:24]}"/>'
        "</kt_abrechnungsbereich></kt_abrechnungsbereich_liste></kostentraeger>\n"
    )


def write(path: Path, funds: Iterator[str] | list[str]) -> Path:
    with path.open("w", encoding="iso8859-1") as stream:
        stream.write(HEAD)
        stream.writelines(funds)
        stream.write(TAIL)
    return path
