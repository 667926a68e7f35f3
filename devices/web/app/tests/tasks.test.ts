/** Each task's page answers what Python answers. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BROWSERS, edgernn, fixture, hasFixture, launch, Screen, serveApp, vectors } from "./support";
import { pngOf } from "./png";

/** Cases that a person could type: the box keeps line ends as "\n", and the page asks nothing of an empty one. */
function typable<T extends { text?: string; prompt?: string }>(one: T): boolean {
  const text = one.text ?? one.prompt;
  return typeof text === "string" && Boolean(text.trim()) && !/[\r\0]/.test(text) && text.length < 400;
}

test("a browser is installed", () => expect(BROWSERS).toContain("chromium"));

describe.each(BROWSERS)("%s", (name) => {
  let browser: Browser;
  let app: Awaited<ReturnType<typeof serveApp>>;
  let screen: Screen;
  beforeAll(async () => {
    [browser, app] = await Promise.all([launch(name), serveApp()]);
    screen = new Screen(await browser.newPage(), app.address);
  });
  afterAll(async () => {
    expect(screen.errors).toEqual([]);
    await browser.close();
    await app.stop();
  });

  test.each(["tiny.float32", "tiny.int8"])("classify: %s", async (bundle) => {
    await screen.open(bundle);
    const cases = vectors("classify").cases.filter((one: any) => one.bundle === bundle && typable(one)).slice(0, 12);
    expect(cases.length).toBeGreaterThan(5);
    for (const { text, categories, tolerance } of cases) {
      await screen.put("Text", "");
      await screen.until(() => !document.querySelector(".bar")?.checkVisibility());
      await screen.put("Text", text);
      await screen.until(() => document.querySelector(".bar")?.checkVisibility());
      expect(await screen.values(".bar", "data-label")).toEqual(categories.map((one: any) => one.label));
      const scores = (await screen.values(".bar", "data-score")).map(Number);
      categories.forEach((one: any, place: number) => expect(Math.abs(scores[place]! - one.score)).toBeLessThanOrEqual(tolerance));
      expect(await screen.texts(".headline strong")).toEqual([categories[0].label]);
    }
  });

  test.each(["words", "pieces"])("the next word: %s", async (bundle) => {
    await screen.open(bundle);
    const cases = vectors("lm").next.filter((one: any) => one.bundle === bundle && one.k === 3 && typable(one)).slice(0, 12);
    expect(cases.length).toBeGreaterThan(3);
    for (const { text, suggestions } of cases) {
      await screen.put("Your text", text);
      await screen.shows(".chip-text", suggestions.map((one: any) => one.text));
      const scores = (await screen.values(".chip", "data-score")).map(Number);
      suggestions.forEach((one: any, place: number) => expect(scores[place]).toBeCloseTo(one.score, 4));
    }
  });

  test("a suggestion is taken, by click and by keyboard", async () => {
    await screen.open("words");
    await screen.put("Your text", "I wan");
    await screen.until(() => document.querySelector(".chip-text")?.textContent === "want");
    await screen.page.click(".chip");
    const box = () => screen.page.$eval("textarea", (one) => one.value);
    expect(await box()).toBe("I want ");
    // The box has the focus again, and the next suggestion is a few tabs away.
    const next = vectors("lm").next.find((one: any) => one.bundle === "words" && one.text === "I want " && one.k === 3);
    if (next) await screen.shows(".chip-text", next.suggestions.map((one: any) => one.text));
    await screen.until(() => document.querySelectorAll(".chip").length === 3);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const first = (await screen.texts(".chip-text"))[0];
    expect(await screen.page.evaluate(() => document.activeElement?.tagName)).toBe("TEXTAREA");
    for (let tabs = 0; tabs < 4; tabs += 1) {
      if (await screen.page.evaluate(() => document.activeElement?.classList.contains("chip"))) break;
      await screen.page.keyboard.press("Tab");
    }
    await screen.page.keyboard.press("Enter");
    expect(await box()).toMatch(new RegExp(`^I want ?${first!.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")} $`));
  });

  test.each(["words", "blanks"])("text that goes on: %s", async (bundle) => {
    await screen.open(bundle);
    const cases = vectors("lm").generate.filter(
      (one: any) =>
        one.bundle === bundle &&
        typable(one) &&
        Object.keys(one.settings).every((key) => ["temperature", "max_tokens", "seed", "top_k", "top_p"].includes(key)),
    );
    expect(cases.length).toBeGreaterThan(1);
    await screen.page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
    for (const { prompt, settings, parts } of cases.slice(0, 8)) {
      await screen.put("Your text", prompt);
      await screen.put("Tokens at most", String(settings.max_tokens ?? 50));
      await screen.put("Temperature", String(settings.temperature ?? 0.8));
      await screen.put("Top k", String(settings.top_k ?? 40));
      await screen.put("Top p", String(settings.top_p ?? 0.95));
      await screen.put("Seed", settings.seed === undefined ? "" : String(settings.seed));
      await screen.press("Write on");
      await screen.until(() => [...document.querySelectorAll("button")].some((one) => one.textContent === "Put it into my text" && one.checkVisibility()));
      expect(await screen.texts(".written")).toEqual([parts.join("")]);
    }
  });

  test("writing can be stopped", async () => {
    await screen.open("words");
    await screen.page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
    await screen.put("Your text", "I want");
    await screen.put("Tokens at most", "2000");
    await screen.press("Write on");
    await screen.until(() => (document.querySelector(".written")?.textContent?.length ?? 0) > 20);
    await screen.press("Stop");
    await screen.until(() => ![...document.querySelectorAll("button")].some((one) => one.textContent === "Stop" && one.checkVisibility()));
    const written = (await screen.texts(".written"))[0]!;
    expect(written.split(/\s+/).length).toBeLessThan(1900);
    await screen.press("Put it into my text");
    expect(await screen.page.$eval("textarea", (one) => one.value)).toBe(`I want${written}`);
  });

  test.each(["tagger", "forward"].filter(hasFixture))("entities in a text: %s", async (bundle) => {
    const cases = vectors("tag").cases.filter((one: any) => one.bundle === bundle && typable(one)).slice(0, 10);
    expect(cases.length).toBeGreaterThan(2);
    await screen.open(bundle);
    for (const { text, tokens, entities } of cases) {
      await screen.put("Text", "");
      await screen.until(() => !document.querySelector(".marked")?.checkVisibility());
      await screen.put("Text", text);
      await screen.until(() => document.querySelector(".marked")?.checkVisibility());
      const shown = await screen.page.$$eval("mark", (marks) =>
        marks.map((one) => ({ label: one.dataset["label"], start: Number(one.dataset["start"]), end: Number(one.dataset["end"]) })),
      );
      const wanted = entities.map(({ label, span, span16 }: any) => ({ label, start: (span16 ?? span)[0], end: (span16 ?? span)[1] }));
      expect(shown).toEqual(wanted);
      expect(tokens.length).toBeGreaterThan(0);
    }
  });

  test("other columns can be shown", async () => {
    await screen.open("tagger");
    const { text, tokens } = vectors("tag").cases.find((one: any) => one.bundle === "tagger" && typable(one));
    await screen.put("Text", text);
    await screen.until(() => document.querySelector(".marked")?.checkVisibility());
    await screen.page.select("select", "pos");
    await screen.until((count) => document.querySelectorAll("mark").length === count, tokens.length);
    expect(await screen.values("mark", "data-label")).toEqual(tokens.map((one: any) => one.labels.pos));
  });

  test("a translation, and others", async () => {
    await screen.open("translator");
    const cases = vectors("translate").cases.filter(
      (one: any) => typable(one) && one.settings.n_best === 3 && (one.settings.beams ?? 4) === 4 && Object.keys(one.settings).every((key) => key === "n_best" || key === "beams"),
    );
    const plain = vectors("translate").cases.filter((one: any) => typable(one) && !Object.keys(one.settings).length);
    for (const { text, translations } of [...cases, ...plain].slice(0, 10)) {
      await screen.put("Text to translate", "");
      await screen.until(() => !document.querySelector("[data-best]")?.checkVisibility());
      await screen.put("Text to translate", text);
      await screen.until(() => document.querySelector("[data-best]")?.checkVisibility());
      expect(await screen.texts("[data-best]")).toEqual([translations[0].text]);
    }
    expect(cases.length + plain.length).toBeGreaterThan(3);
  });

  test("a forecast from pasted values", async () => {
    await screen.open("series");
    const cases = vectors("forecast").cases.filter((one: any) => one.bundle === "series" && !one.covariates && Array.isArray(one.history) && one.history.every((v: any) => typeof v === "number"));
    expect(cases.length).toBeGreaterThan(2);
    for (const { history, horizon, coverage, mean, lower, upper, flags } of cases.slice(0, 6)) {
      await screen.put("Values so far", "");
      await screen.put("Steps ahead", String(horizon ?? 4));
      await screen.page.$$eval("select", (found, wanted) => {
        const select = found.find((one) => one.checkVisibility() && one.options[0]?.value.startsWith("0")) as HTMLSelectElement;
        select.value = String(wanted);
        select.dispatchEvent(new Event("input", { bubbles: true }));
      }, coverage ?? 0.8);
      await screen.until(() => !document.querySelector(".figure")?.checkVisibility());
      await screen.put("Values so far", history.join("\n"));
      await screen.until(() => document.querySelector(".figure")?.checkVisibility());
      const shown = (await screen.values("tbody td", "data-value")).map(Number);
      const wanted = mean.flatMap((value: number, step: number) => [value, lower[step], upper[step]]);
      expect(shown.length).toBe(wanted.length);
      const scale = Math.max(1, ...wanted.map(Math.abs));
      wanted.forEach((value: number, place: number) => expect(Math.abs(shown[place]! - value)).toBeLessThanOrEqual(1e-5 * scale));
      expect(await screen.texts(".notes li")).toEqual(flags);
    }
  });

  test("a forecast of a column of a table, read by arrow keys", async () => {
    await screen.open("series");
    const { history, mean } = vectors("forecast").cases[0];
    const rows = history.map((value: number, place: number) => `2020-${place + 1};x;${value}`.replace(".", ","));
    await screen.put("Values so far", ["month;what;sales", ...rows].join("\n"));
    await screen.until(() => document.querySelector(".figure")?.checkVisibility());
    expect(Number((await screen.values("tbody td", "data-value"))[0])).toBeCloseTo(mean[0], 2);
    await screen.page.$eval("svg.chart", (one) => (one as SVGElement).focus());
    await screen.page.keyboard.press("End");
    expect((await screen.texts(".readout"))[0]).toMatch(/^\+4: forecast .*, range .* to /);
    for (const _ of mean) await screen.page.keyboard.press("ArrowLeft");
    expect((await screen.texts(".readout"))[0]).toMatch(/^2020-40: so far 116\.6$/);
  });

  test.skipIf(!hasFixture("captioner"))("a caption for a picture", async () => {
    await screen.open("captioner");
    const cases = vectors("caption").cases.filter((one: any) => one.source.random && one.source.shape.length === 3 && one.source.shape[2] === 3 && !one.settings.max_tokens);
    const { source, captions } = cases.find((one: any) => !Object.keys(one.settings).length) ?? cases[0];
    await screen.page.evaluate(
      (data) => {
        const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
        const file = new File([bytes], "picture.png", { type: "image/png" });
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(file);
        document.querySelector(".stack .drop")?.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
      },
      pngOf(source).toString("base64"),
    );
    await screen.until(() => document.querySelector("[data-best]")?.checkVisibility());
    expect(await screen.texts("[data-best]")).toEqual([captions[0].text]);
  });

  test.skipIf(!hasFixture("captioner"))("the camera's picture gets a caption", async () => {
    await screen.open("captioner");
    await screen.press("Use the camera");
    await screen.until(() => (document.querySelector("video")?.videoWidth ?? 0) > 0);
    await screen.press("Describe this");
    await screen.until(() => document.querySelector("[data-best]")?.checkVisibility());
    expect((await screen.texts("[data-best]"))[0]!.length).toBeGreaterThan(0);
    await screen.press("Camera off");
    expect(await screen.page.$eval("video", (one) => one.checkVisibility())).toBe(false);
  });

  test("numbers through a bare model", async () => {
    await screen.open("sensor");
    const rows = Array.from({ length: 25 }, (_, step) => `${Math.sin(step).toFixed(3)} ${(step / 10).toFixed(1)}`);
    const outputs = byPython("sensor", rows.map((row) => row.replace(" ", ",")).join("\n"));
    await screen.put("x", rows.join("\n"));
    await screen.press("Compute");
    await screen.until(() => document.querySelector(".figure")?.checkVisibility());
    const shown = (await screen.values("td", "data-value")).map(Number);
    expect(shown.length).toBe(outputs.length);
    outputs.forEach((value: number, place: number) => expect(Math.abs(shown[place]! - value)).toBeLessThanOrEqual(1e-5));
    await screen.put("x", "1 2 3");
    await screen.press("Compute");
    expect(await screen.complained()).toBe("x takes a multiple of 2 numbers, 2 a step; there are 3.");
  });
});

/** What Python computes from rows of numbers, in row-major order. */
function byPython(bundle: string, rows: string): number[] {
  const folder = mkdtempSync(join(tmpdir(), "edgernn-app-"));
  const file = join(folder, "steps.csv");
  writeFileSync(file, rows);
  const found = JSON.parse(edgernn("run", fixture(bundle), file, "--json"));
  rmSync(folder, { recursive: true });
  return found[0].outputs.y.flat(Infinity);
}
