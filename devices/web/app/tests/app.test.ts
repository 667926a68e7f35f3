/** The app around the tasks: opening, keeping, working without a network, keyboard, screen readers, screens. */

import { readFileSync, writeFileSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BROWSERS, DIST, fixture, hasFixture, launch, Screen, serveApp } from "./support";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TASKS = ["tiny.int8", "words", "tagger", "translator", "series", "captioner", "sensor"].filter(hasFixture);

describe.each(BROWSERS)("%s", (name) => {
  let browser: Browser;
  let app: Awaited<ReturnType<typeof serveApp>>;
  beforeAll(async () => {
    [browser, app] = await Promise.all([launch(name), serveApp()]);
  });
  afterAll(async () => {
    await browser.close();
    await app.stop();
  });

  /** A page of its own, with nothing kept. */
  async function fresh(address = app.address): Promise<Screen> {
    const context = await browser.createBrowserContext();
    return new Screen(await context.newPage(), address);
  }

  async function classified(screen: Screen): Promise<string> {
    await screen.put("Text", "storm and rain, 4");
    await screen.until(() => document.querySelector(".bar")?.checkVisibility());
    return (await screen.texts(".headline strong"))[0]!;
  }

  test("without a model it asks for one, and opens a file", async () => {
    const screen = await fresh();
    await screen.page.goto(screen.address);
    await screen.until(() => document.body.dataset.state === "idle");
    expect(await screen.page.$eval("[data-current=true] h2", (one) => one.textContent)).toBe("Open a model");
    const input = (await screen.page.$("[aria-labelledby=h-open] input[type=file]"))!;
    await input.uploadFile(fixture("tiny.int8"));
    await screen.opened();
    expect(await classified(screen)).toBe("weather");
    expect(await screen.texts(".model-name")).toEqual(["tiny.int8, 57 kB"]);
    await screen.tileShows("Self-test", "passed (20)");
    expect(await screen.texts(".fact dt")).toContain("Recipe");
    expect(await screen.tile("Engine memory")).toMatch(/^\d+\.\d MB$/);
    expect(await screen.tile("Last answer")).toMatch(/ m?s$/);
    expect(screen.errors).toEqual([]);
  });

  test("a bundle that is dropped on the page opens", async () => {
    const screen = await fresh();
    await screen.open("sensor");
    await screen.page.evaluate(async (address) => {
      const bytes = await (await fetch(address)).arrayBuffer();
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([bytes], "dropped.tflite"));
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
    }, `${screen.address}m/tiny.float32.tflite`);
    await screen.until(() => document.body.dataset.task === "classify");
    expect(await screen.texts(".model-name")).toEqual(["dropped, 90 kB"]);
    expect(await classified(screen)).toBe("weather");
  });

  test.each([
    ["m/none.tflite", "/m/none.tflite: the site answers 404 Not Found."],
    ["https://example.com/x.tflite", "Only addresses on this site"],
    ["index.html", "not an EdgeRNN bundle"],
  ])("what cannot be opened is told: %s", async (address, message) => {
    const screen = await fresh();
    await screen.page.goto(`${screen.address}?model=${encodeURIComponent(address)}`);
    expect(await screen.complained()).toContain(message);
    expect(await screen.page.$eval("[data-current=true] h2", (one) => one.textContent)).toBe("Open a model");
    // By hand, the right address does it.
    await screen.put("Address on this site", "m/tiny.int8.tflite");
    await screen.press("Open the address");
    await screen.until(() => document.body.dataset.state === "open");
    expect(await screen.complaint()).toBe("");
  });

  test("a damaged bundle is refused, and the model that was open stays in use", async () => {
    const screen = await fresh();
    const folder = mkdtempSync(join(tmpdir(), "edgernn-app-"));
    const content = readFileSync(fixture("tiny.int8"));
    content[20_000]! ^= 1;
    writeFileSync(join(folder, "damaged.tflite"), content);
    await screen.open("tiny.float32");
    const input = (await screen.page.$("[aria-labelledby=h-open] input[type=file]"))!;
    await input.uploadFile(join(folder, "damaged.tflite"));
    expect(await screen.complained()).toMatch(/^damaged: damaged \(.*SHA-256.*\): copy it again, or convert again/);
    expect(await screen.texts(".model-name")).toEqual(["tiny.float32, 90 kB"]);
    await screen.page.evaluate(() => void (location.hash = "#try"));
    expect(await classified(screen)).toBe("weather");
    rmSync(folder, { recursive: true });
    expect(screen.errors).toEqual([]);
  });

  test("it works with the server stopped, and with a bundle that was a file", async () => {
    const own = await serveApp();
    const screen = await fresh(own.address);
    await screen.page.goto(own.address);
    await screen.until(() => document.body.dataset.state === "idle");
    const input = (await screen.page.$("[aria-labelledby=h-open] input[type=file]"))!;
    await input.uploadFile(fixture("tiny.int8"));
    await screen.opened();
    await screen.tileShows("Without network", "ready");
    await own.stop();
    await screen.page.goto(own.address);
    await screen.opened();
    expect(await screen.texts(".model-name")).toEqual(["tiny.int8, 57 kB"]);
    expect(await classified(screen)).toBe("weather");
    await screen.tileShows("Self-test", "passed (20)");
    expect(screen.errors).toEqual([]);
  });

  test("the model that the app ships with opens at once, and is there without a network", async () => {
    const folder = mkdtempSync(join(tmpdir(), "edgernn-app-"));
    const settings = { title: "Weather or food", model: { file: "model.tflite", name: "topics" } };
    writeFileSync(join(folder, "app.json"), JSON.stringify(settings));
    const own = await serveApp({ "/app.json": join(folder, "app.json"), "/model.tflite": fixture("tiny.int8") });
    const screen = await fresh(own.address);
    await screen.page.goto(own.address);
    await screen.opened();
    expect(await screen.texts("h1")).toEqual(["Weather or food"]);
    expect(await screen.page.title()).toBe("topics – Weather or food");
    await screen.tileShows("Without network", "ready");
    await own.stop();
    await screen.page.goto(own.address);
    await screen.opened();
    expect(await classified(screen)).toBe("weather");
    rmSync(folder, { recursive: true });
  });

  test("what is kept can be opened again, and removed", async () => {
    const screen = await fresh();
    await screen.open("tiny.int8");
    await screen.open("words");
    await screen.page.click("a[href='#open']");
    await screen.shows(".shelf strong", ["tiny.int8", "words"]);
    await screen.page.click("[aria-label='Open tiny.int8']");
    await screen.until(() => document.body.dataset.task === "classify");
    await screen.page.click("a[href='#open']");
    await screen.page.click("[aria-label='Remove words from this device']");
    await screen.shows(".shelf strong", ["tiny.int8"]);
  });

  test("by keyboard alone: skip link, box, views", async () => {
    const screen = await fresh();
    await screen.open("tiny.int8");
    await screen.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await screen.page.keyboard.press("Tab");
    expect(await focused(screen.page)).toBe("Skip to the model");
    await screen.page.keyboard.press("Enter");
    expect(await screen.page.evaluate(() => document.activeElement?.id)).toBe("main");
    await screen.page.keyboard.press("Tab");
    expect(await screen.page.evaluate(() => document.activeElement?.tagName)).toBe("TEXTAREA");
    await screen.page.keyboard.type("storm and rain, 4");
    await screen.until(() => document.querySelector(".headline strong")?.textContent === "weather");
    // What changed is told, once it has come to rest.
    await screen.until(() => /^weather, \d+ %$/.test(document.querySelector(".unseen[role=status]")?.textContent ?? ""));
    await screen.page.focus("a[href='#open']");
    await screen.page.keyboard.press("Enter");
    await screen.until(() => document.activeElement?.id === "h-open");
    expect(await screen.values("a[aria-current=page]", "href")).toEqual(["#open"]);
  });

  test("nothing is wider than a small phone", async () => {
    const screen = await fresh();
    await screen.page.setViewport({ width: 360, height: 640 });
    for (const bundle of TASKS) {
      await screen.open(bundle);
      for (const view of ["#try", "#facts", "#open"]) {
        await screen.page.evaluate((hash) => void (location.hash = hash), view);
        const wide = await screen.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        expect([bundle, view, wide]).toEqual([bundle, view, 0]);
      }
    }
  });
});

