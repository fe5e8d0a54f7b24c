/**
 * Loaded by Mocha before the specs: lets it read TypeScript, with the replacements of tsconfig.json.
 */
process.env.TSX_TSCONFIG_PATH = 'spec/mutation/tsconfig.json'
await import('tsx/cjs')
