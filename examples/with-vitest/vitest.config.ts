import { defineConfig } from "vitest/config";

// Here the packages are read from their sources; with those from npm no configuration is needed.
const conditions = ["@interlatch/source"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
});
