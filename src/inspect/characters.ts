/**
 * Classifies the characters of pasted text: digits, blanks, line ends and comments.
 */

/** The value of the hex digit at a position; negative if there is another character. */
export function digitAt(text: string, position: number): number {
  const code = text.charCodeAt(position)
  if (code <= 0x39) return code - 0x30
  const lowerCase = code | 0x20
  return lowerCase >= 0x61 && lowerCase <= 0x66 ? lowerCase - 0x57 : -1
}

/** @returns the position of the first character from `position` on that is not a hex digit, at most `to` */
export function skipDigits(text: string, position: number, to: number): number {
  while (position < to && digitAt(text, position) >= 0) position++
  return position
}

/** Whether the character is a tab or a space of any width, including the zero-width ones; line ends are not blanks. */
export function isBlankAt(text: string, position: number): boolean {
  const code = text.charCodeAt(position)
  if (code < 0x80) return code === 0x20 || code === 0x09
  return code === 0xa0 || (code >= 0x2000 && code <= 0x200d) || code === 0x202f || code === 0x2060 || code === 0x3000 || code === 0xfeff
}

export function isLineEndAt(text: string, position: number): boolean {
  const code = text.charCodeAt(position)
  return (code >= 0x0a && code <= 0x0d) || code === 0x85 || code === 0x2028 || code === 0x2029
}

/** Whether the character is a blank or a line end. */
export function isSpaceAt(text: string, position: number): boolean {
  return isBlankAt(text, position) || isLineEndAt(text, position)
}

/** @returns the position of the first character from `position` on that is not blank, at most `to` */
export function skipBlanks(text: string, position: number, to: number): number {
  while (position < to && isBlankAt(text, position)) position++
  return position
}

/** @returns the position of the first character from `position` on that is neither blank nor a line end */
export function skipSpace(text: string, position: number): number {
  while (isSpaceAt(text, position)) position++
  return position
}

/** @returns the position of the first line end from `position` on, or `to` */
export function lineEndFrom(text: string, position: number, to: number): number {
  while (position < to && !isLineEndAt(text, position)) position++
  return position
}

/** Whether a comment that ends with the line begins here. */
export function isCommentAt(text: string, position: number): boolean {
  return text.charAt(position) === '#' || text.startsWith('//', position)
}
