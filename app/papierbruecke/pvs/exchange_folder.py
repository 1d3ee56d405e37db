"""The folder between this program and the practice system: whole files only, never overwritten."""

from pathlib import Path

from papierbruecke.errors import EnvironmentFailure
from papierbruecke.files import write_output


class ExchangeFolder:
    """Writes what the practice system will fetch; a file that is not fetched yet is left alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()

    def path_of(self, name: str) -> str:
        """How the practice system will find this file."""
        return str(self.folder / name)

    def holds(self, name: str, data: bytes) -> bool:
        """Whether this very file lies there and was not fetched yet."""
        try:
            return (self.folder / name).read_bytes() == data
        except OSError:
            return False

    def demand_free(self, name: str, data: bytes, belegnummer: str) -> None:
        """Another file of this name that still waits is a failure; it is never overwritten."""
        if (self.folder / name).exists() and not self.holds(name, data):
            raise EnvironmentFailure(
                "pvs.ordner",
                "Im Austauschordner liegt noch eine andere Datei mit diesem Namen. Die Praxissoftware hat sie noch "
                "nicht abgeholt; es wurde nichts überschrieben. Bitte dort zuerst einlesen.",
                retryable=True,
                belegnummer=belegnummer,
            )

    def write(self, name: str, data: bytes, belegnummer: str) -> None:
        """Put a file there, whole or not at all."""
        self.demand_free(name, data, belegnummer)
        write_output(self.folder / name, data, belegnummer)
