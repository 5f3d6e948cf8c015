/** The version of this compiler, for the `compiler` field of a bundle. The same as the package's version. */
export const COMPILER_VERSION = "0.1.0";
