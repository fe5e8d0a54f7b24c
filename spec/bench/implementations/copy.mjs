/**
 * The floor: the same bytes copied once, into memory that is in use already. Nothing is decoded or encoded.
 */
export function versions() {
  return {}
}

export function decoder() {
  const target = new Uint8Array(2 ** 16)
  return (chunk) => target.set(chunk)
}

export function encoder({ size }) {
  const target = new Uint8Array(size)
  return (payload) => {
    target.set(payload)
    return target
  }
}
