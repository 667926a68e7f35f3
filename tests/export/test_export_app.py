"""`edgernn export-app`: projects, written whole or not at all."""

from __future__ import annotations

import dataclasses
import html
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from command import edgernn

from edgernn.devices.export import folder as folders
from edgernn.devices.export.api import export_app
from edgernn.devices.export.cli import PLATFORM_NAMES
from edgernn.devices.export.folder import write_folder
from edgernn.devices.export.platforms import PLATFORMS
from edgernn.edge_runtime.bundle import read_bundle
from edgernn.edge_runtime.errors import InputError

FIXTURES = Path(__file__).parent.parent / "fixtures"
BUNDLE = FIXTURES / "tiny.int8.tflite"
WEB = Path(__file__).parent.parent.parent / "devices" / "web"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_command_knows_every_platform():
    assert tuple(PLATFORMS) == PLATFORM_NAMES
    for name, platform in PLATFORMS.items():
        assert platform.name == name


def test_a_web_project_holds_the_app_the_runtime_and_the_bundle(tmp_path):
    out = tmp_path / "site"
    title = "Spam & <ham>"
    status, stdout, stderr = edgernn(
        "export-app", str(BUNDLE), "--platform", "web", "-o", str(out), "--title", title, "--name", "spam-app", "--json"
    )
    assert (status, stderr) == (0, "")
    found = contents(out)
    told = json.loads(stdout)
    assert told["files"] == len(found)
    assert told["bytes"] == sum(map(len, found.values()))
    assert (told["platform"], told["next"][0]) == ("web", "npm ci")
    assert found["app/public/model.tflite"] == BUNDLE.read_bytes()
    for kept in (
        "src/index.ts",
        "app/src/app.ts",
        "app/vite.config.ts",
        "app/src/style.css",
        "app/public/icon-512.png",
    ):
        assert found[kept] == (WEB / kept).read_bytes()
    assert json.loads(found["app/public/app.json"]) == {
        "title": title,
        "model": {"file": "model.tflite", "name": "spam-app"},
    }
    manifest = json.loads(found["app/public/manifest.webmanifest"])
    assert (manifest["name"], manifest["short_name"], manifest["display"]) == (title, title, "standalone")
    assert f"<title>{html.escape(title)}</title>" in found["app/index.html"].decode()
    lock = json.loads(found["package-lock.json"])
    assert json.loads(found["package.json"])["name"] == lock["name"] == lock["packages"][""]["name"] == "spam-app"
    assert found[".gitignore"] == b"node_modules/\napp/dist/\n"
    readme = found["README.md"].decode()
    assert readme.startswith(f"# {title}\n")
    assert "(classify)" in readme
    assert "sentences.csv (licence: unknown)" in readme
    assert not [name for name in found if "tests/" in name or "docs/" in name or "node_modules" in name]
    assert not list(tmp_path.glob(".site*"))


def test_an_android_project_is_the_library_the_adapter_and_the_app(tmp_path):
    out = tmp_path / "app"
    export_app(BUNDLE, "android", out, title='@ "Spam" \\ <ham>', name="spam-app")
    found = contents(out)
    assert found["sample/src/main/assets/model.tflite"] == BUNDLE.read_bytes()
    kotlin = "library/src/main/kotlin/edgernn/runtime/tasks/TextClassifier.kt"
    assert found[kotlin] == (WEB.parent / "android" / kotlin).read_bytes()
    assert 'rootProject.name = "spam-app"' in found["settings.gradle.kts"].decode()
    assert 'applicationId = "edgernn.app.spam_app"' in found["sample/build.gradle.kts"].decode()
    manifest = ElementTree.fromstring(found["sample/src/main/AndroidManifest.xml"])
    label = manifest.find("application").get("{http://schemas.android.com/apk/res/android}label")
    assert label == '\\@ "Spam" \\\\ <ham>'
    for module in re.findall(r'":(\w+)"', found["settings.gradle.kts"].decode()):
        assert f"{module}/build.gradle.kts" in found
    assert "gradle/libs.versions.toml" in found
    assert not [name for name in found if name.startswith(("tests/", "jvm/", "node_modules/")) or "/build/" in name]


