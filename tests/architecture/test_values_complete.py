"""A value is built at its first use: here every one of them is, so that a slip in a declaration shows at once."""

import importlib
import pkgutil

import papierbruecke
from papierbruecke.redact import Value


def _below(kind: type[Value]) -> set[type[Value]]:
    return {kind}.union(*(_below(each) for each in kind.__subclasses__()))


def test_every_value_can_be_built() -> None:
    for found in pkgutil.walk_packages(papierbruecke.__path__, "papierbruecke."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)
    kinds = _below(Value)
    assert len(kinds) > 60
    for kind in kinds:
        kind.model_rebuild()
        assert kind.__pydantic_complete__, kind.__name__
