import { createHash, randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { route, type NodeContext, type Registry, type VisitName } from '@heddle/core'
import type { TakeNote } from './notes.ts'

/** What every node hands on: a value that is the same wherever and however often it is computed, and a mark that never is. */
interface Handed {
  /** The run at the root. */
  readonly r: string
  /** Deterministic. */
  readonly v: string
  /** Random: it tells of which attempt this is the outcome. */
  readonly t: string
  /** The visit. */
  readonly from: string
}

function isHanded(value: object): value is Handed {
  return 't' in value && 'v' in value && 'from' in value
}

/** All that was handed on, wherever it is in a value. */
function handedIn(value: unknown): Handed[] {
  if (typeof value !== 'object' || value === null) return []
  return isHanded(value) ? [value] : Object.values(value).flatMap(handedIn)
}

function rootIn(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if ('r' in value && typeof value.r === 'string') return value.r
  for (const part of Object.values(value)) {
    const root = rootIn(part)
    if (root !== undefined) return root
  }
  return undefined
}

/** The same value without marks: what has to be equal in every run of a workflow. */
export function withoutMarks(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (isHanded(value)) return value.v
  if (Array.isArray(value)) return value.map(withoutMarks)
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withoutMarks(part)]))
}

/** The name of a visit within its run. */
export function nameOf({ nodeId, iteration, item }: VisitName): string {
  return `${nodeId}@${iteration.join('.')}${item === undefined ? '' : `#${item}`}`
}

/** A visit of a child run has the id of that run before it. */
function visitName({ nodeId, iteration, index, runId }: NodeContext, root: string): string {
  const child = runId === root ? '' : `${runId}/`
  return child + nameOf({ nodeId, iteration, ...(index === undefined ? {} : { item: index }) })
}

function mark(): string {
  return randomBytes(6).toString('hex')
}

/** Params of the nodes. */
interface ChaosParams {
  /** About how long an attempt takes, in milliseconds. */
  readonly ms?: number
  /** How many attempts fail. */
  readonly fails?: number
  /** What it is given may differ from run to run: it computes nothing of it. */
  readonly isLoose?: boolean
  /** Number of iterations after which the action is `done` and no longer `again`. */
  readonly turns?: number
  /** Answers so many items. */
  readonly items?: number
}

/** Handlers of all flows. @param scale how much of their time they take */
export function chaosHandlers(note: TakeNote, scale: number): Registry {
  const begin = (context: NodeContext, kind: 'begin' | 'enter') => {
    const given: unknown = context.item ?? context.input
    // An error that comes along an edge tells nothing of its run.
    const runId = rootIn(given) ?? context.runId
    const visit = visitName(context, runId)
    const detail = String(context.attempt)
    note({ kind, runId, visit, detail })
    const seen = handedIn(given)
    for (const { from, t } of seen) note({ kind: 'saw', runId, visit: from, detail: t })
    return { given, seen, runId, visit, detail }
  }

  const work = async (context: NodeContext): Promise<unknown> => {
    const { given, seen, runId, visit, detail } = begin(context, 'begin')
    const { ms = 20, fails = 0, isLoose = false, turns, items } = context.params as ChaosParams
    if (scale > 0) await pause(ms * (0.5 + Math.random()) * scale, undefined, { signal: context.signal })
    if (context.attempt <= fails) {
      note({ kind: 'threw', runId, visit, detail })
      throw new Error(`${context.nodeId} fails`)
    }
    const plain = seen.length === 0 && !isLoose ? [JSON.stringify((given as { n?: unknown }).n)] : []
    const values = isLoose ? [] : [...seen.map(({ v }) => v), ...plain].sort()
    const hash = (of: string): string => createHash('sha1').update(of).digest('hex').slice(0, 10)
    const v = hash(JSON.stringify([visitName(context, context.runId), values]))
    context.context.set('visits', 1)
    note({ kind: 'end', runId, visit, detail })
    const out: Handed = { r: runId, v, t: mark(), from: visit }
    if (items !== undefined) return Array.from({ length: items }, (_, i) => ({ ...out, v: hash(v + String(i)) }))
    if (turns !== undefined) return route((context.iteration[0] ?? 0) + 1 < turns ? 'again' : 'done', out)
    return out
  }

  const steps = async (context: NodeContext): Promise<unknown> => {
    const { seen, runId, visit, detail } = begin(context, 'enter')
    const call = async (name: string): Promise<Handed> => {
      const from = `${visit}/${name}`
      const done = await context.step(name, async () => {
        note({ kind: 'step', runId, visit: from, detail })
        await pause(30 * scale)
        return { r: runId, v: name, t: mark(), from }
      })
      note({ kind: 'saw', runId, visit: from, detail: done.t })
      return done
    }
    const parts = await Promise.all([call('reserve'), call('charge')])
    await context.sleep('nap', Math.max(1, 400 * scale))
    parts.push(await call('ship'))
    const answer = await context.waitFor('word')
    for (const { from, t } of handedIn(answer)) note({ kind: 'saw', runId, visit: from, detail: t })
    context.context.set('visits', 1)
    note({ kind: 'end', runId, visit, detail })
    const v = [...seen, ...parts, ...handedIn(answer)].map((each) => each.v).join('+')
    return { r: runId, v, t: mark(), from: visit }
  }
  return { work, steps }
}

/** What a wait is answered with: the same value, and a mark of its own, every time. */
export function answerTo(runId: string, waitId: string): unknown {
  return { r: runId, v: 'an answer', t: mark(), from: `answer/${waitId}` }
}
