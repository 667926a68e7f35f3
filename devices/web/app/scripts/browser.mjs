/** Finds and starts the browsers that are installed. */

import { existsSync } from "node:fs";
import puppeteer from "puppeteer-core";

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"];
const FIREFOX = ["/usr/bin/firefox-esr", "/usr/bin/firefox", "/Applications/Firefox.app/Contents/MacOS/firefox"];

/**
 * How each is started: in containers without Chromium's own sandbox, and with a camera that shows a test picture.
 *
 * @type {Record<"chromium" | "firefox", import("puppeteer-core").LaunchOptions>}
 */
export const LAUNCH = {
  chromium: {
    browser: "chrome",
    headless: true,
    args: ["--no-sandbox", "--disable-gpu", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"],
  },
  firefox: {
    browser: "firefox",
    headless: true,
    extraPrefsFirefox: { "media.navigator.streams.fake": true, "media.navigator.permission.disabled": true },
  },
};

/** Where Chromium is, or undefined. */
export function chromiumPath() {
  return [process.env.CHROMIUM, ...CHROMIUM].find((one) => one && existsSync(one));
}

/** Where Firefox is, or undefined. */
export function firefoxPath() {
  return [process.env.FIREFOX, ...FIREFOX].find((one) => one && existsSync(one));
}

/** A Chromium without a window. */
export function browser() {
  const executablePath = chromiumPath();
  if (!executablePath) throw new Error("no Chromium is installed: apt-get install chromium, or set CHROMIUM to its path");
  return puppeteer.launch({ ...LAUNCH.chromium, executablePath });
}
