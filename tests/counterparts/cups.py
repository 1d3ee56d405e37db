"""A real CUPS of our own: a scheduler with its own folder, whose queue prints into a file.

It listens on a free port of this machine and keeps everything in a temporary folder, so it neither
needs nor touches the machine's own print service. (A socket file is not enough: the address of a
queue, by which its driver is asked for trays, would name the port of the machine's own.) The lock keeps two test runs from starving each other.
"""

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

SCHEDULER = Path("/usr/sbin/cupsd")
PPD = Path("/usr/share/ppd/cups-pdf/CUPS-PDF_opt.ppd")
DPI = 300
WAIT_S = 60.0
MARGIN_PT = 12
_LOCK = Path(tempfile.gettempdir()) / "papierbruecke-cups.lock"
_CUPSD = """Listen localhost:{port}
LogLevel info
Browsing No
DefaultAuthType None
WebInterface No
DirtyCleanInterval 0
<Location />
Order allow,deny
Allow all
</Location>
<Policy default>
<Limit All>
Order deny,allow
Allow all
</Limit>
</Policy>
"""
_FILES = """FileDevice Yes
ServerRoot {folder}/root
RequestRoot {folder}/spool
CacheDir {folder}/cache
StateDir {folder}/state
TempDir {folder}/spool
AccessLog {folder}/log/access
ErrorLog {folder}/log/error
PageLog {folder}/log/page
Printcap
SystemGroup root lpadmin
User lp
Group lp
"""
_TRAYS = """*OpenUI *InputSlot/Paper tray: PickOne
*DefaultInputSlot: Auto
*InputSlot Auto/Automatic: ""
*InputSlot Tray1/Tray 1: ""
*InputSlot Tray2/Tray 2: ""
*CloseUI: *InputSlot""".splitlines()


@dataclass(frozen=True, slots=True)
class Cups:
    """A running scheduler; ``env`` makes a child process print there."""

    folder: Path
    port: int

    @property
    def env(self) -> dict[str, str]:
        return os.environ | {"CUPS_SERVER": f"localhost:{self.port}", "QT_QPA_PLATFORM": "offscreen"}

    def add_queue(self, name: str) -> None:
        """A queue that prints into a file of its own."""
        target = self.folder / "out" / f"{name}.ps"
        target.touch()
        target.chmod(0o666)
        self.run("lpadmin", "-p", name, "-E", "-v", f"file://{target}", "-P", str(self._driver()))

    def _driver(self) -> Path:
        """The PDF printer's driver with the margins of real printers, and A6: a printer for pink sheets has it."""
        lines = []
        for line in PPD.read_text(encoding="latin-1").splitlines():
            if line.startswith(("*ImageableArea A4", "*ImageableArea A5")):
                head, _, box = line.partition('"')
                right, top = (int(v) - MARGIN_PT for v in box.strip('"').split()[2:])
                line = f'{head}"{MARGIN_PT} {MARGIN_PT} {right} {top}"'
            lines.append(line)
            if line.startswith(("*PageSize A5", "*PageRegion A5", "*PaperDimension A5")):
                lines.append(line.replace("A5", "A6").replace("421 595", "297.64 419.53"))
            elif line.startswith("*ImageableArea A5"):
                lines.append(f'*ImageableArea A6/A6: "{MARGIN_PT} {MARGIN_PT} {298 - MARGIN_PT} {420 - MARGIN_PT}"')
        lines += _TRAYS
        driver = self.folder / "a6.ppd"
        driver.write_text("\n".join(lines) + "\n", encoding="latin-1")
        return driver

    def job_option(self, name: str) -> list[str]:
        """The values of this option in every job that was taken so far, oldest first.

        From the spool, into which the scheduler writes a job at once (``DirtyCleanInterval``; by itself it waits 30 s).
        """
        found = []
        for path in sorted((self.folder / "spool").glob("c[0-9]*")):
            data = path.read_bytes()
            at = data.find(name.encode())
            if at >= 0:  # IPP: name, two bytes of length, value
                at += len(name)
                length = int.from_bytes(data[at : at + 2], "big")
                found.append(data[at + 2 : at + 2 + length].decode())
        return found

    def remove_queue(self, name: str) -> None:
        """Take the queue away, as when somebody deletes the printer."""
        self.run("lpadmin", "-x", name)

    def run(self, *command: str) -> str:
        done = subprocess.run(command, env=self.env, capture_output=True, text=True, check=True, timeout=WAIT_S)
        return done.stdout

    def python(self, code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a piece of the program in a process that prints here."""
        return subprocess.run(
            [sys.executable, "-c", code, *arguments],
            env=self.env | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            capture_output=True,
            text=True,
            check=False,
            timeout=WAIT_S,
        )

    def paper(self, name: str) -> list[Image.Image]:
        """What came out of this queue since it was asked last, page by page, in grey."""
        end = time.monotonic() + WAIT_S
        while self.run("lpstat", "-W", "not-completed", "-o").strip():
            if time.monotonic() > end:
                raise AssertionError((self.folder / "log" / "error").read_text()[-2000:])
            time.sleep(0.1)
        job = self.folder / "out" / f"{name}.ps"
        pages = self.folder / "out" / f"{name}-%d.pgm"
        self.run("gs", "-q", "-dNOPAUSE", "-dBATCH", "-sDEVICE=pgmraw", f"-r{DPI}", f"-sOutputFile={pages}", str(job))
        found = sorted((self.folder / "out").glob(f"{name}-*.pgm"), key=lambda path: int(path.stem.split("-")[-1]))
        images = [Image.open(BytesIO(path.read_bytes())).convert("L") for path in found]
        for path in found:
            path.unlink()
        job.write_bytes(b"")
        return images


@pytest.fixture(scope="session")
def cups() -> Iterator[Cups]:
    """A running CUPS; skipped with the reason where it cannot run, a failure under CI."""
    missing = [str(p) for p in (SCHEDULER, PPD) if not p.exists()] + [
        c for c in ("gs", "lpadmin") if not shutil.which(c)
    ]
    reason = f"CUPS cannot run here: {', '.join(missing)} missing" if missing else ""
    if not reason and os.geteuid() != 0:
        reason = "CUPS cannot run here: its scheduler must be started by root"
    if reason:
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with _LOCK.open("w") as lock, tempfile.TemporaryDirectory(prefix="cups-") as name:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder, port = Path(name), _free_port()
        folder.chmod(0o755)
        for part in ("root", "spool", "cache", "state", "log", "out"):
            (folder / part).mkdir()
            shutil.chown(folder / part, "lp", "lp")
        (folder / "cupsd.conf").write_text(_CUPSD.format(folder=folder, port=port))
        (folder / "cups-files.conf").write_text(_FILES.format(folder=folder))
        with (folder / "log" / "start").open("w") as log:
            scheduler = subprocess.Popen(
                [SCHEDULER, "-f", "-c", folder / "cupsd.conf", "-s", folder / "cups-files.conf"],
                stdout=subprocess.DEVNULL,
                stderr=log,
            )
        try:
            service = Cups(folder, port)
            _wait_for(service, scheduler)
            yield service
        finally:
            scheduler.terminate()
            scheduler.wait(timeout=WAIT_S)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(service: Cups, scheduler: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end and scheduler.poll() is None:
        answer = subprocess.run(["lpstat", "-r"], env=service.env, capture_output=True, text=True, check=False)
        if "is running" in answer.stdout:
            return
        time.sleep(0.1)
    raise AssertionError((service.folder / "log" / "start").read_text())
