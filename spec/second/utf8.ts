/** UTF-8 by the table of well-formed byte sequences (RFC 3629 section 4), one byte after the other. */
export class Utf8 {
  private missing = 0
  private low = 0x80
  private high = 0xbf

  /** @returns the index of the first byte that cannot be there; -1 if there is none */
  check(bytes: ArrayLike<number>): number {
    for (let i = 0; i < bytes.length; i++) {
      if (!this.takes(bytes[i] ?? 0)) return i
    }
    return -1
  }

  get isBetweenCharacters(): boolean {
    return this.missing === 0
  }

  private takes(octet: number): boolean {
    if (this.missing > 0) {
      if (octet < this.low || octet > this.high) return false
      this.low = 0x80
      this.high = 0xbf
      this.missing--
      return true
    }
    if (octet < 0x80) return true
    if (octet < 0xc2 || octet > 0xf4) return false
    if (octet < 0xe0) this.missing = 1
    else if (octet < 0xf0) this.missing = 2
    else this.missing = 3
    if (octet === 0xe0) this.low = 0xa0
    if (octet === 0xed) this.high = 0x9f
    if (octet === 0xf0) this.low = 0x90
    if (octet === 0xf4) this.high = 0x8f
    return true
  }
}
