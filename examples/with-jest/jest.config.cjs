// Here the packages are read from their TypeScript sources. With those from npm no configuration is needed.
module.exports = {
  testEnvironmentOptions: {
    customExportConditions: ["@interlatch/source", "node", "node-addons"],
  },
  extensionsToTreatAsEsm: [".ts"],
  transform: { "\\.ts$": "<rootDir>/strip-types.cjs" },
};
