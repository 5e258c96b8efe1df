import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fromBase64, toBase64 } from './base64.ts'
import { utf8Length } from './text-limits.ts'

it('counts the bytes of a text as an encoder does', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => utf8Length(text) === Buffer.byteLength(text)))
  expect(utf8Length('\uD800')).toBe(3)
  expect(utf8Length('\uDC00\uD800x🧵')).toBe(Buffer.byteLength('\uDC00\uD800x🧵'))
})

it('base64 gives the same text as Node, and the bytes back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'))
      expect(fromBase64(toBase64(bytes))).toEqual(bytes)
    }),
  )
})
