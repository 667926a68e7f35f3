"""The system's Chromium, and a real server for it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from serve.conftest import BUNDLES, FIXTURES

# Of the test machine, which may be busy; a page that hangs fails all the same.
PATIENCE_MS = 60_000
_NAMES = ("chromium", "chromium-browser", "google-chrome")


def find_chromium() -> str | None:
    """The browser's path; None where there is none. Nothing is downloaded."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


@contextmanager
def server(*words: str) -> Iterator[str]:
    """`edgernn serve` with every small bundle: the address of its page."""
    bundles = [str(FIXTURES / f"{name}.tflite") for name in BUNDLES]
    command = [sys.executable, "-m", "edgernn.edge_runtime.cli.main", "serve", *bundles, "--port", "0", *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in BUNDLES]
        yield f"http://{lines[0].split('http://')[1].split('/')[0]}/"
    finally:
        process.terminate()
        try:
            process.wait(60)
        finally:
            process.kill()


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # Chromium does not start its sandbox for root, as which tests in containers run; it sees this server alone.
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=["--no-sandbox", "--disable-gpu"], timeout=PATIENCE_MS
        )
        yield browser
        browser.close()


def open_page(browser: Any, url: str, scheme: str = "light", width: int = 900, height: int = 900) -> tuple[Any, list]:
    """A page, and what its console complains of, which grows."""
    page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": height})
    page.set_default_timeout(PATIENCE_MS)
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(url)
    return page, complaints


def choose(page: Any, model: str, operation: str = "") -> None:
    """A model, and what it is to do."""
    page.select_option("#model", model)
    if operation:
        page.select_option("#operation", operation)


def answer(page: Any) -> Any:
    """Runs what is filled in; the answer as it came."""
    page.evaluate("document.getElementById('shown').removeAttribute('aria-busy')")
    page.click("#run")
    # By a selector: the page's policy forbids what would be evaluated from a text.
    page.wait_for_selector("#shown[aria-busy=false]")
    return json.loads(page.text_content("#raw"))
