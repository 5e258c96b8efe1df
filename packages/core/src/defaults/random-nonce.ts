/** How many nonces are made at a time: asking the system for a few random bytes costs as much as asking for many. */
const noncesAtATime = 64

const bytesOfNonce = 16

const hexOf: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

let bytes = new Uint8Array(0)
let used = 0

/** 128 random bits as 32 hexadecimal characters: for incarnations, nonces of turns and tokens of attempts. */
export function randomNonce(): string {
  if (used === bytes.length) {
    bytes = crypto.getRandomValues(new Uint8Array(bytesOfNonce * noncesAtATime))
    used = 0
  }
  let nonce = ''
  for (const end = used + bytesOfNonce; used < end; used++) nonce += hexOf[bytes[used] as number] as string
  return nonce
}
