/**
 * Takes the pictures of README.md: `node app/scripts/screenshots.mjs [FOLDER [NAME ...]]`, after `npm run build:app`.
 *
 * FOLDER holds a bundle for each task, named after it (`classify.tflite`); for those that are not there, the small ones of the
 * tests are taken. Pictures go to app/docs, at a phone's size, light and dark.
 */

import { existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { browser } from "./browser.mjs";
import { serve } from "./server.mjs";

const HERE = fileURLToPath(new URL("..", import.meta.url));
const FIXTURES = join(HERE, "../../../tests/fixtures");
const OUT = join(HERE, "docs");
const MOST_BYTES = 120_000;
const PHONE = { width: 390, height: 844, deviceScaleFactor: 1, isMobile: true, hasTouch: true };
const SMALL = { classify: "tiny.int8", lm: "words", tag: "tagger", translate: "translator", forecast: "series", caption: "drawings", model: "sensor" };

const type = (text) => async (page) => page.type("textarea", text);
const press = (name) => async (page) => page.click(`::-p-xpath(//main//button[text()="${name}"])`);

/** By name of the picture: the task, and what is done on its page. */
const PICTURES = {
  classify: { task: "classify", steps: [type("CONGRATULATIONS! You have won a 500 pound prize. Call 09061234567 now to claim.")] },
  lm: { task: "lm", steps: [type("I want soup because"), press("Write on")] },
  tag: { task: "tag", steps: [type("Angela Merkel visited Rome on Tuesday and met the head of the World Bank.")] },
  translate: { task: "translate", steps: [type("I have been living in this city for ten years.")] },
  forecast: { task: "forecast", steps: [press("Made-up series")] },
  caption: { task: "caption", steps: [picture] },
  model: { task: "model", steps: [press("Random values"), press("Compute")] },
  facts: { task: "classify", steps: [type("I'm on the bus, be home in ten minutes"), view("facts")] },
  open: { task: "classify", steps: [view("open")] },
};

async function picture(page) {
  const input = await page.$("[aria-label=Picture] input[type=file]");
  await input.uploadFile(join(FIXTURES, "drawing.png"));
}

function view(name) {
  return async (page) => page.click(`a[href="#${name}"]`);
}

function bundleOf(task, folder) {
  const own = folder && join(folder, `${task}.tflite`);
  return own && existsSync(own) ? own : join(FIXTURES, `${SMALL[task]}.tflite`);
}

async function take(chromium, address, name, scheme) {
  const page = await (await chromium.createBrowserContext()).newPage();
  await page.setViewport(PHONE);
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  const { task, steps } = PICTURES[name];
  await page.goto(`${address}?model=${task}.tflite`);
  await page.waitForSelector("body[data-state=open]", { timeout: 120_000 });
  for (const step of steps) await step(page);
  await page.waitForFunction(() => [...document.querySelectorAll(".tile[data-good]")].length === 2, { timeout: 120_000 });
  await page.waitForFunction(() => !document.querySelector("[aria-busy]"), { timeout: 120_000 });
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await page.waitForFunction(() => !document.querySelector("[aria-busy]"), { timeout: 120_000 });
  // Neither a cursor nor a focus that nobody has set.
  await page.evaluate(() => document.activeElement?.blur());
  const path = join(OUT, `${name}-${scheme}.png`);
  await page.screenshot({ path });
  if (statSync(path).size > MOST_BYTES) throw new Error(`${path} has more than ${MOST_BYTES} bytes`);
  await page.close();
}

const [folder, ...wanted] = process.argv.slice(2);
const names = wanted.length ? wanted : Object.keys(PICTURES);
const others = Object.fromEntries(Object.keys(SMALL).map((task) => [`/${task}.tflite`, bundleOf(task, folder)]));
mkdirSync(OUT, { recursive: true });
const app = await serve(join(HERE, "dist"), { others });
const chromium = await browser();
for (const name of names) for (const scheme of ["light", "dark"]) await take(chromium, app.address, name, scheme);
await chromium.close();
await app.stop();
