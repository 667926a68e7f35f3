import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";
import puppeteer from "puppeteer-core";

import type { Outcome } from "./page.js";

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

/** By WebDriver, under a screen of its own: WebKitGTK has no headless mode. */
async function inWebKit(address: string): Promise<Report> {
  const home = await mkdtemp(join(tmpdir(), "edgernn-webkit-"));
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const driver = spawn("xvfb-run", ["--auto-servernum", "WebKitWebDriver", `--port=${port}`], {
    // A group of its own, so that the screen ends with it.
    detached: true,
    stdio: "ignore",
    env: { ...process.env, HOME: home, XDG_CACHE_HOME: home, XDG_DATA_HOME: home, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" },
  });
  try {
    return await throughWebDriver(`http://127.0.0.1:${port}`, address);
  } finally {
    await ended(driver);
    await rm(home, { recursive: true, force: true });
  }
}

async function throughWebDriver(driver: string, address: string): Promise<Report> {
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(driver + path, { method, ...(body ? { body: JSON.stringify(body) } : {}) });
    const { value } = (await response.json()) as { value: unknown };
    if (!response.ok) throw new Error(`WebDriver: ${JSON.stringify(value)}`);
    return value;
  };
  await until(30_000, async () => (await fetch(`${driver}/status`)).ok);
  const options = { "webkitgtk:browserOptions": { args: ["--automation"] } };
  const session = (await call("POST", "/session", { capabilities: { alwaysMatch: options } })) as { sessionId: string };
  const base = `/session/${session.sessionId}`;
  try {
    await call("POST", `${base}/url`, { url: address });
    const script = (text: string) => call("POST", `${base}/execute/sync`, { script: `return ${text};`, args: [] });
    await until(PATIENCE, async () => (await script(READY)) === true);
    return parsed((await script("document.body.textContent")) as string);
  } finally {
    await call("DELETE", base).catch(() => undefined);
  }
}

async function until(patience: number, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + patience;
  while (Date.now() < end) {
    if (await holds().catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`nothing came within ${patience / 1000} s`);
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    try {
      process.kill(-child.pid!, "SIGTERM");
    } catch {
      resolve();
    }
  });
}

function parsed(text: string | null): Report {
  return JSON.parse(text ?? "") as Report;
}
