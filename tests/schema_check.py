"""Does a document obey a JSON Schema? The part of 2020-12 that ours use; an unknown word is an error of ours."""

from datetime import datetime
from typing import Any
from uuid import UUID

SILENT = {"$schema", "$defs", "title", "description", "default", "examples", "discriminator"}
TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list, tuple),
    "object": (dict,),
    "null": (type(None),),
}
KNOWN = SILENT | set(
    [
        "$ref",
        "anyOf",
        "oneOf",
        "enum",
        "const",
        "type",
        "format",
        "pattern",
        "required",
        "properties",
        "additionalProperties",
        "items",
        "prefixItems",
        "minItems",
        "maxItems",
        "minLength",
        "maxLength",
        "minimum",
        "maximum",
        "propertyNames",
    ]
)


def conforms(value: Any, schema: dict[str, Any], root: dict[str, Any] | None = None, path: str = "$") -> list[str]:
    """What is wrong with the document, each with its place; nothing: it obeys."""
    root = schema if root is None else root
    assert set(schema) <= KNOWN, f"{path}: {set(schema) - KNOWN}"
    if "$ref" in schema:
        return conforms(value, root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root, path)
    if found := next((schema[key] for key in ("anyOf", "oneOf") if key in schema), None):
        tries = [conforms(value, option, root, path) for option in found]
        return [] if any(not one for one in tries) else max(tries, key=lambda one: one[0].count(".") if one else 0)
    if "const" in schema:
        return [] if value == schema["const"] else [f"{path} is {value!r}"]
    if "enum" in schema:
        return [] if value in schema["enum"] else [f"{path} is {value!r}"]
    kinds = schema.get("type", list(TYPES))
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if not any(isinstance(value, TYPES[kind]) and (kind == "boolean") == isinstance(value, bool) for kind in kinds):
        return [f"{path} is {type(value).__name__}, not {kinds}"]
    if isinstance(value, str):
        return _written(value, schema.get("format"), path)
    if isinstance(value, dict):
        return _fields(value, schema, root, path)
    if isinstance(value, list | tuple):
        of = schema.get("prefixItems") or [schema.get("items", {})] * len(value)
        return [row for n, item in enumerate(value) for row in conforms(item, of[n], root, f"{path}[{n}]")]
    return []


def _fields(value: dict[str, Any], schema: dict[str, Any], root: dict[str, Any], path: str) -> list[str]:
    properties, rest = schema.get("properties", {}), schema.get("additionalProperties", True)
    found = [f"{path} lacks {name}" for name in schema.get("required", []) if name not in value]
    for name, inner in value.items():
        if name in properties:
            found += conforms(inner, properties[name], root, f"{path}.{name}")
        elif rest is False:
            found.append(f"{path} has {name}")
        elif isinstance(rest, dict):
            found += conforms(inner, rest, root, f"{path}.{name}")
    return found


def _written(value: str, form: str | None, path: str) -> list[str]:
    try:
        if form == "date-time" and datetime.fromisoformat(value).tzinfo is None:
            raise ValueError
        if form == "uuid":
            UUID(value)
    except ValueError:
        return [f"{path} is no {form}"]
    return []