def test_an_ios_project_is_a_package_without_the_kits_tests(tmp_path):
    out = tmp_path / "app"
    export_app(BUNDLE, "ios", out, title='a "b" \\(c)')
    found = contents(out)
    assert found["Resources/model.tflite"] == BUNDLE.read_bytes()
    package = found["Package.swift"].decode()
    assert "EdgeRNNTests" not in package
    assert package.count("(") == package.count(")")
    for target in re.findall(r'\.target\(\s*name: "(\w+)"', package):
        folder = "Example/" if target == "EdgeRNNExample" else f"Sources/{target}/"
        assert [name for name in found if name.startswith(folder)], target
    assert '.navigationTitle("a \\"b\\" \\\\(c)")' in found["Example/BundleView.swift"].decode()
    assert not [name for name in found if name.startswith(("Tests/", ".build/"))]


@pytest.mark.parametrize("platform", PLATFORM_NAMES)
def test_every_projects_readme_names_model_data_and_what_has_not_run(tmp_path, platform):
    export_app(BUNDLE, platform, tmp_path / "out", title="The title")
    readme = (tmp_path / "out" / "README.md").read_text("utf-8")
    assert readme.startswith("# The title\n")
    assert PLATFORMS[platform].bundle in readme
    assert "(classify)" in readme
    assert "sentences.csv (licence: unknown)" in readme
    assert "{" not in readme


def test_the_projects_versions_are_those_that_are_tested():
    template, ours = (
        json.loads((WEB / name).read_text("utf-8")) for name in ("app/project/package.json", "package.json")
    )
    assert template["dependencies"] == ours["dependencies"]
    assert template["devDependencies"].items() <= ours["devDependencies"].items()
    lock = json.loads((WEB / "app/project/package-lock.json").read_text("utf-8"))
    assert lock["packages"][""]["dependencies"] == template["dependencies"]
    assert lock["packages"][""]["devDependencies"] == template["devDependencies"]
    assert not [one for one in lock["packages"].values() if "resolved" in one]


def test_names_come_from_the_file(tmp_path):
    strange = tmp_path / "2 Ünd.v1.tflite"
    strange.write_bytes(BUNDLE.read_bytes())
    export_app(strange, "web", tmp_path / "out")
    assert json.loads((tmp_path / "out/package.json").read_text("utf-8"))["name"] == "model-2-nd-v1"
    assert json.loads((tmp_path / "out/app/public/app.json").read_text("utf-8"))["title"] == "2 Ünd.v1"


def damaged(tmp_path: Path) -> Path:
    data = bytearray(BUNDLE.read_bytes())
    data[len(data) // 3] ^= 1
    path = tmp_path / "damaged.tflite"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("missing.tflite", "--platform", "web", "-o", "out"), "missing.tflite: no such file"),
        (("damaged.tflite", "--platform", "web", "-o", "out"), "damaged.tflite: damaged (its SHA-256"),
        (("plain.tflite", "--platform", "web", "-o", "out"), "not an EdgeRNN bundle"),
        (
            ("good.tflite", "--platform", "web", "-o", "full"),
            "full: is not empty: choose another folder, or give --force",
        ),
        (("good.tflite", "--platform", "web", "-o", "good.tflite"), "good.tflite: is a file: choose another folder"),
        (("good.tflite", "--platform", "web", "-o", "no/out"), "no: no such folder: make it first"),
        (("good.tflite", "--platform", "web", "-o", "out", "--title", "a\nb"), "--title: 1 to 60 printable characters"),
        (
            ("good.tflite", "--platform", "web", "-o", "out", "--title", "a" * 61),
            "--title: 1 to 60 printable characters",
        ),
        (("good.tflite", "--platform", "web", "-o", "out", "--title", " "), "--title: 1 to 60 printable characters"),
        (("good.tflite", "--platform", "web", "-o", "out", "--name", "../x"), "--name '../x': lower-case letters"),
        (("good.tflite", "--platform", "palm", "-o", "out"), "invalid choice: 'palm'"),
        (("good.tflite", "--platform", "web"), "the following arguments are required: -o/--out"),
    ],
)
def test_bad_input_is_told_in_one_line_and_leaves_nothing(tmp_path, monkeypatch, words, message):
    monkeypatch.chdir(tmp_path)
    damaged(tmp_path)
    (tmp_path / "good.tflite").write_bytes(BUNDLE.read_bytes())
    (tmp_path / "plain.tflite").write_bytes(b"TFL3 but nothing else")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    before = contents(tmp_path)
    status, stdout, stderr = edgernn("export-app", *words)
    assert (status, stdout) == (2, "")
    assert stderr.startswith("edgernn export-app: ")
    assert message in stderr
    assert stderr.count("\n") == 1
    assert contents(tmp_path) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["damaged.tflite", "full", "good.tflite", "plain.tflite"]


