import { describe, expect, it } from 'vitest'
import { childPlace, idInChild, idInParent, nameOfWait, tokenHashOf, waitIdFor, waitIdOf } from './wait-id.ts'

const sub = { nodeId: 'sub', iteration: [2, 0] }

describe('the id of a wait', () => {
  it('is its name and the key of its visit', () => {
    expect(waitIdOf('k', { nodeId: 'ask', iteration: [1], item: 3 })).toBe('k:ask@1[3]')
  })

  it('says in a parent run which visits lead to it, outermost first, and finds the way back', () => {
    const inChild = idInParent(childPlace(sub), 'k:ask')
    expect(inChild).toBe('k:sub@2.0/ask')
    const inRoot = idInParent('top', inChild)
    expect(inRoot).toBe('k:top/sub@2.0/ask')
    expect(idInChild(inRoot)).toEqual({ place: 'top', waitId: inChild })
    expect(idInChild(inChild)).toEqual({ place: 'sub@2.0', waitId: 'k:ask' })
    expect(idInChild('k:ask')).toBeUndefined()
  })

  it('keeps apart what is name and what is way, whatever the name is', () => {
    const id = idInParent(childPlace(sub), waitIdOf('a:b/c', { nodeId: 'ask', iteration: [] }))
    expect(nameOfWait(id)).toBe('a:b/c')
    expect(idInChild(id)).toEqual({ place: 'sub@2.0', waitId: 'a:b/c:ask' })
    expect(idInChild('no-id/at-all')).toBeUndefined()
  })

  it('tells the calls of one handler apart, whatever their names are', () => {
    const ask = { nodeId: 'ask', iteration: [] }
    expect(waitIdOf('k', ask, 'k#2')).toBe('k:ask#2')
    expect(nameOfWait('k:ask#2')).toBe('k')
    const id = idInParent(childPlace(sub, 'a:b/c+d#1'), 'k:ask#2')
    expect(nameOfWait(id)).toBe('k')
    expect(idInChild(id)).toEqual({ place: childPlace(sub, 'a:b/c+d#1'), waitId: 'k:ask#2' })
  })
})

describe('the id of the wait of a webhook', () => {
  const ask = { nodeId: 'ask', iteration: [] }
  const on = { name: 'a~b:c', tokenHash: 'f00d' }

  it('ends with the hash of its token, also as the parent lists it', () => {
    const id = waitIdFor(on, ask)
    expect(id).toBe('a~b:c:ask~f00d')
    expect(tokenHashOf(id)).toBe('f00d')
    expect(tokenHashOf(idInParent('sub@2', id))).toBe('f00d')
    expect(idInChild(idInParent('sub@2', id))).toEqual({ place: 'sub@2', waitId: id })
    expect(nameOfWait(id)).toBe('a~b:c')
  })

  it('of another wait has no hash, whatever its name is', () => {
    expect(tokenHashOf(waitIdFor({ name: 'a~b' }, ask))).toBeUndefined()
  })
})
