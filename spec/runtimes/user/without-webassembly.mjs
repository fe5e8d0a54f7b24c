/** To be loaded before the package: a platform that has no WebAssembly. */
delete globalThis.WebAssembly
