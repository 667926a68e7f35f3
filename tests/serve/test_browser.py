"""The page of `edgernn serve` in a real browser, against a real server: each task, light and dark, on a phone too."""

from __future__ import annotations

import json

import numpy as np
import pytest
from serve.browser import answer, choose, chromium, find_chromium, open_page, server
from serve.conftest import BUNDLES, FIXTURES

pytestmark = [
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium here: sudo apt-get install chromium"),
    pytest.mark.xdist_group("browser"),
]
PHONE, DESK = 390, 1200
HISTORY = [112, 118, 132, 129, 121, 135, 148, 148, 136, 119, 104, 118, 115, 126, 141, 135]


@pytest.fixture(scope="module")
def url():
    with server() as found:
        yield found


@pytest.fixture(scope="module")
def browser():
    with chromium() as found:
        yield found


@pytest.fixture(params=[("light", DESK), ("dark", PHONE)], ids=["light-desk", "dark-phone"])
def page(request, browser, url):
    """A page that must not have complained, nor be wider than its screen, when the test is over."""
    scheme, width = request.param
    found, complaints = open_page(browser, url, scheme, width)
    found.wait_for_selector("#work:not([hidden])")
    yield found
    assert found.evaluate("document.documentElement.scrollWidth") <= width
    assert complaints == []
    found.close()


def bars(page):
    return [one.text_content() for one in page.query_selector_all("#shown .bar > span:first-child")]


def text(page):
    return page.text_content("#shown .text")


def test_every_model_can_be_chosen(page):
    assert page.evaluate("[...document.getElementById('model').options].map(o => o.value)") == list(BUNDLES)
    for name in BUNDLES:
        choose(page, name)
        facts = page.text_content("#facts")
        assert facts.startswith(f"{name}, ")
        assert "self-test passed" in facts


def test_light_and_dark_are_different_and_readable(page, browser, url):
    def colours(one):
        return one.evaluate("(s => [s.color, s.backgroundColor])(getComputedStyle(document.body))")

    def brightness(colour):
        return sum(int(part) for part in colour.strip("rgb()").split(","))

    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    ink, ground = (brightness(one) for one in colours(page))
    assert (ink > ground + 300) if dark else (ground > ink + 300)


def test_classify(page, own):
    choose(page, "tiny.int8")
    page.fill("#f-text", "storm and rain, 4")
    found = answer(page)
    wanted = own("tiny.int8").classify("storm and rain, 4")
    assert found["categories"] == [{"label": one.label, "score": one.score} for one in wanted]
    assert bars(page) == [one.label for one in wanted]
    assert bars(page)[0] == "weather"


def test_a_text_is_written_as_it_comes(page, own):
    choose(page, "words", "/v1/lm/complete")
    page.fill("#f-prompt", "I want")
    page.click("#form summary")
    page.fill("#f-max_tokens", "12")
    page.fill("#f-seed", "3")
    wanted = own("words").generate("I want", max_tokens=12, seed=3)
    assert answer(page)["text"] == wanted
    assert page.is_checked("input[name=stream]")
    assert text(page) == f"I want{wanted}"
    page.uncheck("input[name=stream]")
    assert answer(page)["text"] == wanted
    assert text(page) == f"I want{wanted}"


def test_next_words(page, own):
    choose(page, "words", "/v1/lm/next")
    page.fill("#f-text", "I w")
    answer(page)
    assert bars(page)
    assert bars(page) == [one.text for one in own("words").next_tokens("I w")][: len(bars(page))]


def test_tag(page, own):
    choose(page, "tagger")
    said = "\U0001f600 Ada Byron visited S\u00e3o Paulo in 1985."
    page.fill("#f-text", said)
    answer(page)
    wanted = [said[one.start : one.end] for one in own("tagger").tag(said).entities]
    assert wanted
    marks = page.evaluate("[...document.querySelectorAll('#shown mark')].map(m => m.firstChild.textContent)")
    assert marks == wanted
    assert len(page.query_selector_all("#shown tbody tr")) == len(own("tagger").tag(said))


def test_translate(page, own):
    choose(page, "translator")
    page.fill("#f-text", "I see the dog today.")
    answer(page)
    assert text(page) == "".join(own("translator").translate("I see the dog today.", stream=True))
    page.uncheck("input[name=stream]")
    answer(page)
    assert text(page) == own("translator").translate("I see the dog today.")[0].text


def test_forecast(page, own):
    choose(page, "series")
    page.fill("#f-history", json.dumps(HISTORY))
    found = answer(page)
    wanted = own("series").forecast(HISTORY)
    assert found["mean"] == wanted.mean.tolist()
    assert page.is_visible("#shown svg polyline.ahead")
    rows = page.evaluate("[...document.querySelectorAll('#shown tbody tr')].map(r => Number(r.cells[1].textContent))")
    assert rows == pytest.approx(wanted.mean.tolist(), rel=1e-4)


def test_caption(page):
    choose(page, "drawings")
    page.set_input_files("#f-picture", str(FIXTURES / "drawing.png"))
    assert answer(page)["text"] == "A yellow triangle on a dark ground."
    assert text(page) == "A yellow triangle on a dark ground."
    seen = page.query_selector("#form img")
    assert seen.is_visible()
    assert seen.evaluate("picture => picture.naturalWidth") == 48
    assert "-F 'picture=@drawing.png'" in page.text_content("#curl")


def test_a_bare_model(page, own):
    choose(page, "sensor")
    page.fill("#f-inputs", json.dumps({"x": [[[0.5, -1.0], [0.25, 2.0]]]}))
    x = np.array([[[0.5, -1.0], [0.25, 2.0]]], np.float32)
    assert answer(page)["outputs"]["y"] == own("sensor").run({"x": x})["y"].tolist()


def test_what_is_wrong_is_said(page):
    choose(page, "series")
    page.fill("#f-history", "1, 2, oops")
    page.click("#run")
    page.wait_for_selector("#shown .bad")
    assert "write it as JSON" in page.text_content("#shown .bad")


def test_all_addresses(browser, url):
    page, complaints = open_page(browser, f"{url}docs")
    page.wait_for_selector("article:nth-child(9)")
    titles = page.evaluate("[...document.querySelectorAll('h2')].map(h => h.textContent)")
    assert {"POST/v1/classify", "POST/v1/caption", "GET/health", "DELETE/v1/sessions/{id}"} <= set(titles)
    assert complaints == []
    page.close()


def test_a_token_is_asked_for(browser, tmp_path):
    (tmp_path / "token").write_text("sixteen-letters-or-more\n", encoding="ascii")
    (tmp_path / "token").chmod(0o600)
    with server("--token-file", str(tmp_path / "token")) as url:
        page, _ = open_page(browser, url)
        page.wait_for_selector("#login:not([hidden])")
        assert not page.is_visible("#work")
        page.fill("#token", "wrong")
        page.click("#login button")
        page.wait_for_selector("#token:focus")
        page.fill("#token", "sixteen-letters-or-more")
        page.click("#login button")
        page.wait_for_selector("#work:not([hidden])")
        choose(page, "tiny.int8")
        assert answer(page)["categories"]
        assert "sixteen-letters" not in page.content()
        page.close()
