/**
 * UTF-8 as the platform does it. A byte order mark is data and is kept.
 */

/** Encodes; an unpaired surrogate becomes U+FFFD. */
export const utf8Encoder = /* @__PURE__ */ new TextEncoder()

/** Decodes whole texts; throws on bytes that are not UTF-8. */
export const utf8Decoder = /* @__PURE__ */ new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
