"""A printer that is a folder: in the drill, without a real printer, pages become files."""

from pathlib import Path

from papierbruecke.errors import EnvironmentFailure
from papierbruecke.files import write_output


class FilePrinter:
    """Writes each print job as a PDF of its own; never overwrites one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def print(self, formular: str, pdf: bytes, titel: str) -> None:
        """Write the pages into the folder; raises ``drucker.ordner``."""
        name = "".join(char if char.isalnum() or char in "-_" else "-" for char in titel)
        taken = len(list(self._folder.glob(f"{name}*.pdf")))
        path = self._folder / (f"{name}.pdf" if not taken else f"{name}-{taken + 1}.pdf")
        try:
            write_output(path, pdf)
        except EnvironmentFailure as failure:
            raise EnvironmentFailure(
                "drucker.ordner",
                "Der Druckordner lässt sich nicht beschreiben. Das Papier ist noch nicht gedruckt. "
                "Bitte freien Platz prüfen und noch einmal drucken.",
                retryable=True,
            ) from failure
