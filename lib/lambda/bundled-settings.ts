/**
 * Settings that have no room in the environment of a function, by the names of their variables: none here. Where a stack has
 * such, resources/esbuild.cjs bundles them in the place of this file.
 */
export const BUNDLED_SETTINGS: Readonly<Record<string, string>> = {};
