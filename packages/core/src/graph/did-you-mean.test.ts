import { expect, it } from 'vitest'
import { editDistance, Suggester } from './did-you-mean.ts'

it.each([
  ['kitten', 'sitting', 3],
  ['score', 'scroe', 1],
  ['', 'abc', 3],
  ['same', 'same', 0],
])('the distance of %s and %s is %d', (from, to, distance) => {
  expect(editDistance(from, to)).toBe(distance)
  expect(editDistance(to, from)).toBe(distance)
})

it('suggests the closest name, and nothing where none is close', () => {
  const suggester = new Suggester()
  expect(suggester.suggest('fecth', ['search', 'fetch', 'fetch2'])).toBe(' Did you mean "fetch"?')
  expect(suggester.suggest('Fetch', ['fetch'])).toBe(' Did you mean "fetch"?')
  expect(suggester.suggest('a', ['b-long-name', 'xyz'])).toBe('')
  expect(suggester.suggest('publish', ['approve', 'reject'])).toBe('')
})