function focused(page: Page): Promise<string> {
  return page.evaluate(() => document.activeElement?.textContent ?? "");
}

describe("accessibility", () => {
  let browser: Browser;
  let app: Awaited<ReturnType<typeof serveApp>>;
  beforeAll(async () => {
    [browser, app] = await Promise.all([launch("chromium"), serveApp()]);
  });
  afterAll(async () => {
    await browser.close();
    await app.stop();
  });

  /** Fills each page, so that its answer is looked at too. */
  const FILL: Record<string, (screen: Screen) => Promise<void>> = {
    "tiny.int8": (screen) => screen.put("Text", "storm and rain, 4"),
    words: async (screen) => {
      await screen.put("Your text", "I want");
      await screen.press("Write on");
    },
    tagger: (screen) => screen.put("Text", "Ada Byron visited Rome."),
    translator: (screen) => screen.put("Text to translate", "the red cat sleeps"),
    series: (screen) => screen.press("Made-up series"),
    captioner: () => Promise.resolve(),
    sensor: (screen) => screen.press("Compute"),
  };

  describe.each(["light", "dark"])("%s", (scheme) => {
    test.each(TASKS)("%s", async (bundle) => {
      const page = await browser.newPage();
      await page.setViewport({ width: 390, height: 844 });
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      const screen = new Screen(page, app.address);
      await screen.open(bundle);
      await FILL[bundle]!(screen);
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await page.evaluate(AXE);
      for (const view of ["#try", "#facts", "#open"]) {
        await page.evaluate((hash) => void (location.hash = hash), view);
        await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
        await new Promise((resolve) => setTimeout(resolve, 400));
        const faults = await page.evaluate(async () => {
          const { violations } = await (window as any).axe.run(document, {
            runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
          });
          return violations.map((one: any) => `${one.impact} ${one.id}: ${one.nodes.map((node: any) => node.html).join(" ")}`);
        });
        expect([view, faults]).toEqual([view, []]);
      }
      await page.close();
    });
  });
});

