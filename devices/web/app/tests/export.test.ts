/** A project of `edgernn export-app` builds with its own lock file, and answers. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { serve } from "../scripts/server.mjs";
import { edgernn, fixture, launch, Screen } from "./support";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "edgernn-export-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test("from a bundle to a site", async () => {
  const project = join(folder, "site");
  edgernn("export-app", fixture("tiny.int8"), "--platform", "web", "-o", project, "--title", "Weather or food");
  const npm = (...words: string[]) => execFileSync("npm", words, { cwd: project, stdio: "pipe" });
  npm("ci", "--no-audit", "--no-fund", "--prefer-offline");
  npm("run", "check");
  npm("run", "build");
  expect(readdirSync(join(project, "app/dist"))).toContain("model.tflite");
  const [browser, app] = await Promise.all([launch("chromium"), serve(join(project, "app/dist"))]);
  const screen = new Screen(await browser.newPage(), app.address);
  await screen.page.goto(app.address);
  await screen.opened();
  expect(await screen.page.title()).toBe("tiny-int8 – Weather or food");
  await screen.put("Text", "storm and rain, 4");
  await screen.until(() => document.querySelector(".headline strong")?.textContent === "weather");
  await screen.tileShows("Self-test", "passed (20)");
  await screen.tileShows("Without network", "ready");
  expect(screen.errors).toEqual([]);
  await browser.close();
  await app.stop();
}, 600_000);
