import type { NodeContext } from '@heddle/core'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { chain, flow, plain } from '../../src/conformance/flow.ts'
import { simulate } from '../../src/index.ts'

// The only place where the kernel is replaced: these mistakes are decisions of it, which no store could make in its stead.
const mistake = vi.hoisted(() => ({ name: '' }))

/** The number of a skipped visit. */
const skippedVisit = 6

/** As much of the kernel's arguments as the mistakes look at. */
interface Control {
  readonly graph: { readonly edgeSource: ArrayLike<number> }
}
interface Frame {
  readonly status: (node: number) => number
}

// oxlint-disable-next-line vitest/prefer-import-in-mock -- an import would enter another package by its window
vi.mock('../../../core/src/kernel/marks.ts', async (importOriginal) => {
  const original = await importOriginal<{ writeMark: (...given: unknown[]) => void }>()
  const writeMark = (...given: [Control, Frame, number, ...unknown[]]): void => {
    const [control, frame, edge] = given
    const isFromSkipped = frame.status(control.graph.edgeSource[edge] ?? -1) === skippedVisit
    if (mistake.name !== 'stops at a skip' || !isFromSkipped) original.writeMark(...given)
  }
  return { ...original, writeMark }
})

// oxlint-disable-next-line vitest/prefer-import-in-mock -- an import would enter another package by its window
vi.mock('../../../core/src/kernel/join.ts', async (importOriginal) => {
  const original = await importOriginal<{
    joinVerdict: Record<string, unknown>
    decideJoin: (...given: unknown[]) => unknown
  }>()
  const decideJoin = (...given: unknown[]): unknown =>
    mistake.name === 'fires at the first mark' ? original.joinVerdict['fire'] : original.decideJoin(...given)
  return { ...original, decideJoin }
})

const split = {
  blueprint: flow(plain('a', 'b', 'c', 'd', 'e', 'end'), [
    ['a', 'b', { condition: 'false' }],
    ...chain('b', 'c', 'end'),
    ...chain('a', 'd', 'end'),
    ...chain('a', 'e', 'end'),
  ]),
  registry: {
    ...Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((id) => [id, () => id])),
    end: ({ deps }: NodeContext) => Object.keys(deps).sort().join(' '),
  },
}

async function caughtAs(): Promise<(string | undefined)[]> {
  const { failures } = await simulate(split, {
    seeds: 100,
    maxFailures: 1,
    expect: ({ output }) => expect(output).toBe('d e'),
  })
  return failures.map(({ guarantee }) => guarantee)
}

describe('a simulation catches a kernel that', { timeout: 120_000 }, () => {
  beforeEach(() => {
    mistake.name = ''
  })

  it('makes no mistake: then there is nothing to catch', async () => {
    await expect(caughtAs()).resolves.toEqual([])
  })

  it('does not hand a skip on', async () => {
    mistake.name = 'stops at a skip'
    await expect(caughtAs()).resolves.toEqual(['G5'])
  })

  it('fires a join at its first mark', async () => {
    mistake.name = 'fires at the first mark'
    await expect(caughtAs()).resolves.toEqual(['G8'])
  })
})
