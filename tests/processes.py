"""The program as processes, the way the IT-Betreuer and the practice system see it."""

import contextlib
import io
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from papierbruecke.cli import main
from papierbruecke.clock import SystemClock, local

ROOT = Path(__file__).parents[1]
READY_TIMEOUT_S = 60
COMMAND_TIMEOUT_S = 120


def environment() -> dict[str, str]:
    """The environment of a child: our sources, no screen."""
    paths = [str(ROOT / "app"), str(ROOT / "tests")]
    return os.environ | {"PYTHONPATH": os.pathsep.join(paths), "QT_QPA_PLATFORM": "offscreen"}


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """``papierbruecke …`` to its end."""
    return subprocess.run(
        [sys.executable, "-m", "papierbruecke", *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        env=environment(),
        timeout=COMMAND_TIMEOUT_S,
        check=False,
    )


def answer(*arguments: str | Path, code: int = 0) -> dict[str, Any]:
    """The JSON answer of a command that must end with this exit code."""
    done = run("--json", *arguments)
    assert done.returncode == code, f"{arguments[0]}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def answer_here(*arguments: str | Path, code: int = 0) -> dict[str, Any]:
    """The same in this process: for tests with many commands, where starting them is not the point."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        ended = main(["--json", *map(str, arguments)])
    assert ended == code, f"{arguments[0]}: {ended}\n{out.getvalue()}\n{err.getvalue()}"
    document: dict[str, Any] = json.loads(out.getvalue())
    return document


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class SimulatorProcess:
    """``papierbruecke simulator`` with its control port (design §6)."""

    def __init__(self, daten: Path, szenario: str = "normal") -> None:
        self.daten = daten
        self._control = free_port()
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "papierbruecke",
                "simulator",
                "--daten",
                str(daten),
                "--szenario",
                szenario,
                "--steuerung",
                str(self._control),
            ],
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env=environment(),
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline().strip()
        assert line == "bereit", f"the simulator said {line!r}"

    def post(self, path: str) -> None:
        """``/szenario/NAME`` or ``/schritt``."""
        request = urllib.request.Request(f"http://127.0.0.1:{self._control}{path}", method="POST")
        with urllib.request.urlopen(request, timeout=READY_TIMEOUT_S) as response:
            assert response.status in (200, 204)

    def krankenkasse(self) -> list[dict[str, Any]]:
        """What arrived at the Krankenkasse, in order, with how often."""
        url = f"http://127.0.0.1:{self._control}/krankenkasse"
        with urllib.request.urlopen(url, timeout=READY_TIMEOUT_S) as response:
            document = json.load(response)
        entries: list[dict[str, Any]] = document["eingegangen"] if isinstance(document, dict) else document
        return entries

    def stop(self) -> None:
        """End it as a service manager would."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(timeout=READY_TIMEOUT_S)
        if self._process.stdout is not None:
            self._process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def today() -> str:
    """The day as the practice's wall clock shows it."""
    return local(SystemClock().now()).date().isoformat()
