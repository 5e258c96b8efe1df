/** How many bytes become characters at once: arguments of one call are limited by the stack. */
const chunk = 0x80_00

/** Bytes as base64 text (RFC 4648 §4). */
export function toBase64(bytes: Uint8Array): string {
  let binary = ''
  for (let at = 0; at < bytes.length; at += chunk) binary += String.fromCharCode(...bytes.subarray(at, at + chunk))
  return btoa(binary)
}

/** The inverse of {@link toBase64}. Throws what `atob` throws on other text. */
export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}
