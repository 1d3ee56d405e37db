"""Values of the domain, and those among them that refuse to be printed.

Every value is frozen and knows its JSON form (the input and answer files of the command
line). Values that carry patient data show only their type in ``repr`` and in validation
errors, so that no log line, crash report or assertion message can leak a name.
"""

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """An immutable value with strict fields: unknown keys are refused.

    What checks them is built at the first use (``defer_build``), under a lock of pydantic: a start
    reads the values of every room and uses few.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        ser_json_bytes="base64",
        val_json_bytes="base64",
        defer_build=True,
    )


class PatientValue(Value):
    """A value with patient data: its ``repr`` and ``str`` hide every field."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"

    __str__ = __repr__
