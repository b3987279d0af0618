# What Python in a workflow sees besides the standard library. Generated; do not edit.
from datetime import datetime
from typing import Any

context: dict[str, Any]
"""State that all nodes of an execution share; changes are kept when the node succeeds."""
node: dict[str, Any]
"""State of this node alone, kept over its attempts."""
inputs: dict[str, Any]
"""What the execution was started with (a copy)."""
outputs: dict[str, Any]
"""What earlier nodes returned, by name (a copy)."""
item: Any
"""The entry of the list, in a node with `for_each`."""
index: int
"""Its number, from 0, in a node with `for_each`."""
output: Any
"""What this node hands on; `return value` at top level does the same."""

class BuiltinError(Exception):
    """What a built-in could not do; `code` is stable, `message` and `hint` are for people."""
    code: str
    message: str
    hint: str | None

class ArgumentInvalid(BuiltinError):
    """An argument has the wrong type or form."""

class RecordNotFound(BuiltinError):
    """There is no record of this key."""

class RecordExists(BuiltinError):
    """There is a record of this key already."""

class RecordInvalid(BuiltinError):
    """The record lacks the field that identifies it."""

def notify(to: str, text: str, *, title: str | None = None) -> None:
    """Sends a message to a channel ("#purchasing") or a person ("@ana") when the code has succeeded. The text may hold *bold*, _italic_, `code` and links as Slack writes them; mentions of a whole channel are taken as plain text."""

def now() -> datetime.datetime:
    """The current time as an aware datetime in UTC."""

class records:
    @staticmethod
    def query(collection: str, where: dict | None = None, *, order_by: str | None = None, limit: int | None = None) -> list[dict]:
        """The records of a collection, in order of insertion or by a field (`-field` for descending). `where` maps fields to values, or to conditions: eq, ne, lt, lte, gt, gte, in, not_in, contains, is_null."""
    @staticmethod
    def get(collection: str, key: str | int) -> dict | None:
        """The record of this key, or None."""
    @staticmethod
    def count(collection: str, where: dict | None = None) -> int:
        """How many records match; see records.query."""
    @staticmethod
    def insert(collection: str, record: dict) -> dict:
        """Adds a record. Raises RecordExists when there is one of this key."""
    @staticmethod
    def update(collection: str, key: str | int, changes: dict) -> dict:
        """Changes fields of a record and answers the whole record. Raises RecordNotFound."""
    @staticmethod
    def upsert(collection: str, record: dict) -> dict:
        """Adds the record, or replaces the one of the same key."""
    @staticmethod
    def delete(collection: str, key: str | int) -> bool:
        """Removes a record; False when there was none."""

class tasks:
    @staticmethod
    def create(title: str, *, assignee: str | None = None, due: str | datetime.date | None = None, channel: str | None = None, details: str | None = None) -> dict:
        """Creates a follow-up task: a record in "tasks", and a message with a Done button in the channel, or to the assignee when no channel is given. `due` is a date, or its text such as "2026-03-31"."""

class log:
    @staticmethod
    def info(message: str, fields: dict | None = None) -> None:
        """Adds a line of level info to the report, with fields if given."""
    @staticmethod
    def warn(message: str, fields: dict | None = None) -> None:
        """Adds a line of level warn to the report, with fields if given."""
    @staticmethod
    def error(message: str, fields: dict | None = None) -> None:
        """Adds a line of level error to the report, with fields if given."""
