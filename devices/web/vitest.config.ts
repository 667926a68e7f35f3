import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    exclude: ["tests/browsers/**", "node_modules/**"],
    testTimeout: 180_000,
    hookTimeout: 120_000,
    // Two cores are shared with others; the engine's memory is shared by all tests of a file.
    maxWorkers: 1,
    minWorkers: 1,
  },
});
