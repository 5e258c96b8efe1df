import { describe, expect, it } from 'vitest'
import { aroundStore } from '../../test/around-store.ts'
import { Cluster } from '../../test/cluster.ts'
import type { Draw } from '../../test/reference-model/random-blueprint.ts'
import { seededDraw } from '../../test/reference-model/random-results.ts'
import type { VirtualClock } from '../../test/virtual-clock.ts'
import { settle } from '../../test/while-time-passes.ts'
import { isHeddleError } from '../errors/heddle-error.ts'
import { memoryCoordinationStore } from '../memory/coordination-store.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { ClaimReply } from '../ports/run-records.ts'
import type { ICoordinationStore } from '../ports/coordination-store.ts'
import type { NodeContext } from '../ports/node-context.ts'
import { resumeRun } from './run-requests.ts'

const seeds = Number(process.env['HEDDLE_SEEDS'] ?? 60)

const blueprint: WorkflowBlueprint = {
  id: 'racing',
  nodes: [{ id: 'h', uses: 'h', config: { retry: { maxAttempts: 3 } } }],
  edges: [],
}

/** A call that races: its name is a number, as names in a loop are, and `ms` how long it takes. */
interface Racer {
  readonly kind: 'step' | 'failing' | 'sleep' | 'wait'
  readonly name: string
  readonly ms: number
}

interface Program {
  readonly rounds: readonly (readonly Racer[])[]
  /** After which round the first attempts throw. */
  readonly failures: readonly number[]
}

function drawProgram(draw: Draw): Program {
  let count = 100
  const failures = draw(2) === 0 ? [] : [draw(2), draw(2)]
  // What failed is made again by the next attempt: it wins no race twice.
  const kinds =
    failures.length === 0 ? (['step', 'failing', 'sleep', 'wait'] as const) : (['step', 'sleep', 'wait'] as const)
  const racer = (): Racer => {
    const kind = kinds[draw(5)] ?? 'wait'
    return { kind, name: String(count--), ms: 1 + draw(60) }
  }
  const rounds = Array.from({ length: 2 + draw(3) }, () => Array.from({ length: 2 + draw(4) }, racer))
  return { rounds, failures }
}

/** A handler that lets calls race in each round, and records what it has seen. What it sees is told by attempt. */
function racingHandler({ rounds, failures }: Program, clock: () => VirtualClock, see: (what: string) => void) {
  const passed = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      clock().schedule(ms, resolve)
    })
  const enter = async ({ step, sleep, waitFor }: NodeContext, { kind, name, ms }: Racer): Promise<string> => {
    if (kind === 'sleep') await sleep(name, ms)
    else if (kind === 'wait') await waitFor(name)
    else {
      await step(name, async () => {
        await passed(ms)
        if (kind === 'failing') throw new Error('as ever')
      }).catch((error: unknown) => {
        if (isHeddleError(error)) throw error
      })
    }
    return name
  }
  return async (context: NodeContext): Promise<string[]> => {
    const racing = new Map<string, Promise<string>>()
    const winners: string[] = []
    for (const [round, racers] of rounds.entries()) {
      // Those that have not come in yet race on.
      for (const racer of racers) racing.set(racer.name, enter(context, racer))
      const winner = await Promise.race(racing.values())
      racing.delete(winner)
      winners.push(winner)
      see(`attempt ${context.attempt} round ${round}: ${winners.at(-1)}`)
      await context.step(`round ${round} was won by ${winners.at(-1)}`, () => passed(10))
      if (failures[context.attempt - 1] === round) throw new Error('not yet')
    }
    await Promise.all(racing.values())
    return winners
  }
}

/** A store that hands out recorded steps in no order, as one may. */
function shuffling(store: ICoordinationStore, draw: Draw): ICoordinationStore {
  return aroundStore(store, async ({ name, carryOut }) => {
    const reply = await carryOut()
    if (name !== 'claim') return reply
    const claimed = reply as ClaimReply
    if (claimed.status !== 'claimed') return claimed
    const steps = Object.entries(claimed.steps).map((entry) => ({ entry, place: draw(1000) }))
    const shuffled = steps.sort((one, other) => one.place - other.place).map(({ entry }) => entry)
    return { ...claimed, steps: Object.fromEntries(shuffled) }
  })
}

async function answerOne(cluster: Cluster, draw: Draw): Promise<void> {
  const { waits } = await cluster.head()
  const wait = waits[draw(waits.length)]
  if (wait !== undefined) await resumeRun(cluster.requests, 'run', wait.waitId, undefined)
}

/** Runs a program while workers die at random; answers what its handler saw that is not what it saw before. */
async function race(
  seed: number,
): Promise<{ readonly changed: string[]; readonly end: unknown; readonly deaths: number }> {
  const draw = seededDraw(seed)
  const seen = new Map<string, string>()
  const changed: string[] = []
  const see = (what: string): void => {
    const [place = '', winner = ''] = what.split(': ')
    const before = seen.get(place) ?? winner
    seen.set(place, before)
    if (before !== winner) changed.push(`${place}: ${before}, then ${winner}`)
  }
  const cluster: Cluster = new Cluster({
    registry: { h: racingHandler(drawProgram(draw), () => cluster.clock, see) },
    seed,
    workers: 2,
    faults: { die: draw(3) },
    store: (clock) => shuffling(memoryCoordinationStore({ clock }), draw),
  })
  await cluster.start(blueprint, undefined)
  for (let turn = 0; turn < 2000; turn++) {
    if (cluster.jobs.length > 0) cluster.handOut()
    await settle()
    if ((await cluster.head()).status !== 'live') break
    if (draw(4) === 0) await answerOne(cluster, draw)
    if (draw(25) === 0) cluster.kill(draw(2))
    cluster.clock.advance(draw(15) === 0 ? 3000 : 1 + draw(20))
    if (draw(5) === 0) await cluster.sweep()
  }
  const last = (await cluster.events()).at(-1)
  const error = (await cluster.head()).failures[0]
  return { changed, end: error ?? last?.type, deaths: cluster.deaths }
}

describe('races of durable calls in a distributed run', () => {
  it('have the winners that they had, whenever workers die and answers come', async () => {
    let deaths = 0
    for (let seed = 1; seed <= seeds; seed++) {
      const { changed, end, deaths: died } = await race(seed)
      expect({ seed, changed, end }).toEqual({ seed, changed: [], end: 'run.completed' })
      deaths += died
    }
    expect(deaths).toBeGreaterThan(seeds / 4)
  }, 300_000)
})
