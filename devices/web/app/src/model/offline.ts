/** Makes the app work without a network from the first visit on. */

/** The engine's files, which the app loads only in the kind that this browser needs. */
const ENGINE_CACHE = "edgernn-engine";

/**
 * Registers the service worker and keeps what the engine has loaded.
 *
 * @param engineFiles addresses of the engine's files that are in use
 * @returns whether the app now opens offline
 */
export async function keepForOffline(engineFiles: string[]): Promise<boolean> {
  if (!("serviceWorker" in navigator) || !("caches" in window)) return false;
  try {
    await navigator.serviceWorker.register("./sw.js");
    await navigator.serviceWorker.ready;
    const cache = await caches.open(ENGINE_CACHE);
    const kept = new Set((await cache.keys()).map((request) => request.url));
    await cache.addAll(engineFiles.filter((file) => !kept.has(file)));
    for (const file of kept) if (!engineFiles.includes(file)) await cache.delete(file);
    // Asked for, not relied on: browsers may clear what is seldom used.
    void navigator.storage?.persist?.();
    return true;
  } catch {
    return false;
  }
}
