import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { copyEngine, engine, listFiles } from "./build";

const here = fileURLToPath(new URL(".", import.meta.url));
const out = fileURLToPath(new URL("dist", import.meta.url));

export default defineConfig({
  root: here,
  // Relative: the built app works at any address.
  base: "./",
  define: { __ENGINE_FOLDER__: JSON.stringify(`litert-${engine().version}`) },
  build: {
    outDir: out,
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: { app: `${here}index.html`, sw: `${here}src/sw.ts` },
      output: { entryFileNames: (chunk) => (chunk.name === "sw" ? "sw.js" : "assets/[name]-[hash].js") },
    },
  },
  // A classic worker, which the engine's loader needs, is one file.
  worker: { format: "iife", rollupOptions: { output: { inlineDynamicImports: true } } },
  plugins: [copyEngine(out), listFiles(out)],
});
