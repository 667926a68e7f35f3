/** Steps of the build that Vite has not: the engine's files, and the list of what the service worker keeps. */

import { createHash } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import type { Plugin } from "vite";

// For browsers with relaxed SIMD, and without. Not those for several threads: models of this size gain little by them.
const ENGINE_KINDS = ["litert_wasm_internal", "litert_wasm_compat_internal"];
// The engine's files are kept when they are used: each browser needs one kind of them.
const NOT_KEPT = /^(sw\.js$|litert-)|\.map$/;

/** The engine's version, and its folder of WebAssembly files. */
export function engine(): { folder: string; version: string } {
  // Its main file is found wherever npm has put the package; package.json need not be exported.
  const require = createRequire(import.meta.url);
  let folder = dirname(require.resolve("@litertjs/core"));
  while (!existsSync(join(folder, "wasm"))) folder = dirname(folder);
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
  return { folder: join(folder, "wasm"), version };
}

/** Puts the engine's files beside the app, in a folder named after their version: caches never mix two of them. */
export function copyEngine(out: string): Plugin {
  return {
    name: "edgernn-engine",
    apply: "build",
    closeBundle() {
      const { folder, version } = engine();
      for (const kind of ENGINE_KINDS) {
        for (const end of [".js", ".wasm"]) cpSync(join(folder, kind + end), join(out, `litert-${version}`, kind + end));
      }
    },
  };
}

/** Writes the service worker's list: every file of the app, and a hash of their content. */
export function listFiles(out: string): Plugin {
  return {
    name: "edgernn-files",
    apply: "build",
    closeBundle() {
      const files = walk(out).filter((file) => !NOT_KEPT.test(file));
      const hash = createHash("sha256");
      for (const file of files) hash.update(file).update("\0").update(readFileSync(join(out, file)));
      // "./" is what a browser asks for; hosts may answer index.html by a redirection, which cannot be kept.
      const kept = ["./", ...files.filter((file) => file !== "index.html").map((file) => `./${file}`)];
      const worker = join(out, "sw.js");
      const text = readFileSync(worker, "utf8");
      const filled = text
        .replace("__FILES__", () => JSON.stringify(kept))
        .replace("__VERSION__", () => JSON.stringify(hash.digest("hex").slice(0, 12)));
      writeFileSync(worker, filled);
    },
  };
}

function walk(folder: string): string[] {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  return found.map((one) => relative(folder, join(one.parentPath, one.name)).replaceAll("\\", "/")).sort();
}

