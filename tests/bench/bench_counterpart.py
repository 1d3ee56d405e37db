"""How long do the simulated Konnektor and Clientmodul themselves need for a queue of eAU? (design §10)

Run by hand: ``PYTHONPATH=app:tests python tests/bench/bench_counterpart.py [number of eAU]``.
The measure that the Nachversand is held against: plain clients, everything made beforehand,
batches of 50 and one SMTP connection, the simulated TI in a process of its own.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from counterparts.eau_sender import eau
from counterparts.own_time import measure
from papierbruecke.record.kennung import new_kennung
from papierbruecke.record.model import BelegArt
from papierbruecke.wiring import Desk


def run(number: int) -> None:
    """Print the seconds per thousand eAU."""
    documents = {str(kennung): eau(kennung) for kennung in (new_kennung(BelegArt.AU) for _ in range(number))}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "simulator"
        # Without the reference folder: the Kasse's validator would work on the same cores meanwhile.
        environment = os.environ | {"PAPIERBRUECKE_REFERENZ": str(folder)}
        command = [sys.executable, "-m", "papierbruecke", "simulator", "--daten", str(folder)]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as simulator:
            try:
                assert simulator.stdout is not None
                assert simulator.stdout.readline() == "bereit\n"
                own = measure(Desk(folder).settings, documents, Path(name))
            finally:
                simulator.terminate()
    for what, seconds in (("signing", own.sign_s), ("sending", own.send_s), ("together", own.total_s)):
        print(f"{what:<10} {1000 * seconds / number:8.2f} s per 1,000 eAU")


if __name__ == "__main__":
    run(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
