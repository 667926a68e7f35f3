import { type AnyModel, load } from "../../src/index.js";
import { litert } from "../../src/litert.js";
import type { Context, Vectors } from "../support/context.js";
import { SUITES } from "../suites/index.js";

/** What a page says of a file of vectors. */
export interface Outcome {
  readonly area: string;
  readonly count: number;
  readonly faults: readonly string[];
}

async function fetched(address: string): Promise<Response> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response;
}

/** Suites in a page or a worker, with the real engine. */
function pageContext(): Context {
  const engine = litert({ wasm: new URL("/wasm/", location.origin).href });
  const models = new Map<string, Promise<AnyModel>>();
  const bytes = async (name: string) => new Uint8Array(await (await fetched(`/fixtures/${name}.tflite`)).arrayBuffer());
  return {
    bytes,
    load: (content, name) => load(content, { engine, name }),
    model(name) {
      const known = models.get(name) ?? load(`/fixtures/${name}.tflite`, { engine, name });
      models.set(name, known);
      return known;
    },
  };
}

/** Runs some files of vectors. */
export async function runAreas(areas: readonly string[]): Promise<Outcome[]> {
  const context = pageContext();
  const outcomes: Outcome[] = [];
  for (const area of areas) {
    const faults: string[] = [];
    let count = 0;
    try {
      const vectors = (await (await fetched(`/vectors/${area}.json`)).json()) as Vectors;
      for await (const one of SUITES[area]!(vectors, context)) {
        count++;
        faults.push(...one.faults.map((fault) => `${one.name}: ${fault}`));
      }
    } catch (error) {
      // Not every browser has the message in the stack.
      faults.push(`${error}\n${error instanceof Error ? error.stack : ""}`);
    }
    outcomes.push({ area, count, faults });
  }
  return outcomes;
}
