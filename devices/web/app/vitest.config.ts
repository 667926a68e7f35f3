import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  test: {
    include: ["tests/*.test.ts"],
    globalSetup: "tests/build.ts",
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // Two cores are shared by a browser, a server and the tests.
    fileParallelism: false,
  },
});
