"""The command line (design §6): how the IT-Betreuer, the practice system and every test reach the services.

Thin: parse, call a command, print. Texts go to stderr in German; with ``--json`` stdout
carries exactly one JSON document and nothing else. Exit codes: 0 done, 1 done with a
negative finding, 2 input refused, 3 environment, 4 internal error, 130 cancelled.
"""

import argparse
import json
import logging
import os
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from papierbruecke import __version__
from papierbruecke.commands import register
from papierbruecke.commands.answer import CANCELLED, ENVIRONMENT, INTERNAL, REFUSED, Command
from papierbruecke.commands.window import window
from papierbruecke.errors import Einwand, EnvironmentFailure, InputRefused

_USAGE_TEXTS = (
    (r"the following arguments are required: (.*)", r"Es fehlt: \1"),
    (r"unrecognized arguments: (.*)", r"Unbekannte Angabe: \1"),
    (r"argument (.*): invalid choice: (.*) \(choose from (.*)\)", r"\1: \2 gibt es nicht; möglich sind \3"),
    (r"argument (.*): invalid (?:int|float) value: (.*)", r"\1: \2 ist keine Zahl"),
    (r"argument (.*): expected one argument", r"\1: hier fehlt ein Wert"),
    (r"argument (.*): not allowed with argument (.*)", r"\1 geht nicht zusammen mit \2"),
    (r"one of the arguments (.*) is required", r"Es fehlt eine dieser Angaben: \1"),
    (r"ambiguous option: (.*) could match (.*)", r"\1 ist nicht eindeutig: \2"),
)


class UsageRefused(InputRefused):
    """The command line itself cannot be understood."""

    def __init__(self, text: str) -> None:
        super().__init__((Einwand("aufruf", "Aufruf", text),))


class _GermanFormatter(argparse.RawDescriptionHelpFormatter):
    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, "Aufruf: " if prefix is None else prefix)


class _GermanParser(argparse.ArgumentParser):
    """An argument parser whose help and errors speak German and which never exits by itself."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(formatter_class=_GermanFormatter, add_help=False, allow_abbrev=False, **kwargs)
        self._positionals.title = "Eingaben"
        self._optionals.title = "Optionen"
        self.add_argument("-h", "--hilfe", "--help", action="help", help="diese Hilfe zeigen")

    def error(self, message: str) -> NoReturn:
        for pattern, text in _USAGE_TEXTS:
            if re.fullmatch(pattern, message):
                message = re.sub(pattern, text, message)
                break
        raise UsageRefused(f"{message}. Hilfe: {self.prog} --help")


def build_parser() -> argparse.ArgumentParser:
    """The whole command line; each room registers its own commands (``papierbruecke.commands``)."""
    common: Any = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    group = common.add_argument_group("Für alle Befehle")
    group.add_argument("--daten", type=Path, metavar="ORDNER", help="Datenordner dieses Platzes")
    group.add_argument("--json", action="store_true", help="maschinenlesbare Antwort auf der Standardausgabe")
    group.add_argument("--protokoll", type=Path, metavar="DATEI", help="Protokoll in diese Datei schreiben")
    group.add_argument("--schluessel-datei", type=Path, metavar="DATEI", help="Datei mit der Passphrase")

    parser = _GermanParser(
        prog="papierbruecke",
        parents=[common],
        description="Papierbrücke bringt die Praxis durch einen Ausfall der TI. Ohne Befehl öffnet sich das Fenster.",
        epilog="Rückgabe: 0 erledigt, 1 erledigt mit Befund, 2 Eingabe abgelehnt, 3 Umgebung, 4 Programmfehler.",
    )
    parser.add_argument("--version", action="version", version=f"papierbruecke {__version__}", help="Version zeigen")
    parser.add_argument("--leise", action="store_true", help="ohne Befehl: nur das Symbol neben der Uhr zeigen")
    commands = parser.add_subparsers(dest="befehl", metavar="BEFEHL", title="Befehle", parser_class=_GermanParser)

    def add(function: Command, text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(function.__name__, help=text, description=text, parents=[common])
        made.set_defaults(function=function)
        return made

    register(add)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; the console script's entry."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        # Windows consoles guess an encoding; the contract says UTF-8 everywhere (design §6.4).
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
    as_json = "--json" in arguments
    try:
        return _run(build_parser().parse_args(arguments))
    except InputRefused as refused:
        return _fail(REFUSED, [_objection(e) for e in refused.einwaende], [e.text for e in refused.einwaende], as_json)
    except EnvironmentFailure as failure:
        entry = {"code": failure.code, "text": failure.text}
        text = failure.text
        if failure.belegnummer is not None:
            entry["belegnummer"] = failure.belegnummer
            text += f" Der Beleg {failure.belegnummer} ist gespeichert."
        return _fail(ENVIRONMENT, [entry], [text], as_json)
    except KeyboardInterrupt:
        return _fail(CANCELLED, [{"code": "abgebrochen", "text": "Abgebrochen."}], ["Abgebrochen."], as_json)
    except BrokenPipeError:
        # The reader of our output went away; nothing to tell anybody. Keep the exit quiet.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CANCELLED
    except SystemExit as exit_request:  # argparse after --help and --version
        return int(exit_request.code or 0)
    except Exception as bug:
        return _crash(bug, as_json)


def _run(arguments: argparse.Namespace) -> int:
    given = vars(arguments)
    if given.get("protokoll"):
        _log_to(given["protokoll"])
    function: Command = given.get("function", window)
    begin = time.monotonic()
    code = function(given)
    logging.getLogger(__name__).info("%s: %d, %.2f s", function.__name__, code, time.monotonic() - begin)
    return code


def _log_to(path: Path) -> None:
    try:
        handler = logging.FileHandler(path, encoding="utf-8")
    except OSError as error:
        raise EnvironmentFailure(
            "protokoll.datei", "Die Protokolldatei lässt sich nicht schreiben. Bitte einen anderen Ort angeben."
        ) from error
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger("papierbruecke")
    root.addHandler(handler)
    root.setLevel(logging.INFO)


def _objection(einwand: Einwand) -> dict[str, str]:
    return {"feld": einwand.feld, "regel": einwand.regel, "text": einwand.text}


def _fail(code: int, entries: list[dict[str, str]], texts: list[str], as_json: bool) -> int:
    if as_json:
        print(json.dumps({"fehler": entries}, ensure_ascii=False))
    for entry, text in zip(entries, texts, strict=True):
        where = f"{entry['feld']}: " if entry.get("feld") not in (None, "", "aufruf") else ""
        rule = f" [{entry['regel']}]" if entry.get("regel") not in (None, "Aufruf") else ""
        print(f"{where}{text}{rule}", file=sys.stderr)
    return code


def _crash(bug: Exception, as_json: bool) -> int:
    """A bug: a code and the place, never the message (it may hold anything)."""
    from papierbruecke.crash import describe

    report = describe(bug)
    text = f"Interner Fehler {report.code}. Es wurde nichts halb gespeichert. Bitte diesen Code melden:\n{report.trace}"
    return _fail(INTERNAL, [{"code": f"intern.{report.code}", "text": "Interner Fehler."}], [text], as_json)
