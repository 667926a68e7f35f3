/** Keeps the app on the device, so that it opens and computes without a network. */

// Put in by the build: the app's files, and a hash of their content.
declare const __FILES__: string[];
declare const __VERSION__: string;

const worker = self as unknown as ServiceWorkerGlobalScope;
const SHELL = `edgernn-shell-${__VERSION__}`;
const OLD_SHELLS = /^edgernn-shell-/;

worker.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(SHELL)
      .then((cache) => cache.addAll(__FILES__.map((file) => new Request(file, { cache: "no-cache" }))))
      .then(() => worker.skipWaiting()),
  );
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => OLD_SHELLS.test(name) && name !== SHELL).map((name) => caches.delete(name))))
      .then(() => worker.clients.claim()),
  );
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !request.url.startsWith(worker.registration.scope)) return;
  event.respondWith(answer(request));
});

async function answer(request: Request): Promise<Response> {
  const wanted = request.mode === "navigate" ? worker.registration.scope : request;
  const kept = await caches.match(wanted, { ignoreSearch: request.mode === "navigate", ignoreVary: true });
  return kept ?? fetch(request);
}
