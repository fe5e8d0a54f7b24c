/**
 * To be loaded before the package: a platform that refuses every WebAssembly module, as one with a content security
 * policy does, or one without SIMD.
 */
class Module {
  constructor() {
    throw new WebAssembly.CompileError('refused')
  }
}
const refuse = async () => new Module()

Object.assign(globalThis.WebAssembly, {
  Module,
  compile: refuse,
  instantiate: refuse,
  compileStreaming: refuse,
  instantiateStreaming: refuse,
  validate: () => false,
})
