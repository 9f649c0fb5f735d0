"""The table from SQLite's errors to sentences for an operator."""

from pathlib import Path

import apsw
import pytest

from appliance.errors import Conflict, StoreError, StoreUnusable, Text
from appliance.stores.sqlite_errors import damaged, trouble, unusable, violated

PATH = Path("/srv/kefu/kefu.db")


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (apsw.FullError("x"), "full"),
        (apsw.CorruptError("x"), "damaged"),
        (apsw.NotADBError("x"), "damaged"),
        (apsw.BusyError("x"), "locked"),
        (apsw.ReadOnlyError("x"), "cannot be written"),
        (apsw.CantOpenError("x"), "cannot be written"),
        (PermissionError("x"), "cannot be written"),
        (apsw.IOError("x"), "disk failed"),
        (OSError("x"), "disk failed"),
        (apsw.NoMemError("x"), "NoMemError"),
        (ZeroDivisionError("x"), "ZeroDivisionError"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else value,
)
def test_each_error_names_the_file_and_a_remedy(error: Exception, word: str) -> None:
    told = trouble(error, PATH)
    assert word in told.cause.en
    assert str(PATH) in told.cause.zh
    assert str(PATH) in told.cause.en
    assert all(told.remedy)
    assert type(unusable(error, PATH)) is StoreUnusable
    assert unusable(error, PATH).cause == told.cause


def test_an_error_already_told_is_not_told_anew() -> None:
    told = StoreUnusable(Text("甲", "a"))
    assert trouble(told, PATH) is told
    assert unusable(told, PATH) is told


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("INSERT INTO agent VALUES ('b', 'x')", Conflict),
        ("INSERT INTO agent VALUES ('c', NULL)", StoreError),
    ],
)
def test_a_violated_constraint_is_a_conflict_only_when_something_is_unique(
    statement: str, kind: type
) -> None:
    connection = apsw.Connection(":memory:")
    connection.execute("CREATE TABLE agent(id TEXT PRIMARY KEY, login TEXT NOT NULL UNIQUE)")
    connection.execute("INSERT INTO agent VALUES ('a', 'x')")
    with pytest.raises(apsw.ConstraintError) as caught:
        connection.execute(statement)
    assert type(violated(caught.value)) is kind
    assert type(trouble(caught.value, PATH)) is kind


def test_a_damaged_file_is_said_to_be_unchanged() -> None:
    told = damaged(PATH, "是空文件", "is empty")
    assert "未被改动" in told.cause.zh
    assert "not been changed" in told.cause.en
