import { describe, expect, it } from 'vitest'
import { registerBehaviours, type Behaviour } from './register-behaviours.ts'
import type { TestApi } from './test-api.ts'

/** A test runner that notes what is registered. */
function notingRunner(): { test: TestApi; names: string[]; bodies: (() => Promise<void>)[] } {
  const names: string[] = []
  const bodies: (() => Promise<void>)[] = []
  const register = (name: string, body: () => Promise<void>): void => {
    names.push(name)
    bodies.push(body)
  }
  const skip = (name: string): unknown => names.push(`- ${name}`)
  const test: TestApi = {
    describe: (name, body) => {
      names.push(name)
      body()
    },
    it: Object.assign(register, { skip }),
    expect,
  }
  return { test, names, bodies }
}

const behaviours: Behaviour<{ log: string[] }>[] = [
  { name: 'does one thing', run: async ({ log }) => void log.push('one') },
  { name: 'does another', run: () => Promise.reject(new Error('it does not')) },
]

describe('a suite', () => {
  it('registers a test for each behaviour, each with a harness of its own that is closed', async () => {
    const { test, names, bodies } = notingRunner()
    const log: string[] = []
    registerBehaviours('Thing', behaviours, { test }, async () => ({
      harness: { log },
      close: async () => void log.push('closed'),
    }))
    expect(names).toEqual(['Thing', 'does one thing', 'does another'])
    await bodies[0]?.()
    await expect(bodies[1]?.()).rejects.toThrow('it does not')
    expect(log).toEqual(['one', 'closed', 'closed'])
  })

  it('shows what is skipped and why, and refuses a skip without a reason or of nothing', () => {
    const { test, names } = notingRunner()
    const open = (): Promise<never> => Promise.reject(new Error('not opened'))
    registerBehaviours('Thing', behaviours, { test, skip: { 'does another': 'it cannot' } }, open)
    expect(names).toEqual(['Thing', 'does one thing', '- does another (skipped: it cannot)'])
    expect(() => registerBehaviours('Thing', behaviours, { test, skip: { 'does another': ' ' } }, open)).toThrow(
      'reason',
    )
    expect(() => registerBehaviours('Thing', behaviours, { test, skip: { 'does a third': 'x' } }, open)).toThrow(
      'no such',
    )
  })
})
