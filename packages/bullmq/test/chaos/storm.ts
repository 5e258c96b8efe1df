import type { RedisServer } from '../redis-server.ts'
import type { FaultKind, PlannedFault } from './fault-plan.ts'
import { rewriteLog } from '../rewrite-log.ts'
import { Doom, doomMoments } from './doom.ts'
import { LogTail } from './log-tail.ts'
import { pick, type Random } from './seeded-random.ts'
import { pause, type WorkerFleet } from './worker-fleet.ts'

/** A fault that has happened; times in milliseconds since 1970. */
export interface Fault {
  readonly kind: FaultKind
  readonly at: number
  /** The worker that it happened to. */
  readonly process?: number
  /** When Redis was there again. */
  readonly readyAt?: number
  /** From when on what was written is missing. */
  readonly lostSince?: number
}

/** What a storm works on. */
export interface StormOptions {
  readonly fleet: WorkerFleet
  readonly server: RedisServer
  readonly random: Random
  /** A folder that the workers see. */
  readonly folder: string
  readonly pauseMs: number
  /** Resolves when this share of all runs has ended, 0 to 1. */
  readonly untilShare: (share: number) => Promise<void>
  readonly say: (line: string) => void
}

/** Carries out planned faults. @returns those that have happened, when all are over */
export async function storm(plan: readonly PlannedFault[], options: StormOptions): Promise<Fault[]> {
  const faults: Fault[] = []
  const tail = new LogTail(options.server.folder)
  let redis: Promise<void> = Promise.resolve()
  let sweepers: Promise<void> = Promise.resolve()
  const makeOne = async ({ kind, share, afterMs }: PlannedFault): Promise<void> => {
    await options.untilShare(share)
    await pause(afterMs)
    if (kind !== 'restart' && kind !== 'cut') {
      faults.push(...(await harmWorker(kind, options)))
      if (kind === 'kill-twice') {
        sweepers = sweepers.then(async () => {
          faults.push(...(await harmSweeper(options)))
        })
        await sweepers
      }
      return
    }
    redis = redis.then(async () => {
      faults.push(await harmRedis(kind, tail, options))
    })
    await redis
  }
  await Promise.all(plan.map(makeOne))
  tail.close()
  return faults
}

async function harmWorker(kind: FaultKind, { fleet, random, pauseMs, say }: StormOptions): Promise<Fault[]> {
  for (let tries = 0; tries < 100; tries++) {
    const at = Date.now()
    if (kind === 'pause') {
      const paused = fleet.pause(random)
      if (paused?.pid !== undefined) {
        say(`worker ${paused.pid} stands still for ${pauseMs} ms`)
        await pause(pauseMs)
        paused.goOn()
        return [{ kind, at, process: paused.pid }]
      }
    } else {
      const pid = kind === 'kill-in-drain' ? await fleet.killInDrain(random, random() * 400) : fleet.kill(random)
      if (pid !== undefined) {
        say(`worker ${pid} is killed (${kind})`)
        return [{ kind, at, process: pid }]
      }
    }
    // All are just coming up.
    await pause(500)
  }
  return []
}

/** Kills the worker that is the first to take what is due when the leases of one end that has just been killed. */
async function harmSweeper({ folder, random, say }: StormOptions): Promise<Fault[]> {
  const doom = new Doom(folder)
  await pause(7300)
  const moment = pick(random, doomMoments) ?? 'runs'
  doom.order(moment)
  for (let waited = 0; waited < 5000 && doom.isOpen; waited += 20) await pause(20)
  if (doom.isOpen) {
    doom.recall()
    say(`no sweeper had ${moment} to take`)
    return []
  }
  const death = doom.last()
  if (death === undefined) return []
  say(`worker ${death.process} was killed when it had taken ${moment} (kill-sweeper)`)
  return [{ kind: 'kill-sweeper', ...death }]
}

async function harmRedis(kind: FaultKind, tail: LogTail, { server, random, say }: StormOptions): Promise<Fault> {
  const at = Date.now()
  await server.kill()
  const cut = kind === 'cut' ? tail.cut(0.2 + 0.8 * random()) : undefined
  await pause(random() * 1500)
  await server.restart()
  const readyAt = Date.now()
  if (cut !== undefined) await rewriteLog(server.url)
  say(
    `Redis was killed and is back after ${readyAt - at} ms${cut === undefined ? '' : `, without its last ${cut.bytes} bytes`}`,
  )
  return { kind, at, readyAt, ...(cut === undefined ? {} : { lostSince: cut.since }) }
}
