"""Reading XML from the outside: small, UTF-8, and without anything that XML can do to its reader.

DTDs are refused before parsing: no Konnektor and no Krankenkasse sends one, and every known
attack (entities that grow, external files) begins there.
"""

from lxml import etree

MAX_DEPTH = 60


class XmlRefused(Exception):
    """Not a document that we read: no UTF-8, a DTD, broken, or too deep."""


def parse_hardened(data: bytes) -> "etree._Element":
    """The root of a document from outside. Raises XmlRefused."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise XmlRefused("not UTF-8") from error
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise XmlRefused("has a DTD")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise XmlRefused("broken") from error
    if root is None:
        raise XmlRefused("empty")
    level: list[etree._Element] = [root]
    for _ in range(MAX_DEPTH):
        level = [child for element in level for child in element]
        if not level:
            return root
    raise XmlRefused("too deep")
