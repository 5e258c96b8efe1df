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

  it('knows the waits of child runs by their ids, which have slashes as actions do', () => {
    const texts = ['k:sub/ask=1', 'k:a/b/ask=2', 'k:c/ask/yes=3', 'k:d/yes=4', 'k:e/ask=5']
    const book = new AnswerBook(texts.map(parseAnswer))
    expect(book.take({ name: 'k', waitId: 'k:sub/ask' })).toEqual({ wait: 'k:sub/ask', payload: 1 })
    expect(book.take({ name: 'k', waitId: 'k:a/b/ask' })).toEqual({ wait: 'k:a/b/ask', payload: 2 })
    expect(book.take({ name: 'k', waitId: 'k:c/ask' })).toMatchObject({ action: 'yes', payload: 3 })
    expect(book.take({ name: 'k', waitId: 'k:d' })).toMatchObject({ action: 'yes', payload: 4 })
    expect(book.unused()).toEqual(['k:e/ask'])
  })
})