describe("installing", () => {
  const manifest = JSON.parse(readFileSync(`${DIST}/manifest.webmanifest`, "utf8"));

  test("the manifest names icons that are there, in their sizes", () => {
    expect(manifest).toMatchObject({ display: "standalone", start_url: "./", scope: "./" });
    for (const { src, sizes, type } of manifest.icons) {
      const content = readFileSync(join(DIST, src));
      if (type !== "image/png") continue;
      const [width, height] = [content.readUInt32BE(16), content.readUInt32BE(20)];
      expect(`${width}x${height}`).toBe(sizes);
    }
    expect(manifest.icons.map((one: any) => one.purpose)).toContain("maskable");
  });

  test("the service worker keeps every file but the engine's kinds, and nothing that is not there", () => {
    const worker = readFileSync(`${DIST}/sw.js`, "utf8");
    const list: string[] = JSON.parse(worker.match(/\["\.\/".*?\]/)![0]);
    for (const file of list.slice(1)) expect(readFileSync(join(DIST, file)).length).toBeGreaterThan(0);
    expect(list).toContain("./app.json");
    expect(list.some((file) => file.includes("worker-"))).toBe(true);
    expect(list.some((file) => file.includes("litert-"))).toBe(false);
  });

  test("a browser finds it fit for installing", async () => {
    const [browser, app] = await Promise.all([launch("chromium"), serveApp()]);
    const page = await browser.newPage();
    await page.goto(app.address);
    const session = await page.createCDPSession();
    const { errors } = await session.send("Page.getAppManifest");
    expect(errors).toEqual([]);
    const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
    expect(installabilityErrors.map((one) => one.errorId).filter((id) => id !== "in-incognito")).toEqual([]);
    await browser.close();
    await app.stop();
  });
});
