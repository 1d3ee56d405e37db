"""The control port of the simulated TI. Source: design §6.

``POST /szenario/NAME`` and ``POST /schritt`` change what is played; ``GET /krankenkasse`` tells
what arrived, in order, with how often. Besides: ``POST /stoerfall`` (a disturbance as JSON),
``POST /fehlernachricht`` (``{"code", "dokumenten_id", "virenbefall"}``), ``POST /clientmodul``
(``{"codes", "message_id"}``: an error mail of the Clientmodul), ``POST /mail`` (any mail, as it is, into
the box of the practice), ``GET /stand``.
"""

import json
from typing import Any

from pydantic import ValidationError

from papierbruecke.drill.json_server import Answer, JsonServer, Request
from papierbruecke.drill.model import PortZustand, Stoerfall
from papierbruecke.drill.simulator import Simulator
from papierbruecke.errors import InputRefused


class Control:
    """Serves the control port of a running simulator. ``port`` None: any free one."""

    def __init__(self, simulator: Simulator, port: int | None = None) -> None:
        self._simulator = simulator
        self._server = JsonServer(self._answer, port)
        self._server.listener.behave(PortZustand.OFFEN)

    @property
    def url(self) -> str:
        """Root of the control port."""
        return self._server.url

    def close(self) -> None:
        """Stop serving."""
        self._server.close()

    def _answer(self, request: Request) -> Answer:
        try:
            content = self._dispatch(request)
        except InputRefused as refused:
            return Answer(404, {"fehler": [e.text for e in refused.einwaende]})
        except (ValidationError, ValueError, KeyError, TypeError) as error:
            return Answer(400, {"fehler": [f"Anfrage nicht verstanden: {type(error).__name__}"]})
        return Answer(404, {"fehler": ["unbekannt"]}) if content is None else Answer(200, content)

    def _dispatch(self, request: Request) -> Any:
        simulator, parts = self._simulator, request.path.strip("/").split("/")
        match request.method, parts:
            case "POST", ["szenario", name]:
                simulator.scenario(name)
                return self._stand()
            case "POST", ["schritt"]:
                simulator.step()
                return self._stand()
            case "POST", ["stoerfall"]:
                simulator.disturb(Stoerfall.model_validate_json(request.body))
                return self._stand()
            case "POST", ["fehlernachricht"]:
                wish = json.loads(request.body)
                simulator.fehlernachricht(wish["code"], wish["dokumenten_id"], bool(wish.get("virenbefall", False)))
                return self._stand()
            case "POST", ["clientmodul"]:
                wish = json.loads(request.body)
                simulator.clientmodul_error(tuple(map(str, wish["codes"])), wish.get("message_id"))
                return self._stand()
            case "POST", ["mail"]:
                return {"uidl": simulator.mailbox.add(request.body)}
            case "GET", ["krankenkasse"]:
                return simulator.krankenkasse()
            case "GET", ["stand"]:
                return self._stand()
        return None

    def _stand(self) -> dict[str, Any]:
        simulator = self._simulator
        return {
            "szenario": simulator.szenario.name,
            "schritt": simulator.schritt,
            "schritte": len(simulator.szenario.schritte),
            "erwartet": simulator.szenario.erwartet.model_dump(mode="json"),
            "geloeschte_mails": len(simulator.mailbox.geloescht),
        }
