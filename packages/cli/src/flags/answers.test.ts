import { describe, expect, it } from 'vitest'
import { AnswerBook, parseAnswer } from './answers.ts'

describe('an answer', () => {
  it('has a name and a JSON value, which may hold anything', () => {
    expect(parseAnswer('approval={"by":"a=b/c"}')).toEqual({ wait: 'approval', payload: { by: 'a=b/c' } })
  })

  it('may name an action, with or without a value', () => {
    expect(parseAnswer('approval/approve=1')).toEqual({ wait: 'approval', action: 'approve', payload: 1 })
    expect(parseAnswer('approval/approve')).toEqual({ wait: 'approval', action: 'approve', payload: undefined })
  })

  it.each(['approval', '=1', '/x=1', 'a/=1', 'a/b/c=1', 'a=nothing'])('is refused as %j', (given) => {
    expect(() => parseAnswer(given)).toThrow(/--answer/u)
  })
})

describe('the book of answers', () => {
  it('gives each answer once, in order, by name or id', () => {
    const book = new AnswerBook([parseAnswer('a=1'), parseAnswer('a=2'), parseAnswer('b:b@1=3'), parseAnswer('c=4')])
    const wait = { name: 'a', waitId: 'a:a' }
    expect([book.take(wait)?.payload, book.take(wait)?.payload, book.take(wait)]).toEqual([1, 2, undefined])
    expect(book.take({ name: 'b', waitId: 'b:b@1' })?.payload).toBe(3)
    expect(book.unused()).toEqual(['c'])
  })
})
