/**
 * How long it takes from opening the page to the first answer: `node app/scripts/first_answer.mjs BUNDLE.tflite ...`, after
 * `npm run build:app`. Each bundle, of a language model or a classifier, ships with the app; each time in a new browser (nothing is
 * kept), and once more when the app is on the device.
 */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { browser } from "./browser.mjs";
import { serve } from "./server.mjs";

const DIST = fileURLToPath(new URL("../dist", import.meta.url));
const TIMES = 3;

/** Milliseconds until a suggestion or a label shows; a classifier gets its text as soon as there is a box for it. */
async function firstAnswer(page, address) {
  await page.goto(address, { waitUntil: "domcontentloaded" });
  const shown = await page.waitForFunction(
    () => {
      const box = document.querySelector("textarea");
      if (document.body.dataset.task === "classify" && box && !box.value) {
        box.value = "Free entry! Text WIN to 80086 now";
        box.dispatchEvent(new Event("input", { bubbles: true }));
      }
      return document.querySelector(".chip, .bar") && performance.now();
    },
    { polling: 10, timeout: 120_000 },
  );
  return shown.jsonValue();
}

const folder = mkdtempSync(join(tmpdir(), "edgernn-app-"));
for (const bundle of process.argv.slice(2)) {
  const settings = join(folder, "app.json");
  writeFileSync(settings, JSON.stringify({ title: "EdgeRNN", model: { file: "model.tflite", name: "model" } }));
  const app = await serve(DIST, { others: { "/app.json": settings, "/model.tflite": bundle } });
  for (let time = 0; time < TIMES; time += 1) {
    const chromium = await browser();
    const page = await chromium.newPage();
    const first = await firstAnswer(page, app.address);
    await page.waitForFunction(() => document.querySelectorAll(".tile[data-good=true]").length === 2, { timeout: 120_000 });
    const again = await firstAnswer(page, app.address);
    const load = loadavg()[0].toFixed(1);
    console.log(`${basename(bundle)}: first visit ${Math.round(first)} ms, second visit ${Math.round(again)} ms (load of the machine ${load})`);
    await chromium.close();
  }
  await app.stop();
}
rmSync(folder, { recursive: true });
