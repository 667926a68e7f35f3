"""What is installed, and what imports what."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from edgernn.devices.export.platforms import PLATFORMS
from edgernn.devices.runtime_wheel import make_runtime_wheel
from edgernn.edge_runtime.cli.main import main
from edgernn.edge_runtime.errors import InputError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parent.parent
PARTS = ("train", "convert", "edge_runtime", "devices")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
FILES = [file for part in PARTS for file in sorted((ROOT / part).rglob("*.py")) if "node_modules" not in file.parts]


def test_every_package_is_listed_and_nothing_else():
    found = {f"edgernn.{file.parent.relative_to(ROOT).as_posix().replace('/', '.')}" for file in FILES}
    listed = PROJECT["tool"]["setuptools"]["packages"]
    assert sorted(found) == sorted(listed)
    assert len(listed) == len(set(listed))
    for file in FILES:
        assert (file.parent / "__init__.py").exists(), file.parent


def test_links_for_the_type_checker():
    for part in PARTS:
        assert (ROOT / ".links" / "edgernn" / part).resolve() == ROOT / part


def test_every_part_says_that_it_is_typed():
    for part in PARTS:
        assert (ROOT / part / "py.typed").exists()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--quiet", "--wheel-dir", str(out), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return next(out.glob("edgernn-*.whl"))


def test_the_wheel_holds_every_file_and_is_small(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    for part in PARTS:
        for file in (ROOT / part).rglob("*"):
            # Other folders hold what is no Python package: vectors, runtimes in other languages.
            packaged = (file.parent / "__init__.py").exists()
            if packaged and (file.suffix in (".py", ".json", ".html") or file.name == "py.typed"):
                assert f"edgernn/{file.relative_to(ROOT).as_posix()}" in names
    sources = [file for platform in PLATFORMS.values() for file in platform.files(ROOT / "devices")]
    projects = {f"edgernn/{file.relative_to(ROOT).as_posix()}" for file in sources}
    assert projects <= names
    foreign = tuple(f"edgernn/devices/{platform.folder}/" for platform in PLATFORMS.values())
    assert {name for name in names if name.startswith(foreign)} == projects
    assert not [name for name in names if "tests" in name or name.endswith((".tflite", ".csv", ".keras"))]
    # Seven tasks, serving, deploying, the sources of apps for three platforms; what a device needs is the runtime's own
    # wheel, whose limit is its own.
    assert wheel.stat().st_size < 1_400_000


def test_the_runtimes_own_wheel_installs_and_runs_without_the_rest(wheel, tmp_path):
    made = make_runtime_wheel(wheel, tmp_path)
    assert made.name.endswith("+runtime-py3-none-any.whl")
    assert made.stat().st_size < 200_000
    names = zipfile.ZipFile(made).namelist()
    assert not [name for name in names if name.startswith(("edgernn/train/", "edgernn/convert/"))]
    place = tmp_path / "site"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(place), str(made)]
    subprocess.run(command, check=True, capture_output=True)
    code = (
        "import edgernn.edge_runtime as runtime, importlib.metadata, sys\n"
        "assert runtime.__file__.startswith(sys.argv[2]), runtime.__file__\n"
        "print(runtime.load(sys.argv[1]).classify('storm and rain, 4')[0].label)\n"
        "print(importlib.metadata.version('edgernn'))\n"
    )
    bundle = ROOT / "tests" / "fixtures" / "tiny.int8.tflite"
    done = subprocess.run(
        [sys.executable, "-c", code, str(bundle), str(place)],
        check=True,
        capture_output=True,
        encoding="utf-8",
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(place)},
    )
    label, version = done.stdout.split()
    assert label == "weather"
    assert version.endswith("+runtime")
    every_task = (
        "import sys\n"
        "from edgernn.edge_runtime.cli.main import main\n"
        "status = [main(['selftest', name]) for name in sys.argv[2:]]\n"
        "print(status, main(['eval', sys.argv[1], '--data', 'x']))\n"
    )
    bundles = sorted(str(path) for path in bundle.parent.glob("*.tflite"))
    done = subprocess.run(
        [sys.executable, "-c", every_task, str(bundle), *bundles],
        check=True,
        capture_output=True,
        encoding="utf-8",
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(place)},
    )
    assert done.stdout.splitlines()[-1] == f"{[0] * len(bundles)} 2"
    assert done.stderr.splitlines()[-1].startswith("edgernn eval: is not in the runtime's own wheel")


def modules_of(archive: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(archive) as opened:
        files = {name: opened.read(name) for name in opened.namelist() if name.endswith(".py")}
    return {name[:-3].replace("/", ".").removesuffix(".__init__"): data for name, data in files.items()}


def test_nothing_in_the_runtimes_own_wheel_imports_what_it_leaves_out(wheel, tmp_path):
    shipped = modules_of(make_runtime_wheel(wheel, tmp_path))
    left_out = modules_of(wheel).keys() - shipped.keys()
    assert "edgernn.edge_runtime.forecast.metrics" in left_out
    for name, data in shipped.items():
        (tmp_path / "module.py").write_bytes(data)
        assert not imported(tmp_path / "module.py") & left_out, name


@pytest.mark.parametrize("name", ["demo", "data", "train", "convert"])
def test_a_command_that_the_runtimes_wheel_lacks_says_what_to_install(name, capsys, monkeypatch):
    def missing(module):
        raise ModuleNotFoundError(f"No module named {module!r}", name=module.rsplit(".", 1)[0])

    monkeypatch.setattr("edgernn.edge_runtime.cli.main.quiet_native_logs_for_good", lambda: None)
    monkeypatch.setattr("importlib.import_module", missing)
    assert main([name]) == 2
    assert "is not in the runtime's own wheel, which is what is installed: pip install" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["other-1.0-py3-none-any.whl", "edgernn-1.0-py3-none-any.whl"])
def test_what_is_no_wheel_of_the_kit(tmp_path, name):
    (tmp_path / name).write_bytes(b"no archive")
    with pytest.raises(InputError, match="expected edgernn-VERSION"):
        make_runtime_wheel(tmp_path / name, tmp_path)


def test_the_base_install_is_the_runtime_alone():
    base = " ".join(PROJECT["project"]["dependencies"])
    for heavy in ("tensorflow", "keras", "tokenizers", "opencv", "rich"):
        assert heavy not in base
    assert set(PROJECT["project"]["optional-dependencies"]) == {
        *("text", "vision", "train", "convert", "forecast", "eval", "serve", "dev"),
    }


def imported(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative import"
            names.add(node.module or "")
    return names


# What each part may import of the kit, and the heavy packages that only it may import.
ALLOWED = {
    "edge_runtime": {"edgernn.edge_runtime"},
    "train": {"edgernn.train", "edgernn.edge_runtime"},
    "convert": {"edgernn.convert", "edgernn.edge_runtime"},
    "devices": {"edgernn.devices", "edgernn.edge_runtime"},
}
FORBIDDEN = {
    "edge_runtime": {"tensorflow", "keras", "rich", "torch", "jax"},
    "train": {"tensorflow", "torch", "jax"},
    "convert": {"torch", "jax"},
    "devices": {"tensorflow", "keras", "torch", "jax"},
}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_the_import_rule(file):
    part = file.relative_to(ROOT).parts[0]
    for name in imported(file):
        if name.startswith("edgernn"):
            assert ".".join(name.split(".")[:2]) in ALLOWED[part], name
        assert name.split(".")[0] not in FORBIDDEN[part], name


def modules_after(code: str) -> set[str]:
    script = f"{code}\nimport sys; print(' '.join(sorted(sys.modules)))"
    process = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    return set(process.stdout.decode().split())


def test_the_runtime_at_work_brings_in_no_framework():
    bundle = ROOT / "tests" / "fixtures" / "tiny.int8.tflite"
    loaded = modules_after(f"from edgernn.edge_runtime import load; load({str(bundle)!r}).classify('storm')")
    assert "ai_edge_litert" in loaded
    assert not loaded & {"tensorflow", "keras", "rich", "edgernn.train", "edgernn.convert", "pandas", "scipy"}


def test_importing_the_package_brings_in_no_engine():
    loaded = modules_after("import edgernn.edge_runtime")
    assert not loaded & {"ai_edge_litert", "tokenizers", "tflite_runtime", "argparse"}


def test_convert_waits_with_tensorflow_until_it_is_needed():
    loaded = modules_after("import edgernn.convert, edgernn.convert.api, edgernn.convert.cli")
    assert not loaded & {"tensorflow", "keras"}
