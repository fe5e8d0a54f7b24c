/**
 * Import this before the package. It records each call that draws random numbers or compiles code, even if the caller catches the error.
 */

/** @type {string[]} */
export const calls = []

function watch(owner, ownerName, ...names) {
  for (const name of names) {
    const record = () => calls.push(`${ownerName}.${name}`)
    owner[name] = new Proxy(owner[name], {
      apply(target, self, args) {
        record()
        return Reflect.apply(target, self, args)
      },
      construct(target, args) {
        record()
        return Reflect.construct(target, args)
      },
    })
  }
}

watch(crypto, 'crypto', 'getRandomValues', 'randomUUID')
watch(Math, 'Math', 'random')
watch(WebAssembly, 'WebAssembly', 'Module', 'Instance', 'compile', 'instantiate', 'validate')
watch(globalThis, 'globalThis', 'Function', 'eval')
