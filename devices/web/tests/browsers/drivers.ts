import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";
import puppeteer from "puppeteer-core";

import type { Outcome } from "./page.js";
import { until, withWebKit } from "./webkit.js";

/** A browser that can open a page and say what its script has found. */
export interface Driver {
  readonly name: string;
  /** What is missing here, or "". */
  readonly missing: string;
  /** Opens an address and waits for the outcome. */
  run(address: string): Promise<Report>;
}

export interface Report {
  readonly outcomes: readonly Outcome[];
  readonly failure: string;
}

const PATIENCE = 480_000;
const READY = "document.title === 'done'";

export const DRIVERS: readonly Driver[] = [
  { name: "Chromium", missing: missing("chromium"), run: inChromium },
  { name: "Firefox", missing: missing("firefox-esr"), run: inFirefox },
  { name: "WebKitGTK", missing: missing("WebKitWebDriver", "xvfb-run"), run: inWebKit },
];

function missing(...programs: string[]): string {
  return programs.filter((one) => !placeOf(one)).join(" and ");
}

function placeOf(program: string): string {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const path = join(folder, program);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // not in this folder
    }
  }
  return "";
}

async function inChromium(address: string): Promise<Report> {
  const browser = await chromium.launch({ executablePath: placeOf("chromium"), args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage();
    await page.goto(address);
    await page.waitForFunction(READY, undefined, { timeout: PATIENCE });
    return parsed(await page.textContent("body"));
  } finally {
    await browser.close();
  }
}

async function inFirefox(address: string): Promise<Report> {
  const browser = await puppeteer.launch({ browser: "firefox", executablePath: placeOf("firefox-esr"), headless: true });
  try {
    const page = await browser.newPage();
    await page.goto(address);
    await page.waitForFunction(READY, { timeout: PATIENCE });
    return parsed(await page.evaluate(() => document.body.textContent));
  } finally {
    await browser.close();
  }
}

async function inWebKit(address: string): Promise<Report> {
  return withWebKit(async ({ open, evaluate }) => {
    await open(address);
    await until(PATIENCE, async () => (await evaluate(READY)) === true);
    return parsed((await evaluate("document.body.textContent")) as string);
  });
}

function parsed(text: string | null): Report {
  return JSON.parse(text ?? "") as Report;
}
