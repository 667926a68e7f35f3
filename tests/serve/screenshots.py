"""Pictures of the page for its documentation: `python tests/serve/screenshots.py`, with Chromium installed."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parent.parent
sys.path.insert(0, str(TESTS))

from serve.browser import answer, choose, chromium, open_page, server  # noqa: E402

HERE = TESTS.parent / "devices" / "raspberry_pi"
DESK, PHONE = 760, 390


def classify(page: Any) -> None:
    """A text into categories."""
    choose(page, "tiny.int8")
    page.fill("#f-text", "There was storm and rain, and the train was delayed")


def tag(page: Any) -> None:
    """Entities in a text."""
    choose(page, "tagger")
    page.fill("#f-text", "Ada Byron visited the rainy city of Rome in 1985.")


def forecast(page: Any) -> None:
    """Quarters that rise and swing."""
    choose(page, "series")
    values = [round(200 + 3 * step + 30 * math.sin(step * math.pi / 2), 1) for step in range(24)]
    page.fill("#f-history", json.dumps(values))


def caption(page: Any) -> None:
    """What is drawn."""
    choose(page, "drawings")
    page.set_input_files("#f-picture", str(TESTS / "fixtures" / "drawing.png"))


PICTURES = {
    "page-classify.png": (classify, "light", DESK),
    "page-forecast.png": (forecast, "dark", DESK),
    "page-tag-phone.png": (tag, "light", PHONE),
    "page-caption-phone.png": (caption, "dark", PHONE),
}


def main() -> None:
    """Writes each picture."""
    with server() as url, chromium() as browser:
        for name, (fill, scheme, width) in PICTURES.items():
            page, _ = open_page(browser, url, scheme, width, height=300)
            page.wait_for_selector("#work:not([hidden])")
            fill(page)
            answer(page)
            page.screenshot(path=HERE / name, full_page=True)
            page.close()


if __name__ == "__main__":
    main()
