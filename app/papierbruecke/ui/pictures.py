"""Pictures of the window as PNG: for the drill, the handbook and the eyes of whoever tests."""

from pathlib import Path

from PySide6.QtWidgets import QApplication, QWidget


def save_picture(widget: QWidget, path: Path) -> None:
    """Write what the widget shows now; the folder is made if it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    QApplication.sendPostedEvents()
    QApplication.processEvents()
    if not widget.grab().save(str(path), "PNG"):
        raise OSError(f"cannot write the picture {path.name}")
