/** The app in WebKitGTK, the nearest to Safari: texts in, labels and words out. */

import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { until, withWebKit } from "../../tests/browsers/webkit";
import { serveApp, vectors } from "./support";

const INSTALLED = ["/usr/bin/WebKitWebDriver", "/usr/bin/xvfb-run"].every((one) => existsSync(one));
const PATIENCE = 120_000;

/** Puts a text into the page's first box. */
function typed(text: string): string {
  return `(() => { const box = document.querySelector("textarea"); box.value = ${JSON.stringify(text)};
    box.dispatchEvent(new Event("input", { bubbles: true })); })()`;
}

test.skipIf(!INSTALLED)("WebKitGTK classifies, suggests and proves itself", async () => {
  const app = await serveApp();
  try {
    await withWebKit(async ({ open, evaluate }) => {
      const shows = (selector: string) => `[...document.querySelectorAll(${JSON.stringify(selector)})].map((one) => one.textContent)`;
      const expecting = async (selector: string, wanted: string[]) => {
        await until(PATIENCE, async () => JSON.stringify(await evaluate(shows(selector))) === JSON.stringify(wanted)).catch(() => undefined);
        expect(await evaluate(shows(selector))).toEqual(wanted);
      };
      const { text, categories } = vectors("classify").cases.find((one: any) => one.bundle === "tiny.int8");
      await open(`${app.address}?model=m/tiny.int8.tflite`);
      await until(PATIENCE, async () => (await evaluate("document.body.dataset.state")) === "open");
      await evaluate(typed(text));
      await expecting(".bar-label", categories.map((one: any) => one.label));
      await expecting(".tile[data-good=true] dd", ["passed (20)", "ready"]);
      const next = vectors("lm").next.find((one: any) => one.bundle === "words" && one.k === 3 && one.text.length > 3);
      await open(`${app.address}?model=m/words.tflite`);
      await until(PATIENCE, async () => (await evaluate("document.body.dataset.state")) === "open");
      await evaluate(typed(next.text));
      await expecting(".chip-text", next.suggestions.map((one: any) => one.text));
    });
  } finally {
    await app.stop();
  }
});
