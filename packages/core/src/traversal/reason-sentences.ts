import type { JoinStrategy } from '../model/blueprint.ts'
import type { ErrorData } from '../model/error-data.ts'
import type { PlainReason, RunningStep, UnmarkedEdge } from '../model/explanation.ts'
import { visitKey, type VisitName } from '../model/visit.ts'

/** The largest moment that a Date can hold. */
const maxMoment = 8.64e15

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const

/** How many edges of a join a sentence names. */
const edgesNamed = 5

/** Puts a reason into words. @param now in milliseconds since 1970 */
export function reasonSentence(reason: PlainReason, now: number): string {
  switch (reason.type) {
    case 'running':
      return `${visitText(reason)} is running${sinceText(reason.since)}, attempt ${reason.attempt} of ${reason.maxAttempts}${stepsText(reason.steps)}`
    case 'ready':
      return `${visitText(reason)} is ready for attempt ${reason.attempt} of ${reason.maxAttempts}, which has not begun: all slots are taken, or whoever drives the run has stopped`
    case 'permit':
      return permitSentence(reason, now)
    case 'backoff':
      return `${visitText(reason)} makes attempt ${reason.attempt} of ${reason.maxAttempts} ${dueText(reason.due, now)}${afterText(reason.error)}`
    case 'wait':
      return `${callText(reason)}wait "${reason.name}" (${reason.waitId}) is open${sinceText(reason.since)}${deadlineText(reason.deadline)}`
    case 'timer':
      return `${callText(reason)}${visitText(reason)} sleeps until ${momentText(reason.due)}, which is ${dueText(reason.due, now)}`
    case 'child':
      return `${callText(reason)}${visitText(reason)} waits for child run "${reason.childRunId}": ${reason.explanation.summary}`
    case 'items':
      return `map ${visitText(reason)} has settled ${reason.settled} of ${reason.count} items${reason.failed > 0 ? `, ${reason.failed} of them failed` : ''}`
    case 'join':
      return `join "${visitKey(reason)}" (${strategyText(reason.strategy)}) waits for ${edgesText(reason.edges)}`
    default:
      return runSentence(reason)
  }
}

type PermitReason = Extract<PlainReason, { readonly type: 'permit' }>

function permitSentence(reason: PermitReason, now: number): string {
  const { key, limit, since, holders, held, rateOpensAt } = reason
  const start = `${visitText(reason)} waits for a permit of "${key}"${sinceText(since)}`
  if (held >= (limit.concurrency ?? Infinity)) {
    const named = holders
      .slice(0, edgesNamed)
      .map(({ runId, visit }) => `${visit === undefined ? '' : `${visitText(visit)} of `}run "${runId}"`)
    const more = held > named.length ? ` and ${held - named.length} more` : ''
    return `${start}: ${limit.concurrency === 1 ? 'the only one is held' : `all ${held} are held`} by ${named.join(', ')}${more}`
  }
  if (rateOpensAt === undefined || limit.rate === undefined) return `${start}: its turn is coming`
  return `${start}: ${limit.rate.max} attempts began within ${lengthText(limit.rate.perMs)}, and the next one may begin ${dueText(rateOpensAt, now)}`
}

function runSentence(reason: Exclude<PlainReason, VisitName>): string {
  switch (reason.type) {
    case 'unclaimed':
      return `${reason.visit === undefined ? 'its beginning' : visitText(reason.visit)} waits for a worker since ${momentText(reason.since)}: none that has definition "${reason.definitionHash}" has taken it`
    case 'undecided':
      return `${reason.count} of its events or messages ${reason.count === 1 ? 'waits' : 'wait'} for a worker that has definition "${reason.definitionHash}"`
    case 'not-begun':
      return 'it has not begun: no orchestrator was run with its parts'
    case 'stalled':
      return `no turn of it gets on, and it is tried again later: ${reason.by}`
    case 'broken':
      return `it cannot go on in this process: ${reason.error.message}`
    case 'ended':
      return `it has ${endText(reason.status)}${reason.at === undefined ? '' : ` at ${momentText(reason.at)}`}${reason.error === undefined ? '' : `: ${reason.error.message}`}`
  }
}

function endText(status: 'completed' | 'failed' | 'cancelled'): string {
  return status === 'cancelled' ? 'been cancelled' : status
}

function visitText({ compensates, ...visit }: VisitName): string {
  return compensates === true ? `the compensation of "${visitKey(visit)}"` : `"${visitKey(visit)}"`
}

function callText({ call }: { readonly call?: string }): string {
  return call === undefined ? '' : `call "${call}": `
}

function sinceText(since: number | undefined): string {
  return since === undefined ? '' : ` since ${momentText(since)}`
}

function stepsText(steps: readonly RunningStep[] = []): string {
  return steps.map(({ call, since }) => `, in step "${call}"${sinceText(since)}`).join('')
}

function deadlineText(deadline: number | undefined): string {
  return deadline === undefined ? '' : ` and expires at ${momentText(deadline)}`
}

function afterText(error: ErrorData | undefined): string {
  return error === undefined ? '' : `, after: ${error.message}`
}

function strategyText(strategy: JoinStrategy): string {
  return typeof strategy === 'string' ? strategy : `at least ${strategy.atLeast}`
}

function edgesText(edges: readonly UnmarkedEdge[]): string {
  const named = edges
    .slice(0, edgesNamed)
    .map(({ edge, source, sourceStatus }) => `${edge} (${doingText(source, sourceStatus)})`)
  const more = edges.length > edgesNamed ? ` and ${edges.length - edgesNamed} more` : ''
  return `${edges.length === 1 ? 'edge' : 'edges'} ${named.join(', ')}${more}`
}

function doingText(source: string, status: UnmarkedEdge['sourceStatus']): string {
  if (status === 'looping') return `the loop around "${source}" goes on`
  return status === 'pending' ? `"${source}" was not reached` : `"${source}" is ${status}`
}

/** A moment in words; one that no calendar has, as a number. */
function momentText(moment: number): string {
  return Math.abs(moment) <= maxMoment ? new Date(moment).toISOString() : `${moment} ms`
}

function dueText(due: number, now: number): string {
  return due <= now ? 'now' : `in ${lengthText(due - now)}`
}

/** A length of time in its two largest units. */
function lengthText(ms: number): string {
  if (ms < 1000) return `${Math.ceil(ms)} ms`
  let left = Math.round(ms / 1000) * 1000
  const parts: string[] = []
  for (const [unit, size] of units) {
    const count = Math.floor(left / size)
    left -= count * size
    if (count > 0 && parts.length < 2) parts.push(`${count} ${unit}`)
  }
  return parts.join(' ')
}
