import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL("..", import.meta.url));
const conditions = ["@interlatch/source"];

export default defineConfig({
  root,
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    setupFiles: ["test/setup.ts"],
    // A neighbour on a shared machine must not fail a test; what is slow by itself is a benchmark's to find.
    testTimeout: 20_000,
    // Left to itself it keeps one core free, which on a machine of two is half of it.
    maxWorkers: "100%",
    include: ["packages/*/src/**/*.test.ts", "test/**/*.test.ts", "examples/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    typecheck: {
      enabled: true,
      tsconfig: "./test/tsconfig.json",
      include: ["packages/*/src/**/*.test-d.ts"],
    },
  },
});
