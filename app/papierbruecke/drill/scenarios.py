"""The scenarios that can be played, read from their data files."""

from functools import cache

from pydantic import ValidationError

from papierbruecke.drill.model import Szenario
from papierbruecke.errors import Einwand, InputRefused
from papierbruecke.resources import folder


@cache
def scenario_names() -> tuple[str, ...]:
    """Every name that can be played, in alphabetical order."""
    return tuple(sorted(path.stem for path in (folder() / "drill" / "szenarien").glob("*.json")))


@cache
def load_scenario(name: str) -> Szenario:
    """The scenario of this name; an unknown name is refused input (exit code 2)."""
    if name not in scenario_names():
        raise InputRefused(
            (
                Einwand(
                    "--szenario", "Design §6", f"Dieses Szenario gibt es nicht; möglich: {', '.join(scenario_names())}"
                ),
            )
        )
    text = (folder() / "drill" / "szenarien" / f"{name}.json").read_text(encoding="utf-8")
    try:
        szenario = Szenario.model_validate_json(text)
    except ValidationError as error:
        raise AssertionError(f"the scenario {name} of this installation is broken: {error}") from error
    if szenario.name != name:
        raise AssertionError(f"the scenario file {name} calls itself {szenario.name}")
    return szenario
