import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { SUITES } from "../suites/index.js";
import { DRIVERS } from "./drivers.js";
import { serveSite, type Site } from "./site.js";

const AREAS = Object.keys(SUITES);
// What loads the engine, in a worker: enough to see that everything works there.
const IN_WORKERS = ["classify", "caption", "bad_bundles"];

describe("conformance vectors, with the real engine in browsers", () => {
  let site: Site | undefined;

  beforeAll(async () => {
    site = await serveSite();
  });
  afterAll(() => site?.close());

  for (const { name, missing, run } of DRIVERS) {
    // Named, not passed over in silence: .ci/run installs all of them.
    describe.skipIf(missing)(missing ? `${name} (skipped: ${missing} is not installed)` : name, () => {
      const check = async (query: string, areas: readonly string[]) => {
        const { outcomes, failure } = await run(`${site!.address}/?areas=${areas.join(",")}${query}`);
        expect(failure).toBe("");
        expect(outcomes.map((one) => one.area)).toEqual(areas);
        for (const one of outcomes) {
          expect({ area: one.area, faults: one.faults }).toEqual({ area: one.area, faults: [] });
          expect(one.count, one.area).toBeGreaterThan(0);
        }
      };

      it("in a page", () => check("", AREAS));
      it("in a worker", () => check("&in=worker", IN_WORKERS));
      it("in a worker that is a module", () => check("&in=module-worker", IN_WORKERS));
    });
  }
});
