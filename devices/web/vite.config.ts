import { defineConfig } from "vite";

// ES modules, a chunk a task: an application loads the code of the task at hand.
export default defineConfig({
  build: {
    target: "es2022",
    sourcemap: true,
    emptyOutDir: true,
    lib: {
      entry: { index: "src/index.ts", litert: "src/litert.ts", native: "src/native.ts" },
      formats: ["es"],
    },
    rollupOptions: { external: [/^@huggingface\/tokenizers/, /^@litertjs\//] },
  },
});
