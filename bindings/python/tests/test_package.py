"""The package itself: what it pulls in, its documentation, its types."""

from __future__ import annotations

import doctest
import importlib
import importlib.metadata
import importlib.util
import inspect
import json
import os
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import dabiao

from conftest import WITHOUT, need


def python(program: str) -> str:
    run = [sys.executable, "-I", "-c", program]
    return subprocess.run(run, check=True, capture_output=True, text=True).stdout


def test_importing_pulls_in_nothing_else() -> None:
    program = (
        "import sys, json; before = set(sys.modules); import dabiao; "
        "print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    modules = json.loads(python(program))
    assert modules == ["dabiao", "dabiao._dabiao", "dabiao._errors"]


def test_importing_is_quick() -> None:
    program = (
        "import time; start = time.perf_counter(); import dabiao; "
        "print(time.perf_counter() - start)"
    )
    python(program)
    assert min(float(python(program)) for _ in range(5)) <= 0.030


def test_it_is_installed_and_not_the_source() -> None:
    assert dabiao.__version__ == importlib.metadata.version("dabiao")
    assert "site-packages" in dabiao.__file__
    assert importlib.metadata.requires("dabiao") == [
        requirement
        for requirement in importlib.metadata.requires("dabiao") or []
        if "extra ==" in requirement
    ]
    assert (Path(dabiao.__file__).parent / "py.typed").exists()


@pytest.mark.skipif("DABIAO_WHEEL" not in os.environ, reason="no wheel is named")
def test_the_wheel_is_small_and_for_every_python() -> None:
    wheel = Path(os.environ["DABIAO_WHEEL"])
    assert wheel.stat().st_size <= 6_000_000
    assert "-cp310-abi3-" in wheel.name


def public() -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = [("dabiao", dabiao)]
    for name in dabiao.__all__:
        thing = getattr(dabiao, name)
        if name == "__version__":
            continue
        found.append((f"dabiao.{name}", thing))
        if not inspect.isclass(thing):
            continue
        found.extend(
            (f"dabiao.{name}.{member}", getattr(thing, member))
            for member, held in vars(thing).items()
            if not member.startswith("_") and (callable(held) or hasattr(held, "__get__"))
        )
    return found


def test_everything_public_is_documented() -> None:
    assert len(public()) > 80
    undocumented = [name for name, thing in public() if not inspect.getdoc(thing)]
    assert not undocumented


def plain(thing: object) -> bool:
    return inspect.isclass(thing) or inspect.isfunction(thing)


def extras() -> list[tuple[str, Any]]:
    """Give the modules beside the package itself, where what they need is here."""
    found: list[tuple[str, Any]] = []
    for name, wanted in (("typing", "dabiao"), ("plot", "matplotlib"), ("spark", "pyspark")):
        if importlib.util.find_spec(wanted) is None:
            continue
        module = importlib.import_module(f"dabiao.{name}")
        found.append((f"dabiao.{name}", module))
        members = ((member, getattr(module, member)) for member in module.__all__)
        found.extend((f"dabiao.{name}.{at}", held) for at, held in members if plain(held))
    return found


def test_the_extras_are_documented() -> None:
    assert [name for name, thing in extras() if not inspect.getdoc(thing)] == []


def run(name: str, thing: object, names: dict[str, Any]) -> dict[str, Any]:
    """Run the example of a thing, which has one; give the names that it leaves."""
    text = inspect.getdoc(thing) or ""
    test = doctest.DocTestParser().get_doctest(text, names, name, None, 0)
    assert test.examples, f"{name} has no example"
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    assert runner.run(test, clear_globs=False).failed == 0
    return test.globs


def lacking(thing: object) -> str | None:
    """Name what an example needs and this Python has not."""
    text = inspect.getdoc(thing) or ""
    needed = (name for name in WITHOUT if f"Needs {name}." in text or f", {name}\n" in text)
    return next(needed, None)


@pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas")
@pytest.mark.parametrize(("name", "thing"), extras(), ids=[name for name, _ in extras()])
def test_examples_of_the_extras_run(
    name: str,
    thing: Any,  # noqa: ANN401
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if name.startswith("dabiao.plot"):
        from matplotlib import font_manager  # noqa: PLC0415

        fonts = set(sys.modules["dabiao.plot"].FONTS) & set(font_manager.get_font_names())
        need(there=bool(fonts), what="a font with Chinese characters")
    if name.startswith("dabiao.spark."):
        need(there=shutil.which("java") is not None, what="Java 17 or later")
        monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    if lacking(thing):
        pytest.skip(f"no wheel of {lacking(thing)} for this Python")
    module = sys.modules[".".join(name.split(".")[:2])]
    # Decimals stand in what is shown.
    run(name, thing, {**vars(module), "Decimal": Decimal})


@pytest.mark.parametrize(("name", "thing"), public(), ids=[name for name, _ in public()])
def test_everything_public_has_an_example_that_runs(name: str, thing: Any) -> None:  # noqa: ANN401
    if lacking(thing):
        pytest.skip(f"no wheel of {lacking(thing)} for this Python")
    names: dict[str, Any] = {"dabiao": dabiao}
    parents = name.split(".")[1:-1]
    if parents:
        # The example of a method goes on where that of its class ends.
        owner = getattr(dabiao, parents[0])
        names = run(".".join(parents), owner, names)
    run(name, thing, names)


def test_a_name_without_an_example_would_be_found() -> None:
    def bare() -> None:
        """Do something."""

    with pytest.raises(AssertionError, match="has no example"):
        run("bare", bare, {})
