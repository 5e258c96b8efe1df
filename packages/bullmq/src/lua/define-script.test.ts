import { describe, expect, it } from 'vitest'
import { defineRunScript, lua } from './define-script.ts'
import { runState } from './fragments/run-state.ts'

const fragment = lua`
local total = 0

-- Adds one.
local function addOne()
  total = total + 1
end

local function addTwo()
  addOne()
  addOne()
end

local function subtract()
  total = total - 1
end
`

describe('a script on a run', () => {
  it('holds the functions that it calls, itself or through others, and what is between functions', () => {
    const { text } = defineRunScript('add', [fragment], 'addTwo()\nreturn {false, total}')
    expect(text).toContain('local total = 0')
    expect(text).toContain('local function addOne()')
    expect(text).toContain('local function addTwo()')
    expect(text).not.toContain('subtract')
  })

  it('leaves out functions that only others call which are left out', () => {
    const { text } = defineRunScript('nothing', [fragment], 'return {false, total}')
    expect(text).not.toContain('function add')
  })

  it('reads the fields of the run that it speaks of', () => {
    const { text } = defineRunScript('read', [runState], 'return {false, state.fence}')
    expect(text).toContain("redis.call('HMGET', run, 'incarnation', 'status', 'fence')")
  })

  it('is known by another hash as soon as its text is another', () => {
    const one = defineRunScript('one', [fragment], 'return {false, 1}')
    const other = defineRunScript('one', [fragment], 'return {false, 2}')
    expect(one.sha).not.toBe(other.sha)
  })
})
