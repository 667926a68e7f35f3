import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Rollup } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const SOURCE = join(import.meta.dirname, "../src");
const KILOBYTE = 1000;

/** An application's bundle, with the libraries that the runtime needs but those left out; LiteRT's WASM comes at run time. */
async function built(folder: string, code: string, external: RegExp[] = []): Promise<Rollup.OutputChunk[]> {
  const entry = join(folder, "entry.ts");
  await writeFile(entry, code);
  const found = await build({
    configFile: false,
    logLevel: "silent",
    root: join(SOURCE, ".."),
    build: { write: false, target: "es2022", rollupOptions: { input: entry, external, preserveEntrySignatures: "strict" } },
  });
  const { output } = found as Rollup.RollupOutput;
  return output.filter((one) => one.type === "chunk");
}

function size(chunks: readonly Rollup.OutputChunk[]): number {
  return chunks.reduce((sum, chunk) => sum + gzipSync(chunk.code, { level: 9 }).length, 0);
}

describe("size, gzipped, of the runtime and its tokenizer", () => {
  let folder: string;
  let chunks: Rollup.OutputChunk[];

  beforeAll(async () => {
    // Within the package: the libraries are found from there.
    folder = await mkdtemp(join(import.meta.dirname, ".size-"));
    const names = "load, readBundle, selftest";
    chunks = await built(
      folder,
      `export { ${names} } from ${JSON.stringify(join(SOURCE, "index.ts"))};\n` +
        `export { litert } from ${JSON.stringify(join(SOURCE, "litert.ts"))};\n`,
      [/^@litertjs\//],
    );
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("is at most 60 kB with every task", () => {
    expect(size(chunks)).toBeLessThanOrEqual(60 * KILOBYTE);
    // All of it is there: a task of which no text was found would have been left out.
    const code = chunks.map((chunk) => chunk.code).join("\n");
    for (const text of ["not a classifier", "not a forecaster", "not a language model", "not a tagger", "not a translator", "not a captioner"]) {
      expect(code).toContain(text);
    }
  });

  it("loads a task's code only with a bundle of it", () => {
    const entry = chunks.find((chunk) => chunk.isEntry)!;
    const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
    const first = new Set<string>();
    const visit = (name: string) => {
      if (first.has(name)) return;
      first.add(name);
      byName.get(name)?.imports.forEach(visit);
    };
    visit(entry.fileName);
    const code = [...first].map((name) => byName.get(name)?.code ?? "").join("\n");
    expect(code).not.toContain("not a language model");
    expect(code).not.toContain("not a forecaster");
    expect(first.size).toBeLessThan(chunks.length);
  });

  it("leaves out what is not used", async () => {
    const alone = await built(folder, `export { EdgeRNNError } from ${JSON.stringify(join(SOURCE, "index.ts"))};\n`);
    expect(size(alone)).toBeLessThan(KILOBYTE);
  });
});
