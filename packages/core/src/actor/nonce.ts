/** 128 random bits as 32 hexadecimal characters: for incarnations, nonces of turns and tokens of attempts. */
export function randomNonce(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
