import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { readFileSync } from "node:fs";
import vm from "node:vm";

import { type AnyModel, load } from "../../src/index.js";
import { litert } from "../../src/litert.js";
import type { Context, Vectors } from "./context.js";

const require = createRequire(import.meta.url);
export const ROOT = resolve(import.meta.dirname, "../../../..");
export const WASM = join(dirname(require.resolve("@litertjs/core")), "..", "wasm") + "/";

/** LiteRT.js is made for browsers: in Node its script is run as a page would run it, from the file. */
function standInForABrowser(): void {
  const scope = globalThis as Record<string, unknown>;
  scope["self"] ??= globalThis;
  scope["require"] ??= require;
  scope["__dirname"] ??= WASM;
  scope["__filename"] ??= join(WASM, "script.js");
  scope["importScripts"] ??= (...paths: string[]) => {
    for (const path of paths) vm.runInThisContext(readFileSync(path, "utf8"), { filename: path });
  };
}

/** The real engine, in Node. */
export function nodeEngine() {
  standInForABrowser();
  return litert({ wasm: WASM });
}

/** Suites in Node, with the real engine. */
export function nodeContext(): Context {
  const engine = nodeEngine();
  const models = new Map<string, Promise<AnyModel>>();
  const bytes = async (name: string) => new Uint8Array(await readFile(join(ROOT, "tests/fixtures", `${name}.tflite`)));
  return {
    bytes,
    load: (content, name) => load(content, { engine, name }),
    model(name) {
      const known = models.get(name) ?? bytes(name).then((content) => load(content, { engine, name }));
      models.set(name, known);
      return known;
    },
  };
}

export async function vectorsOf(area: string): Promise<Vectors> {
  return JSON.parse(await readFile(join(ROOT, "devices/conformance/v1", `${area}.json`), "utf8")) as Vectors;
}
