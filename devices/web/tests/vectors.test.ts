import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { nodeContext, ROOT, vectorsOf } from "./support/node.js";
import { SUITES } from "./suites/index.js";

describe("conformance vectors, with the real engine in Node", () => {
  const context = nodeContext();

  it("has a suite for every file", async () => {
    const files = await readdir(join(ROOT, "devices/conformance/v1"));
    expect(files.map((file) => file.replace(".json", "")).sort()).toEqual(Object.keys(SUITES).sort());
  });

  it.each(Object.keys(SUITES))("%s", async (area) => {
    const vectors = await vectorsOf(area);
    expect(vectors["format"]).toBe(1);
    const faults: string[] = [];
    let count = 0;
    for await (const one of SUITES[area]!(vectors, context)) {
      count++;
      faults.push(...one.faults.map((fault) => `${one.name}: ${fault}`));
    }
    expect(faults).toEqual([]);
    expect(count).toBeGreaterThan(0);
  });
});
