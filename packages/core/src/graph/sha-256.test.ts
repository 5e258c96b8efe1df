import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { sha256 } from './sha-256.ts'

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

// From FIPS 180-2, appendix B, and the NIST example values.
it.each([
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  ],
  ['a'.repeat(1_000_000), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'],
])('gives the published digests', (message, digest) => {
  expect(sha256(encode(message))).toBe(digest)
})

it('gives what Node gives, for any bytes at any place of a buffer', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(20), (bytes, start) => {
      const part = bytes.subarray(start)
      return sha256(part) === createHash('sha256').update(part).digest('hex')
    }),
  )
})
