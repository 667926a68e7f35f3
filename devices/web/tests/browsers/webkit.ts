import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A page in WebKitGTK. */
export interface WebKitPage {
  open(address: string): Promise<unknown>;
  /** The value of an expression there, as JSON can hold it. */
  evaluate(expression: string): Promise<unknown>;
}

/** Works with a page, by WebDriver and under a screen of its own: WebKitGTK has no headless mode. */
export async function withWebKit<T>(work: (page: WebKitPage) => Promise<T>): Promise<T> {
  const home = await mkdtemp(join(tmpdir(), "edgernn-webkit-"));
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const driver = spawn("xvfb-run", ["--auto-servernum", "WebKitWebDriver", `--port=${port}`], {
    // A group of its own, so that the screen ends with it.
    detached: true,
    stdio: "ignore",
    env: { ...process.env, HOME: home, XDG_CACHE_HOME: home, XDG_DATA_HOME: home, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" },
  });
  try {
    return await throughWebDriver(`http://127.0.0.1:${port}`, work);
  } finally {
    await ended(driver);
    await rm(home, { recursive: true, force: true });
  }
}

async function throughWebDriver<T>(driver: string, work: (page: WebKitPage) => Promise<T>): Promise<T> {
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
    return await work({
      open: (url) => call("POST", `${base}/url`, { url }),
      evaluate: (expression) => call("POST", `${base}/execute/sync`, { script: `return ${expression};`, args: [] }),
    });
  } finally {
    await call("DELETE", base).catch(() => undefined);
  }
}

/** Waits until something holds. */
export async function until(patience: number, holds: () => Promise<boolean>): Promise<void> {
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
