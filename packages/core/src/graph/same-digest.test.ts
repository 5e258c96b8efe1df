import { expect, it } from 'vitest'
import { isSameDigest } from './same-digest.ts'

it.each([
  ['abc', 'abc', true],
  ['', '', true],
  ['abc', 'abd', false],
  ['abc', 'xbc', false],
  ['abc', 'ab', false],
  ['ab', 'abab', false],
  ['', 'a', false],
  ['a', '', false],
])('says of "%s" and "%s" that they are the same: %s', (one, other, expected) => {
  expect(isSameDigest(one, other)).toBe(expected)
})
