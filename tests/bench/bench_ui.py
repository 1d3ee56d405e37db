"""Start and idle memory of the window against a bare PySide6 window of as many widgets (design §10).

By hand: ``PYTHONPATH=app:tests QT_QPA_PLATFORM=offscreen python tests/bench/bench_ui.py``. Both
windows are processes of their own, taken in turns; each says how long it took from the first
line of Python until its first picture stood, and how much memory it then held.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROUNDS = 7
OURS = """
import sys; sys.modules["numpy"] = None  # sqlite-utils takes it where a test brought it; the program has none
import time; begin = time.perf_counter()
from papierbruecke.ui.first_picture import make_way; make_way()  # as the command "window" does
from pathlib import Path
from papierbruecke.ui.application import application, open_main_window
from papierbruecke.wiring import Desk
from papierbruecke.ui.main_window import MainWindow
first_work = MainWindow.start
def start(window):  # comes right after the first picture; the lanes that it wakes are not part of it
    global ready, cpu
    ready, cpu = time.perf_counter() - begin, time.process_time()
    first_work(window)
MainWindow.start = start
app = application()
window = open_main_window(Desk(Path({daten!r}), passphrase="nur zum Messen"))
from PySide6.QtWidgets import QWidget
import collections
kinds = collections.Counter(
    next(k.__name__ for k in type(w).__mro__ if k.__module__.startswith("PySide6")) for w in window.findChildren(QWidget)
)
while not window.quiet: app.processEvents()
"""
BARE = """
import time; begin = time.perf_counter()
from PySide6 import QtWidgets
from PySide6.QtWidgets import QApplication, QMainWindow, QVBoxLayout, QWidget
app = QApplication([])
app.setStyle("Fusion")
window = QMainWindow(); ground = QWidget(); layout = QVBoxLayout(ground); window.setCentralWidget(ground)
kinds = {kinds!r}; total = sum(kinds.values())
for kind, count in kinds.items():
    if kind in ("QWidget", "QScrollBar", "QListView", "QHeaderView", "QAbstractButton"):
        continue  # parts of others
    made = getattr(QtWidgets, kind)
    for number in range(count):
        widget = made()
        if hasattr(widget, "setText"): widget.setText("Beschriftung")
        layout.addWidget(widget)
for number in range(total - len(window.findChildren(QWidget))):
    layout.addWidget(QWidget())
window.resize(1440, 900); window.show()
app.processEvents()
ready, cpu = time.perf_counter() - begin, time.process_time()
kinds = {{}}
"""
TELL = """
import json, resource, os
pages = int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
print(json.dumps({"ready_s": ready, "cpu_s": cpu, "memory_mb": pages / 1e6, "kinds": dict(kinds)}))
os._exit(0)
"""


def run(source: str) -> dict[str, object]:
    """One window in a process of its own."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run([sys.executable, "-c", source + TELL], capture_output=True, check=True, env=env)
    found: dict[str, object] = json.loads(done.stdout)
    return found


def main() -> None:
    """Both windows in turns; medians."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PYTHONPYCACHEPREFIX"] = str(Path(folder) / "bytecode")
        ours_source = OURS.format(daten=str(Path(folder) / "platz"))
        kinds = run(ours_source)["kinds"]  # also makes the folder: a first start makes the key
        assert isinstance(kinds, dict)
        bare_source = BARE.format(kinds=kinds)
        ours, bare = [], []
        for _ in range(ROUNDS):
            ours.append(run(ours_source))
            bare.append(run(bare_source))
    begin = [statistics.median(float(str(each["ready_s"])) for each in each_of) for each_of in (ours, bare)]
    cpu = [statistics.median(float(str(each["cpu_s"])) for each in each_of) for each_of in (ours, bare)]
    memory = [statistics.median(float(str(each["memory_mb"])) for each in each_of) for each_of in (ours, bare)]
    print(f"widgets: {sum(kinds.values())}")
    print(f"start: {begin[0]:.2f} s, bare {begin[1]:.2f} s, ratio {begin[0] / begin[1]:.2f} (budget 1.5)")
    print(f"processor until then: {cpu[0]:.2f} s, bare {cpu[1]:.2f} s, ratio {cpu[0] / cpu[1]:.2f}")
    print(f"memory at rest: {memory[0]:.0f} MB, bare {memory[1]:.0f} MB (budget 200 MB)")


if __name__ == "__main__":
    main()
