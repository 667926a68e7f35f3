/** Browsers that are installed, the built app on a server, and a page as its user sees it. */

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { chromiumPath, firefoxPath, LAUNCH } from "../scripts/browser.mjs";
import { serve } from "../scripts/server.mjs";

export const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
export const DIST = fileURLToPath(new URL("../dist", import.meta.url));
const PATIENCE = 90_000;

export type BrowserName = "chromium" | "firefox";
const PATHS: Record<BrowserName, string | undefined> = { chromium: chromiumPath(), firefox: firefoxPath() };
/** Those that are installed; without any the tests fail, and say what to install. */
export const BROWSERS = (Object.keys(PATHS) as BrowserName[]).filter((name) => PATHS[name]);

/** Starts a browser without a window. */
export function launch(name: BrowserName): Promise<Browser> {
  const executablePath = PATHS[name];
  if (!executablePath) throw new Error(`${name} is not installed: apt-get install ${name === "firefox" ? "firefox-esr" : name}`);
  return puppeteer.launch({ ...LAUNCH[name], executablePath });
}

/** A bundle of the repository's tests. */
export function fixture(name: string): string {
  return `${ROOT}tests/fixtures/${name}.tflite`;
}

export function hasFixture(name: string): boolean {
  return existsSync(fixture(name));
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any
export function vectors(name: string): any {
  return JSON.parse(readFileSync(`${ROOT}devices/conformance/v1/${name}.json`, "utf8"));
}

/** Runs the kit's command: by PYTHON, or the environment that `make test` makes. */
export function edgernn(...words: string[]): string {
  const python = process.env["PYTHON"] ?? `${ROOT}.venv/bin/python`;
  return execFileSync(python, ["-m", "edgernn.edge_runtime.cli.main", ...words], { encoding: "utf8" });
}

const FIXTURES = ["tiny.int8", "tiny.float32", "words", "pieces", "blanks", "tagger", "forward", "translator", "series", "captioner", "sensor"];

/** The app, with the bundles of the tests in its folder `m`; `shipped` is the one that it comes with. */
export function serveApp(others: Record<string, string> = {}): Promise<{ address: string; stop: () => Promise<void> }> {
  const bundles = Object.fromEntries(FIXTURES.map((name) => [`/m/${name}.tflite`, fixture(name)]));
  return serve(DIST, { others: { ...bundles, ...others } });
}

/** A page of the app. */
export class Screen {
  readonly errors: string[] = [];

  constructor(
    readonly page: Page,
    readonly address: string,
  ) {
    page.setDefaultTimeout(PATIENCE);
    page.on("pageerror", (error) => this.errors.push(String(error)));
  }

  /** Opens a bundle by its address on the site. */
  async open(bundle: string): Promise<void> {
    await this.page.goto(`${this.address}?model=m/${bundle}.tflite`);
    await this.opened();
  }

  /** Waits until a bundle is open. */
  async opened(): Promise<void> {
    await this.until(() => document.body.dataset.state === "open" || !document.querySelector<HTMLElement>(".alert")?.hidden);
    const fault = await this.complaint();
    if (fault) throw new Error(fault);
  }

  /** What the page says has to be mended. */
  complaint(): Promise<string> {
    return this.page.evaluate(() => document.querySelector<HTMLElement>(".alert:not([hidden])")?.innerText ?? "");
  }

  async complained(): Promise<string> {
    await this.page.waitForSelector(".alert:not([hidden])");
    return this.complaint();
  }

  /** Puts a text into the box with this label, as if it had been pasted. */
  async put(label: string, text: string): Promise<void> {
    await this.page.evaluate(
      (wanted, value) => {
        const found = [...document.querySelectorAll("label")].find((one) => one.textContent === wanted);
        const box = document.getElementById(found?.htmlFor ?? "") as HTMLTextAreaElement | null;
        if (!box) throw new Error(`no box is called ${wanted}`);
        box.value = value;
        box.dispatchEvent(new Event("input", { bubbles: true }));
      },
      label,
      text,
    );
  }

  /** Presses the button with this name. */
  async press(name: string): Promise<void> {
    await this.page.evaluate((wanted) => {
      const found = [...document.querySelectorAll("button")].find((one) => one.textContent === wanted && one.checkVisibility());
      if (!found) throw new Error(`no button is called ${wanted}`);
      found.click();
    }, name);
  }

  async until<A extends unknown[]>(condition: (...args: A) => unknown, ...args: A): Promise<void> {
    await this.page.waitForFunction(condition as never, { timeout: PATIENCE, polling: 50 }, ...args);
  }

  /** The texts of all elements that match. */
  texts(selector: string): Promise<string[]> {
    return this.page.$$eval(selector, (found) => found.map((one) => one.textContent ?? ""));
  }

  /** An attribute of all elements that match. */
  values(selector: string, attribute: string): Promise<string[]> {
    return this.page.$$eval(selector, (found, name) => found.map((one) => one.getAttribute(name as string) ?? ""), attribute);
  }

  /** Waits until elements match, and their texts are these. */
  async shows(selector: string, wanted: string[]): Promise<void> {
    await this.until(
      (query, list) => {
        const found = [...document.querySelectorAll(query as string)].map((one) => one.textContent ?? "");
        return JSON.stringify(found) === list;
      },
      selector,
      JSON.stringify(wanted),
    ).catch(async () => {
      throw new Error(`${selector} shows ${JSON.stringify(await this.texts(selector))}, wanted ${JSON.stringify(wanted)}`);
    });
  }

  /** A tile of the view of the model. */
  async tile(name: string): Promise<string> {
    return this.page.$$eval(
      ".tile",
      (tiles, wanted) => tiles.find((one) => one.querySelector("dt")?.textContent === wanted)?.querySelector("dd")?.textContent ?? "",
      name,
    );
  }

  async tileShows(name: string, text: string): Promise<void> {
    await this.until(
      (wanted, value) =>
        [...document.querySelectorAll(".tile")].some(
          (one) => one.querySelector("dt")?.textContent === wanted && one.querySelector("dd")?.textContent?.startsWith(value as string),
        ),
      name,
      text,
    );
  }
}
