// pnpm runs every script at the root of the workspace; whoever typed the command means the folder they stand in.
const { INIT_CWD } = process.env;
if (INIT_CWD !== undefined) process.chdir(INIT_CWD);
await import("../../packages/cli/src/bin.ts");
