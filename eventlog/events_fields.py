"""What the models of event data have in common: strict objects, absent keys, forms of text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from evt.eventlog import forms
from evt.eventlog.rawjson import INTEGER


class Data(BaseModel):
    """An object of JSON: no unknown keys, no conversions, camelCase keys.

    A key declared with `absent()` may be left out, but never be null.
    `ANY_OF`: at least one of these keys is there. `ONE_OF`: not more than one of them is.
    """

    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel)
    ANY_OF: ClassVar[tuple[str, ...]] = ()
    ONE_OF: ClassVar[tuple[str, ...]] = ()

    @model_validator(mode="after")
    def _together(self) -> Self:
        given = self.__class__.keys_of(self.model_fields_set)
        if self.ANY_OF and not given & set(self.ANY_OF):
            raise PydanticCustomError("any_of", "give {keys}", {"keys": " or ".join(self.ANY_OF)})
        if len(given & set(self.ONE_OF)) > 1:
            raise PydanticCustomError("one_of", "give {keys}", {"keys": " or ".join(self.ONE_OF)})
        return self

    @classmethod
    def keys_of(cls, names: set[str]) -> set[str]:
        """Keys as JSON has them, of field names."""
        return {cls.model_fields[name].alias or name for name in names}


def _drop_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


def absent(alias: str | None = None) -> Any:
    """The default of a key that may be left out; null is refused when it is there."""
    return Field(default=None, alias=alias, json_schema_extra=_drop_default)


def _path(text: str) -> str:
    if forms.leaves(text):
        raise PydanticCustomError("outside_repository", "leaves the repository")
    return _form("path")(text)


def _form(name: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if not forms.FORMS[name](text):
            raise PydanticCustomError("form", "{form}", {"form": name})
        return text

    return check


class Form(AfterValidator):
    """Marks a text with a rule of its own, so that the generator finds the rule by its name."""

    def __init__(self, name: str) -> None:
        super().__init__(_path if name == "path" else _form(name))
        object.__setattr__(self, "name", name)

    name: str


def _text(pattern: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern})


# Relative, no `..`, no control characters; targetFiles and outputFiles may be globs.
Path = Annotated[
    str,
    Form("path"),
    WithJsonSchema(
        {
            "type": "string",
            "minLength": 1,
            "maxLength": forms.PATH_MAX,
            "pattern": r"^(?!/)(?!(.*/)?\.\.(/|$))[^\u0000-\u001f\u007f-\u009f]+$",
        }
    ),
]
Sha256 = Annotated[str, Form("sha256"), _text("^[0-9a-f]{64}$")]
TaskId = Annotated[str, Form("task_id"), _text("^[a-z0-9][a-z0-9._-]{0,63}$")]
EventId = Annotated[str, Form("event_id"), _text("^[A-Za-z0-9._:-]{1,128}$")]
Text = Annotated[str, Field(min_length=1)]  # free text that must say something
Name = Annotated[str, Field(min_length=1, max_length=128)]
Count = Annotated[int, Field(ge=0, le=INTEGER)]
Positive = Annotated[int, Field(ge=1, le=INTEGER)]
Integer = Annotated[int, Field(ge=-INTEGER, le=INTEGER)]
Number = Annotated[int | float, Field(ge=-1e308, le=1e308)]
Amount = Annotated[int | float, Field(ge=0, le=1e308)]  # seconds or minutes
Score = Annotated[int, Field(ge=1, le=5)]
