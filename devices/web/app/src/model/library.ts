/** Bundles that were opened, kept on this device. */

import type { TaskName } from "../engine/protocol";

const CACHE = "edgernn-models";
const LAST = "edgernn-last";

export interface Kept {
  sha256: string;
  name: string;
  task: TaskName;
  bytes: number;
}

/** Keeps a bundle, as the one to open next time. */
export async function keep(entry: Kept, content: ArrayBuffer): Promise<void> {
  if (!("caches" in window)) return;
  const cache = await caches.open(CACHE);
  const headers = { "X-EdgeRNN": encodeURIComponent(JSON.stringify(entry)), "Content-Type": "application/octet-stream" };
  await cache.put(address(entry.sha256), new Response(content, { headers }));
  localStorage.setItem(LAST, entry.sha256);
}

/** What is kept, by name. */
export async function kept(): Promise<Kept[]> {
  if (!("caches" in window)) return [];
  const cache = await caches.open(CACHE);
  const found: Kept[] = [];
  for (const request of await cache.keys()) {
    const header = (await cache.match(request))?.headers.get("X-EdgeRNN");
    if (header) found.push(JSON.parse(decodeURIComponent(header)) as Kept);
  }
  return found.sort((a, b) => a.name.localeCompare(b.name));
}

/** The content of a kept bundle, or null where the browser has cleared it. */
export async function content(sha256: string): Promise<ArrayBuffer | null> {
  if (!("caches" in window)) return null;
  const found = await (await caches.open(CACHE)).match(address(sha256));
  return found ? found.arrayBuffer() : null;
}

/** Deletes a bundle from this device. */
export async function forget(sha256: string): Promise<void> {
  await (await caches.open(CACHE)).delete(address(sha256));
  if (last() === sha256) localStorage.removeItem(LAST);
}

/** The bundle that was opened last, or null. */
export function last(): string | null {
  return "caches" in window ? localStorage.getItem(LAST) : null;
}

function address(sha256: string): string {
  return new URL(`kept/${sha256}`, document.baseURI).href;
}
