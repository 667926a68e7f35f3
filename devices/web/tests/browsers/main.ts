import type { Outcome } from "./page.js";
import { runAreas } from "./page.js";

/** The address says what to run, and where: /?areas=lm,tag&in=worker (or module-worker). */
async function main(): Promise<Outcome[]> {
  const query = new URLSearchParams(location.search);
  const areas = (query.get("areas") ?? "").split(",").filter(Boolean);
  const where = query.get("in");
  if (!where) return runAreas(areas);
  const worker =
    where === "module-worker" ? new Worker("/module-worker.js", { type: "module" }) : new Worker("/worker.js");
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Outcome[]>) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage(areas);
  });
}

const scope = globalThis as { outcomes?: Outcome[]; failure?: string };
main()
  .then((outcomes) => {
    scope.outcomes = outcomes;
  })
  .catch((error: unknown) => {
    scope.failure = `${error}\n${error instanceof Error ? error.stack : ""}`;
  })
  .finally(() => {
    // For drivers that only read the page.
    document.title = "done";
    document.body.textContent = JSON.stringify({ outcomes: scope.outcomes ?? [], failure: scope.failure ?? "" });
  });
