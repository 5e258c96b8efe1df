import { HeddleError } from '../errors/heddle-error.ts'

/** What a webhook's request brought, and what its sender's signature is checked with. */
export interface WebhookSignature {
  /** The body of the request, byte for byte as it came: parsed and written again, it is another one. */
  readonly payload: string | Uint8Array
  /** The signature as 64 hexadecimal characters, with or without `sha256=` before them. */
  readonly signature: string
  /** The secret that is shared with the sender; text stands for its UTF-8. */
  readonly secret: string | Uint8Array
  /**
   * When the request was signed, in seconds since 1970, as the sender tells it. What is signed is then the timestamp, a dot and the
   * payload. Without it a request that was listened to can be sent again at any time.
   */
  readonly timestamp?: number | string
  /** How far the timestamp may be from now, before or after, in milliseconds. @default 300000 */
  readonly toleranceMs?: number
  /** The time now, in milliseconds since 1970. @default Date.now() */
  readonly now?: number
}

const hexDigest = /^(?:sha256=)?([\da-f]{64})$/iu

/** Whole seconds, as headers carry them: nothing else that a program would take for a number. */
const wholeSeconds = /^\d{1,15}$/u

/**
 * Checks that a request was signed with a shared secret (HMAC-SHA256, RFC 2104), and that it is not an old one sent again. By the Web
 * Crypto of Node and of browsers, in a time that does not depend on how much of the signature is right.
 *
 * @returns false for a signature that is wrong, malformed, or out of time
 * @throws HeddleError `INVALID_OPTION` if the secret is empty, or the tolerance is no length of time
 * @example
 * ```ts
 * const isGenuine = await verifyWebhookSignature({ payload: body, signature: headers['x-signature'], secret })
 * ```
 */
export async function verifyWebhookSignature(request: WebhookSignature): Promise<boolean> {
  const { payload, signature, timestamp, toleranceMs = 300_000, now = Date.now() } = request
  const secret = bytesOf(request.secret)
  if (secret.length === 0) throw invalidOption('secret', 'is empty: anybody could sign with it')
  if (!(toleranceMs >= 0)) throw invalidOption('toleranceMs', `is ${toleranceMs}, and must be milliseconds from 0 up`)
  const digest = hexDigest.exec(signature)?.[1]
  if (digest === undefined) return false
  if (timestamp !== undefined && !isInTime(String(timestamp), toleranceMs, now)) return false
  const signed = timestamp === undefined ? bytesOf(payload) : joined(bytesOf(`${timestamp}.`), bytesOf(payload))
  const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify'])
  // Compares in constant time.
  return crypto.subtle.verify('HMAC', key, fromHex(digest), signed)
}

function isInTime(timestamp: string, toleranceMs: number, now: number): boolean {
  return wholeSeconds.test(timestamp) && Math.abs(now - Number(timestamp) * 1000) <= toleranceMs
}

function bytesOf(value: string | Uint8Array): Uint8Array<ArrayBuffer> {
  return typeof value === 'string' ? new TextEncoder().encode(value) : Uint8Array.from(value)
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(one.length + other.length)
  bytes.set(one)
  bytes.set(other, one.length)
  return bytes
}

function fromHex(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: hex.length / 2 }, (_, at) => Number.parseInt(hex.slice(at * 2, at * 2 + 2), 16))
}

function invalidOption(option: string, what: string): HeddleError {
  return new HeddleError('INVALID_OPTION', `${option} of verifyWebhookSignature ${what}`, { details: { option } })
}
