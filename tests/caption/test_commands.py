"""`edgernn run` and `edgernn eval` for captioners."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from captioner import bundle, picture, write_captioner
from command import edgernn
from PIL import Image

from edgernn.edge_runtime import load
from edgernn.edge_runtime.caption.drawing import attention_tiles, halvings_to_draw, with_caption
from edgernn.edge_runtime.caption.outcome import Look
from edgernn.edge_runtime.caption.reading.corpus import open_captions
from edgernn.edge_runtime.cli.main import main
from edgernn.edge_runtime.errors import InputError


@pytest.fixture
def command(monkeypatch, capsys):
    """Runs a command in this process: status, standard output, standard error."""
    monkeypatch.setattr("edgernn.edge_runtime.cli.main.quiet_native_logs_for_good", lambda: None)

    def run(*words: object) -> tuple[int, str, str]:
        status = main([str(word) for word in words])
        return status, *capsys.readouterr()

    return run


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Three pictures and a file that is none."""
    place = tmp_path_factory.mktemp("pictures")
    for number in range(3):
        Image.fromarray(picture(number)).save(place / f"{number}.png")
    (place / "notes.txt").write_text("no picture", "utf-8")
    return place


def caption_of(number: int, **settings: object) -> str:
    return load(bundle()).caption(picture(number), **settings)[0].text


def test_a_line_for_each_picture(command, folder):
    expected = "".join(f"{folder / f'{n}.png'}: {caption_of(n)}\n" for n in range(3))
    assert command("run", bundle(), *(folder / f"{n}.png" for n in range(3))) == (0, expected, "")
    assert command("run", bundle(), folder) == (0, expected, "")
    one = folder / "1.png"
    assert command("run", bundle(), one, "--stream") == (0, f"{one}: {caption_of(1, beams=1)}\n", "")


def test_json_lines_of_the_n_best(command, folder):
    status, out, err = command("run", bundle(), folder, "--json", "--n-best", "5")
    assert (status, err) == (0, "")
    assert out.isascii()
    lines = [json.loads(line) for line in out.splitlines()]
    assert [Path(line["file"]).name for line in lines] == ["0.png", "1.png", "2.png"]
    for number, line in enumerate(lines):
        found = load(bundle()).caption(picture(number), beams=5, n_best=5)
        assert [(one["text"], one["score"]) for one in line["captions"]] == [(one.text, one.score) for one in found]
    status, out, _ = command("run", bundle(), folder / "0.png", "--n-best", "2")
    assert [float(line.split("\t")[0]) for line in out.splitlines()] == sorted(
        (float(line.split("\t")[0]) for line in out.splitlines()), reverse=True
    )
    assert len(out.splitlines()) == 2


def test_standard_input_in_a_process_of_its_own(folder):
    data = (folder / "1.png").read_bytes()
    assert edgernn("run", str(bundle()), "-", stdin=data, PYTHONIOENCODING="utf-8") == (0, f"-: {caption_of(1)}\n", "")
    status, out, err = edgernn("run", str(bundle()), "-", stdin=data[:200])
    assert (status, out) == (2, "")
    assert err.startswith("edgernn run: ")
    assert len(err.splitlines()) == 1


