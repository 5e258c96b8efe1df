import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { allScripts } from './all-scripts.ts'
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
    expect(text).toContain('\ntotal = 0\n')
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

  it('is known by another name as soon as its text is another, comments apart', () => {
    const one = defineRunScript('one', [fragment], 'return {false, 1}')
    const other = defineRunScript('one', [fragment], 'return {false, 2}')
    const commented = defineRunScript('one', [fragment], '-- A comment.\nreturn {false, 1}')
    expect(one.functionName).toMatch(/^heddle_one_[0-9a-f]{12}$/u)
    expect(commented.functionName).toBe(one.functionName)
    expect(one.functionName).not.toBe(other.functionName)
  })

  it('shares with its functions the variables that they speak of, and keeps the others to the call', () => {
    const { text } = defineRunScript('add', [fragment], 'local other = 1\naddTwo()\nreturn {false, total + other}')
    expect(text).toContain('local KEYS, ARGV, total\n')
    expect(text).toContain('\ntotal = 0\n')
    expect(text).toContain('\nlocal other = 1\n')
  })

  it('that only reads says that it writes nothing', () => {
    expect(defineRunScript('read', [], 'return {false, 1}', { isReadOnly: true }).text).toContain("{'no-writes'}")
    expect(defineRunScript('write', [], 'return {false, 1}').text).not.toContain('no-writes')
  })
})

describe('the scripts of the store', () => {
  it('are all among those that a server is given', () => {
    const names = readdirSync(new URL('.', import.meta.url)).map((file) => file.replace('.ts', ''))
    const scripts = names.filter((name) => allScripts.some((script) => script.name === name))
    expect(scripts).toHaveLength(allScripts.length)
    const others = ['all-scripts', 'committing', 'define-script', 'library', 'pieces', 'state-fields']
    const rest = names.filter((name) => !scripts.includes(name) && !name.includes('.test'))
    expect(rest.sort()).toEqual([...others, 'fragments'].sort())
  })

  it.each(allScripts)('$name has each name once, so that its functions see the same as in one piece', ({ text }) => {
    const [functions = '', rest = ''] = text.split('local function carryOut()\n')
    const [body = ''] = rest.split('local function setVariables')
    const named = [...functions.matchAll(/^local function (\w+)/gmu)].map(([, name = '']) => name)
    const set = [...body.matchAll(/^(?:local ([\w, ]+?)(?: = |$)|((?:\w+, )*\w+) = )/gmu)]
    const declared = [...named, ...set.flatMap(([, local, shared]) => (local ?? shared ?? '').split(', '))]
    expect(declared.length).toBeGreaterThan(0)
    expect(declared.filter((name, at) => declared.indexOf(name) !== at)).toEqual([])
  })
})
