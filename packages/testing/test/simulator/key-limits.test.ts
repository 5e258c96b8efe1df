import type { IClock, NodeContext } from '@heddle/core'
import { describe, expect, it } from 'vitest'
import { chain, flow } from '../../src/conformance/flow.ts'
import { simulate } from '../../src/simulator/simulate.ts'
import type { SimulateOptions } from '../../src/simulator/simulate-options.ts'

const leaseMs = 8000

/** How long before its attempt a permit is taken at most: the claim comes in between. */
const takenBeforeMs = 100

/** A node of its own, and four of one key. */
const nodes = Object.fromEntries(
  ['a', 'b', 'c', 'd', 'e'].map((id) => [
    id,
    { uses: 'work', ...(id === 'a' ? {} : { config: { concurrencyKey: 'press' } }) },
  ]),
)

interface Attempt {
  readonly since: number
  end?: number
}

/** A workflow whose attempts are watched, by the time of the world: several worlds follow each other. */
function watchedWork() {
  const began: number[] = []
  let underWay: Attempt[] = []
  let most = 0
  const work = async ({ nodeId, dependencies }: NodeContext): Promise<string> => {
    if (nodeId === 'a') return nodeId
    const clock = dependencies as IClock
    const now = clock.now()
    // Another world has begun; who died does not say when.
    if (now < (began.at(-1) ?? 0)) underWay = []
    underWay = underWay.filter(({ end, since }) => end === undefined && now < since - takenBeforeMs + leaseMs)
    const attempt: Attempt = { since: now }
    underWay.push(attempt)
    began.push(now)
    most = Math.max(most, underWay.length)
    await new Promise<void>((resolve) => {
      clock.schedule(200, resolve)
    })
    attempt.end = clock.now()
    return nodeId
  }
  const blueprint = flow(nodes, [...chain('a', 'b', 'd'), ...chain('a', 'c', 'e')])
  return { workflow: { blueprint, registry: { work } }, began, most: () => most }
}

const options: SimulateOptions = { seeds: 60, runs: 3, workers: 3, dependencies: (clock) => clock, limits: { leaseMs } }

/** Those that let nobody hold what it was given for longer than its lease, or go on after it gave it back. */
const steady = { pause: 0, lostTail: 0, clockJump: 0, slowHandler: 0, drain: 0 }

describe('limits of attempts that share a key', { timeout: 240_000 }, () => {
  it('hold across workers and runs, whoever dies, and lose no run', async () => {
    const { workflow, most } = watchedWork()
    const faults = { ...steady, crash: 0.02, error: 0.02, resend: 0.03 }
    const report = await simulate(workflow, { ...options, faults, keyLimits: { press: { concurrency: 2 } } })
    expect(report.failures).toEqual([])
    expect(report.faults.crash).toBeGreaterThan(50)
    expect(most()).toBe(2)
  })

  it('are what keeps the attempts apart there', async () => {
    const { workflow, most } = watchedWork()
    await simulate(workflow, { ...options, seeds: 5, faults: steady })
    expect(most()).toBeGreaterThan(2)
  })

  it('lose no run when workers stand still and the store forgets the last that it was told', async () => {
    const { workflow } = watchedWork()
    const report = await simulate(workflow, { ...options, keyLimits: { press: { concurrency: 1 } } })
    expect(report.failures).toEqual([])
  })

  it('of a rate lose no run either', async () => {
    const { workflow } = watchedWork()
    const keyLimits = { press: { concurrency: 3, rate: { max: 2, perMs: 3000 } } }
    const report = await simulate(workflow, { ...options, keyLimits })
    expect(report.failures).toEqual([])
  })
})
