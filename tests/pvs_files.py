"""GDT files with right lengths, built from fields."""


def gdt(*fields: tuple[str, str], satzart: str = "6302", charset: str = "3", encoding: str = "cp1252") -> bytes:
    head = [("8000", satzart), ("8100", "00000"), ("8315", "PAPBRUCK"), ("8316", "PRAX_EDV")]
    head += [("9206", charset)] if charset else []
    head += [("9218", "02.10")]
    lines = [(fk, text.encode(encoding)) for fk, text in (*head, *fields)]
    total = sum(len(content) + 9 for _, content in lines)
    lines[1] = ("8100", f"{total:05d}".encode())
    return b"".join(f"{len(content) + 9:03d}{fk}".encode() + content + b"\r\n" for fk, content in lines)


PERSON = (("3000", "4711"), ("3101", "Müller-Lüdenscheidt"), ("3102", "Änne Käthe"), ("3103", "07031958"))
