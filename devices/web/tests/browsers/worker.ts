import { runAreas } from "./page.js";

self.onmessage = async ({ data }: MessageEvent<string[]>) => {
  self.postMessage(await runAreas(data));
};
