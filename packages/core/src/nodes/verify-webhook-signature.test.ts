import { describe, expect, it } from 'vitest'
import { verifyWebhookSignature } from './verify-webhook-signature.ts'

const bytes = (hex: string): Uint8Array =>
  Uint8Array.from({ length: hex.length / 2 }, (_, at) => Number.parseInt(hex.slice(at * 2, at * 2 + 2), 16))

/** RFC 4231, §4.2 to §4.8 without §4.6, whose digest is cut short. */
const vectors: readonly (readonly [name: string, secret: Uint8Array, payload: Uint8Array, signature: string])[] = [
  [
    'a key of 20 bytes',
    bytes('0b'.repeat(20)),
    bytes('4869205468657265'),
    'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
  ],
  [
    'a key that is shorter than the digest',
    bytes('4a656665'),
    bytes('7768617420646f2079612077616e7420666f72206e6f7468696e673f'),
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  ],
  [
    'key and data together longer than a block',
    bytes('aa'.repeat(20)),
    bytes('dd'.repeat(50)),
    '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe',
  ],
  [
    'a key of 25 bytes',
    bytes('0102030405060708090a0b0c0d0e0f10111213141516171819'),
    bytes('cd'.repeat(50)),
    '82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b',
  ],
  [
    'a key longer than a block',
    bytes('aa'.repeat(131)),
    new TextEncoder().encode('Test Using Larger Than Block-Size Key - Hash Key First'),
    '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
  ],
  [
    'key and data longer than a block',
    bytes('aa'.repeat(131)),
    new TextEncoder().encode(
      'This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.',
    ),
    '9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2',
  ],
]

describe('verifyWebhookSignature', () => {
  it.each(vectors)('accepts the signature of RFC 4231 with %s', async (_, secret, payload, signature) => {
    expect(await verifyWebhookSignature({ payload, signature, secret })).toBe(true)
    expect(await verifyWebhookSignature({ payload, signature: `sha256=${signature.toUpperCase()}`, secret })).toBe(true)
  })

  it.each(vectors)('refuses another signature, payload or secret than that of RFC 4231 with %s', async (...vector) => {
    const [, secret, payload, signature] = vector
    const last = signature.endsWith('0') ? '1' : '0'
    expect(await verifyWebhookSignature({ payload, signature: signature.slice(0, -1) + last, secret })).toBe(false)
    expect(await verifyWebhookSignature({ payload: payload.slice(1), signature, secret })).toBe(false)
    expect(await verifyWebhookSignature({ payload, signature, secret: secret.slice(1) })).toBe(false)
  })

  it('takes text for its UTF-8', async () => {
    const signature = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'
    const payload = 'what do ya want for nothing?'
    expect(await verifyWebhookSignature({ payload, signature, secret: 'Jefe' })).toBe(true)
  })

  it.each(['', 'sha256=', 'zz'.repeat(32), 'ab'.repeat(31), 'ab'.repeat(33), `sha1=${'ab'.repeat(32)}`])(
    'refuses the malformed signature "%s"',
    async (signature) => {
      expect(await verifyWebhookSignature({ payload: 'x', signature, secret: 'k' })).toBe(false)
    },
  )

  it('refuses an empty secret and a tolerance that is none', async () => {
    const request = { payload: 'x', signature: 'ab'.repeat(32), secret: 'k' }
    await expect(verifyWebhookSignature({ ...request, secret: '' })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    await expect(verifyWebhookSignature({ ...request, toleranceMs: Number.NaN })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
    })
  })
})

describe('verifyWebhookSignature with a timestamp', () => {
  const sign = async (text: string): Promise<string> => {
    const algorithm = { name: 'HMAC', hash: 'SHA-256' }
    const key = await crypto.subtle.importKey('raw', new TextEncoder().encode('k'), algorithm, false, ['sign'])
    const digest = new Uint8Array(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(text)))
    return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
  }
  const now = 1_700_000_000_000

  it.each([
    [0, true],
    [-300_000, true],
    [300_000, true],
    [-300_001, false],
    [300_001, false],
  ])('of a request that was signed %d ms from now says %s', async (offsetMs, expected) => {
    const request = { payload: '{}', signature: await sign('1700000000.{}'), secret: 'k', timestamp: '1700000000' }
    expect(await verifyWebhookSignature({ ...request, now: now - offsetMs })).toBe(expected)
  })

  it('refuses a request whose timestamp is not the one that was signed', async () => {
    const signature = await sign('1700000000.{}')
    const request = { payload: '{}', signature, secret: 'k', now }
    expect(await verifyWebhookSignature({ ...request, timestamp: 1_700_000_000 })).toBe(true)
    expect(await verifyWebhookSignature({ ...request, timestamp: 1_700_000_001 })).toBe(false)
    expect(await verifyWebhookSignature(request)).toBe(false)
  })

  it.each(['', 'soon', '1e9', '-1700000000', '0x655', 'Infinity', '1700000000.5'])(
    'refuses the timestamp "%s"',
    async (timestamp) => {
      const signature = await sign(`${timestamp}.{}`)
      const toleranceMs = Number.MAX_SAFE_INTEGER
      expect(await verifyWebhookSignature({ payload: '{}', signature, secret: 'k', timestamp, toleranceMs, now })).toBe(
        false,
      )
    },
  )
})