def spoilt(place: Path) -> dict[str, str | None]:
    """Files by name, and what is said of those that cannot be read."""
    jpeg = cv2.imencode(".jpg", picture(1))[1].tobytes()
    (place / "cut.jpg").write_bytes(jpeg[: len(jpeg) // 4])
    (place / "text.jpg").write_text("holiday", "utf-8")
    (place / "empty.png").write_bytes(b"")
    Image.fromarray(picture(0, 1, 1)).save(place / "dot.png")
    cv2.imwrite(str(place / "deep.png"), picture(1).astype(np.uint16) * 257)
    Image.fromarray(picture(1)).convert("RGBA").save(place / "alpha.png")
    Image.fromarray(picture(1)).convert("CMYK").save(place / "cmyk.jpg")
    Image.fromarray(picture(1)).convert("L").save(place / "grey.png")
    Image.fromarray(picture(1, 4, 3000)).save(place / "long.png")
    says = {"text.jpg": "a text file, no picture", "empty.png": "the file is empty", "gone.png": "No such file"}
    good = ("dot.png", "deep.png", "alpha.png", "cmyk.jpg", "grey.png", "long.png")
    return {"cut.jpg": "", **says, **dict.fromkeys(good)}


def test_bad_pictures_are_told_and_the_others_go_on(command, tmp_path):
    says = spoilt(tmp_path)
    status, out, err = command("run", bundle(), *(tmp_path / name for name in says))
    assert status == 2
    captioned = [Path(line.split(": ")[0]).name for line in out.splitlines()]
    assert all(line.split(": ")[1] for line in out.splitlines())
    bad = [name for name in says if name not in captioned]
    assert [name for name in captioned if name != "cut.jpg"] == [name for name, text in says.items() if text is None]
    # 8 of 16 bits, and an alpha of 255, change nothing.
    lines = dict(line.split(": ") for line in out.splitlines())
    assert lines[str(tmp_path / "alpha.png")] == caption_of(1)
    for name, line in zip(bad, err.splitlines(), strict=True):
        assert line.startswith(f"edgernn run: {tmp_path / name}: ")
        assert says[name] in line
    status, out, err = command("run", bundle(), *(tmp_path / name for name in says), "--json")
    assert (status, err) == (2, "")
    found = [json.loads(line) for line in out.splitlines()]
    assert [Path(line["file"]).name for line in found] == list(says)
    assert [Path(line["file"]).name for line in found if "error" in line] == bad


@pytest.mark.skipif(sys.platform == "win32", reason="resource is not there")
def test_a_folder_of_many_takes_no_more_memory(command, folder):
    from edgernn.edge_runtime.measure.memory import peak_memory_bytes

    many = [folder / f"{number % 3}.png" for number in range(150)]
    command("run", bundle(), *many[:30])
    before = peak_memory_bytes()
    assert command("run", bundle(), *many)[0] == 0
    assert peak_memory_bytes() - before < 24_000_000


@pytest.fixture(scope="module")
def film(tmp_path_factory) -> Path:
    """Three seconds of one picture, then three of another."""
    path = tmp_path_factory.mktemp("film") / "film.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 10.0, (60, 50))
    for number in range(60):
        writer.write(np.ascontiguousarray(picture(number // 30)[..., ::-1]))
    writer.release()
    return path


def test_a_film_stands_in_for_the_camera(command, film, tmp_path):
    status, out, err = command("run", bundle(), "--camera", film, "--every", "1.5")
    assert (status, err) == (0, "")
    times, captions = zip(*(line.split(" s: ") for line in out.splitlines()), strict=True)
    assert times == ("0.0", "1.5", "3.0", "4.5")
    assert captions[0] == captions[1] != captions[2] == captions[3]
    assert len(command("run", bundle(), "--camera", film)[1].splitlines()) == 3
    assert len(command("run", bundle(), "--camera", film, "--every", "1", "--seconds", "2.5")[1].splitlines()) == 3
    words = ("--camera", film, "--every", "1", "--max-frames", "2", "--json", "--draw", tmp_path / "drawn")
    lines = [json.loads(line) for line in command("run", bundle(), *words)[1].splitlines()]
    assert [(line["seconds"], line["frame"]) for line in lines] == [(0.0, 0), (1.0, 10)]
    assert sorted(file.name for file in (tmp_path / "drawn").iterdir()) == ["00000000.png", "00000010.png"]


def test_drawings(command, folder, tmp_path):
    drawn, looked = tmp_path / "drawn.png", tmp_path / "looked.png"
    status, out, _ = command("run", bundle(), folder / "0.png", "--draw", drawn, "--attention", looked)
    assert status == 0
    words = out.split(": ")[1].split()
    tiles = np.asarray(Image.open(looked))
    across = min(6, len(words) + 1)
    assert tiles.shape == (258 * -(-(len(words) + 1) // 6), 224 * across, 3)
    assert (tiles[224:258, :224] == 0).all(), "under the plain picture stands nothing"
    assert (tiles[224:258, 224:448] > 200).any()
    page = np.asarray(Image.open(drawn)).astype(int)
    assert page.shape == (300, 360, 3), "small pictures are enlarged"
    expected = picture(0).repeat(6, axis=0).repeat(6, axis=1)
    np.testing.assert_array_equal(page[:150], expected[:150])
    assert page[-8:].mean() < 0.5 * expected[-8:].mean()
    status, _, _ = command("run", bundle(), folder, "--attention", tmp_path / "several")
    assert status == 0
    assert sorted(file.name for file in (tmp_path / "several").iterdir()) == ["0.png", "1.png", "2.png"]


def test_large_pictures_are_drawn_on_in_half_their_size(command, tmp_path):
    large = tmp_path / "large.jpg"
    cv2.imwrite(str(large), np.full((3000, 5000, 3), 200, np.uint8))
    assert command("run", bundle(), large, "--draw", tmp_path / "drawn.png")[0] == 0
    with Image.open(tmp_path / "drawn.png") as drawn:
        assert drawn.size == (2500, 1500)
    sizes = [(4000, 3000), (4001, 3000), (8000, 6000), (205_000_000, 1)]
    assert [halvings_to_draw(*size) for size in sizes] == [0, 1, 1, 3]


def test_drawings_are_hot_where_a_word_looked():
    weights = np.zeros((4, 4), np.float32)
    weights[3, 0] = 1.0
    grey = np.full((32, 32, 3), 128, np.uint8)
    tiles = attention_tiles(grey, [Look("dog", (0, 3), weights)]).astype(int)
    assert (tiles[:224, :224] == 128).all()
    red, _, blue = tiles[200, 224 + 20], None, tiles[20, 224 + 200]
    assert red[0] > red[2] + 40, "red where it looked"
    assert blue[2] > blue[0] + 40, "blue elsewhere"


def test_letters_that_cannot_be_drawn_are_told(monkeypatch):
    grey = np.full((200, 400, 3), 128, np.uint8)
    if hasattr(cv2, "FontFace"):
        assert (with_caption(grey, "caf\u00e9 \u0440\u044b\u0431\u0430") > 200).any()
        with pytest.raises(InputError, match="cannot draw '\U0001f34e'"):
            with_caption(grey, "red \U0001f34e")
        monkeypatch.delattr(cv2, "FontFace")
    assert (with_caption(grey, "plain dog") > 200).any()
    with pytest.raises(InputError, match="cannot draw '\u00e9': opencv-python-headless 5 knows more"):
        with_caption(grey, "caf\u00e9")


def test_long_captions_are_wrapped():
    short = with_caption(np.full((400, 400, 3), 255, np.uint8), "a dog")
    long = with_caption(np.full((400, 400, 3), 255, np.uint8), "a dog and a cat " * 8 + "x" * 200)
    dark = [int((page[:, 1, 0] < 100).sum()) for page in (short, long)]
    assert dark[0] < 60 < 4 * dark[0] < dark[1]
    assert not (long[-dark[1] :, -8:] > 200).any(), "no letter at the edge"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "name pictures, a folder of them"),
        (("x.png", "--beams", "0"), "beams must be a whole number"),
        (("x.png", "--temperature", "1"), "a captioner, and --temperature: for language models only"),
        (("x.png", "--alignment"), "not a translator: --alignment"),
        (("x.png", "--stream", "--json"), "leave --json"),
        (("x.png", "--every", "1"), "--every: for --camera only"),
        (("--camera", "0", "--max-frames", "0"), "--max-frames must be more than 0"),
        (("--camera", "no.avi"), "no.avi: no such file"),
        (("x.png", "--camera", "0"), "name pictures or --camera, not both"),
    ],
)
def test_bad_usage(command, words, says):
    status, out, err = command("run", bundle(), *words)
    assert (status, out) == (2, "")
    assert says in err
    assert len(err.splitlines()) == 1


def test_what_only_captioners_take(command, int8_bundle, tmp_path):
    assert "not a captioner: --draw" in command("run", int8_bundle, "x", "--draw", tmp_path / "a.png")[2]
    assert "not a captioner" in command("eval", int8_bundle, "--data", "x", "--split", "test")[2]
    assert "holds no picture" in command("run", bundle(), tmp_path)[2]
    Image.fromarray(picture(0)).save(tmp_path / "one.png")
    found = command("run", bundle(), tmp_path / "one.png", "--draw", tmp_path / "a.bmp")
    assert found[0] == 2
    assert "written as .png or .jpg" in found[2]


@pytest.fixture
def data(tmp_path) -> Path:
    """Forty pictures in COCO's form; the captions of half of them are the model's own."""
    place = tmp_path / "mine"
    (place / "images").mkdir(parents=True)
    model, images, annotations = load(bundle()), [], []
    for number in range(40):
        Image.fromarray(picture(number)).save(place / "images" / f"{number}.png")
        images.append({"id": number, "file_name": f"{number}.png"})
        said = model.caption(picture(number), beams=1)[0].text if number % 2 else "nothing like it"
        annotations.append({"image_id": number, "caption": said})
    path = place / "captions.json"
    path.write_text(json.dumps({"images": images, "annotations": annotations}), "utf-8")
    return path


def test_eval_on_other_data(command, data):
    status, out, err = command("eval", bundle(), "--data", data, "--beams", "1", "--json")
    assert (status, err) == (0, "")
    found = json.loads(out)
    assert found["pictures"] == 40
    assert 0.4 < found["bleu_1"] < 0.7
    assert 1.0 < found["cider"] < 6.0
    assert found["scope"].startswith("the pictures of ")
    status, out, _ = command("eval", bundle(), "--data", data, "--beams", "1", "--limit", "10")
    lines = out.splitlines()
    assert lines[0].startswith("10 pictures: evenly out of the pictures of ")
    assert lines[1].split() == ["CIDEr", "BLEU-1", "BLEU-2", "BLEU-3", "BLEU-4", "chrF"]
    assert "pictures a second, beams 1" in lines[4]


def test_eval_divides_as_the_training_did(command, data, tmp_path):
    digest = hashlib.sha256(data.read_bytes()).hexdigest()
    trained = write_captioner(tmp_path / "trained.tflite", sha256=digest)
    expected = {name: len(part) for name, part in open_captions(str(data)).divided(3).items()}
    assert 0 < expected["test"] < 40
    for split, count in expected.items():
        status, out, _ = command("eval", trained, "--data", data, "--split", split, "--json")
        assert status == 0
        assert json.loads(out)["pictures"] == count
    assert "unseen in training" in command("eval", trained, "--data", data)[1]
    assert "no picture of it is marked as train" in command("eval", bundle(), "--data", data, "--split", "train")[2]


def test_eval_with_pictures_elsewhere_and_damaged(command, data, tmp_path):
    moved = tmp_path / "elsewhere"
    (data.parent / "images").rename(moved)
    status, _, err = command("eval", bundle(), "--data", data)
    assert status == 2
    assert "none of its 40 pictures is there" in err
    (moved / "0.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (moved / "1.png").unlink()
    status, out, err = command("eval", bundle(), "--data", data, "--pictures", moved, "--json")
    assert status == 0
    assert json.loads(out)["pictures"] == 38
    assert "1 of 40 pictures are not there" in err
    assert f"{moved / '0.png'}: " in err
    assert command("eval", bundle(), "--data", data, "--pictures", moved, "--limit", "0")[0] == 2