def test_a_platform_without_sources_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr("edgernn.devices.export.api._DEVICES", tmp_path)
    with pytest.raises(InputError, match="--platform web: its sources are not installed here"):
        export_app(BUNDLE, "web", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_browsers_cannot_run_is_refused_with_every_reason():
    bundle = read_bundle(BUNDLE)
    assert PLATFORMS["web"].obstacles(bundle) == []
    execution = bundle.manifest.execution
    first = execution.signatures[0]
    inputs = tuple(dataclasses.replace(one, dtype="int8") for one in first.inputs)
    outputs = tuple(dataclasses.replace(one, shape=(1, None)) for one in first.outputs)
    spoilt = dataclasses.replace(first, inputs=inputs, outputs=outputs)
    signatures = (spoilt, *execution.signatures[1:])
    manifest = dataclasses.replace(bundle.manifest, execution=dataclasses.replace(execution, signatures=signatures))
    assert PLATFORMS["web"].obstacles(dataclasses.replace(bundle, manifest=manifest)) == [
        "tokens is int8, and browsers take float32 and int32: edgernn convert --target web",
        "probabilities has an axis without a size, which browsers cannot: edgernn convert --lowering chunked",
    ]


def test_force_replaces_files_of_the_same_name_and_keeps_others(tmp_path):
    out = tmp_path / "out"
    export_app(BUNDLE, "web", out, title="first")
    (out / "mine.txt").write_text("mine")
    export_app(FIXTURES / "words.tflite", "web", out, title="second", force=True)
    found = contents(out)
    assert found["mine.txt"] == b"mine"
    assert found["app/public/model.tflite"] == (FIXTURES / "words.tflite").read_bytes()
    assert json.loads(found["app/public/app.json"])["title"] == "second"


def test_an_empty_folder_and_a_link_to_one_are_filled(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "empty")
    write_folder(tmp_path / "link", {"a/b.txt": b"1"})
    assert contents(tmp_path / "empty") == {"a/b.txt": b"1"}
    assert (tmp_path / "link").is_symlink()


def failing_after(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets the disk fill up while files are written, or moved to their places."""
    calls = iter(range(1_000_000))

    def fails(original):
        def wrapped(self, *args):
            if next(calls) == count:
                raise OSError(28, "No space left on device")
            return original(self, *args)

        return wrapped

    monkeypatch.setattr(folders.Path, "write_bytes", fails(Path.write_bytes))
    monkeypatch.setattr(folders.Path, "rename", fails(Path.rename))


@pytest.mark.parametrize("count", range(9))
@pytest.mark.parametrize("exists", [False, True])
def test_a_failure_at_any_point_leaves_everything_as_it_was(tmp_path, monkeypatch, count, exists):
    out = tmp_path / "out"
    if exists:
        (out / "a").mkdir(parents=True)
        (out / "a" / "one").write_bytes(b"old")
        (out / "mine").write_bytes(b"mine")
    before = contents(tmp_path)
    files = {"a/one": b"new", "b/two": b"new", "three": b"new"}
    # New: three files and one rename; forced: three files, one kept aside, three moved.
    steps = 7 if exists else 4
    with monkeypatch.context() as patch:
        failing_after(count, patch)
        if count >= steps:
            write_folder(out, files, force=True)
        else:
            with pytest.raises(InputError, match=r"cannot write .*out: No space left on device"):
                write_folder(out, files, force=True)
    kept = {"out/mine": b"mine"} if exists else {}
    after = {**{f"out/{name}": data for name, data in files.items()}, **kept}
    assert contents(tmp_path) == (after if count >= steps else before)
    assert (out / "b").exists() == (count >= steps)
    assert not list(tmp_path.glob(".out*"))
