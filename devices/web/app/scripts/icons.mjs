/** Draws the app's icons: `node app/scripts/icons.mjs` writes them into app/public. Needs Chromium (CHROMIUM, or on the path). */

import { writeFileSync } from "node:fs";
import { browser } from "./browser.mjs";

const PUBLIC = new URL("../public/", import.meta.url);
const GROUND = "#3b3fd8";

/** The sign on a ground with round corners; `inset` keeps it inside what systems cut off. */
function svg({ round, inset }) {
  const scale = (64 - 2 * inset) / 64;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">
<rect width="64" height="64" rx="${round}" fill="${GROUND}"/>
<g transform="translate(${inset} ${inset}) scale(${scale})" fill="none" stroke="#fff" stroke-width="5" stroke-linecap="round" stroke-linejoin="round">
<path d="M42 36a13 13 0 1 1-2.5-15.5"/><path d="M40.5 12.5v8.5H32"/><path d="M28.5 32H54"/>
<circle cx="28.5" cy="32" r="4.5" fill="#fff" stroke="none"/>
</g>
</svg>
`;
}

async function png(page, file, size, drawing) {
  await page.setViewport({ width: size, height: size });
  await page.setContent(`<style>body{margin:0}svg{display:block;width:100vw;height:100vh}</style>${drawing}`);
  writeFileSync(new URL(file, PUBLIC), await page.screenshot({ omitBackground: true }));
}

const chromium = await browser();
const page = await chromium.newPage();
const rounded = svg({ round: 15, inset: 0 });
writeFileSync(new URL("icon.svg", PUBLIC), rounded);
await png(page, "icon-192.png", 192, rounded);
await png(page, "icon-512.png", 512, rounded);
// Systems cut maskable icons to any shape, and Apple's rounds the corners itself.
await png(page, "maskable-512.png", 512, svg({ round: 0, inset: 8 }));
await png(page, "apple-touch-icon.png", 180, svg({ round: 0, inset: 4 }));
await chromium.close();
