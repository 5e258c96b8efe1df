import { isHeddleError, type ICoordinationStore, type OpenWait, type RunHandle, type RunRef } from '@heddle/core'
import { describeEnd } from '../../../core/test/crash-points.ts'
import type { CrashEnd } from '../../../core/test/crash-patterns/pattern.ts'
import type { KnownPattern } from './known-workflows.ts'

/** How often is looked whether a run waits, in milliseconds. */
const lookMs = 500

/** Codes of answers that came when the wait was over already. */
const lateCodes = ['WAIT_NOT_OPEN', 'WAIT_ANSWERED', 'WAIT_EXPIRED', 'INVALID_TOKEN'] as const

/** What is used of the handle of a run, of whichever workflow. */
type FollowedRun = Pick<RunHandle, 'runId' | 'result' | 'journal' | 'waits' | 'resume' | 'resumeByToken' | 'cancel'>

/** The people around a run. */
export interface Surroundings {
  readonly store: ICoordinationStore
  /** The tokens that webhooks of these runs announced, the last one first. */
  readonly tokensOf: (runIds: ReadonlySet<string>) => readonly string[]
}

/** Answers what a run waits for, as its pattern says, until it has ended; answers what it came to. */
export async function followPattern(
  { workflow }: KnownPattern,
  run: FollowedRun,
  surroundings: Surroundings,
): Promise<CrashEnd> {
  const { store } = surroundings
  const ending = run.result()
  const over = isOver(ending)
  while (!(await Promise.race([over, pause(lookMs)]))) {
    for (const wait of await run.waits()) await answer(run, wait, surroundings)
  }
  const end = describeEnd(workflow.blueprint, await ending, await run.journal())
  const children = await endedChildrenOf(store, run.runId)
  const ends = children.map(({ status }) => `run.${status}`)
  return { ...end, children: ends.toSorted((one, other) => one.localeCompare(other)) }
}

async function isOver(ending: Promise<unknown>): Promise<true> {
  try {
    await ending
  } catch {
    // Who awaits the result is told.
  }
  return true
}

/** Child runs end by themselves after a parent that did not wait for them. */
async function endedChildrenOf(store: ICoordinationStore, runId: string): ReturnType<typeof childrenOf> {
  for (;;) {
    const children = await childrenOf(store, runId)
    if (children.every(({ status }) => status !== 'live')) return children
    await pause(lookMs)
  }
}

async function answer(run: FollowedRun, { waitId, name }: OpenWait, surroundings: Surroundings): Promise<void> {
  if (name.startsWith('silent')) return
  if (name.startsWith('cancel')) return run.cancel('enough')
  if (!name.startsWith('hook')) return unlessLate(run.resume(waitId, `answer to ${name}`))
  const family = await childrenOf(surroundings.store, run.runId)
  const runIds = new Set([run.runId, ...family.map(({ runId }) => runId)])
  for (const token of surroundings.tokensOf(runIds)) await unlessLate(run.resumeByToken(token, 'answer by token'))
}

async function unlessLate(work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!lateCodes.some((code) => isHeddleError(error, code))) throw error
  }
}

/** All child runs of a run, at any depth. */
async function childrenOf(
  store: ICoordinationStore,
  runId: string,
): Promise<readonly (RunRef & { readonly status: string })[]> {
  const head = await store.readRun(runId)
  if (head === undefined) return []
  const found: (RunRef & { readonly status: string })[] = []
  for (const { childRunId } of await store.readChildren(head)) {
    const child = await store.readRun(childRunId)
    if (child !== undefined) found.push(child, ...(await childrenOf(store, childRunId)))
  }
  return found
}

function pause(ms: number): Promise<false> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(false), ms)
  })
}
