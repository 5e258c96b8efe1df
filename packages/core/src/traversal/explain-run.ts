import type { Explanation, PlainReason } from '../model/explanation.ts'
import type { RunStatus } from '../model/run-status.ts'
import { reasonSentence } from './reason-sentences.ts'

/** What somebody must do something about comes first, then what comes soonest by itself, then what follows from the rest. */
const order: readonly PlainReason['type'][] = [
  'ended',
  'not-begun',
  'broken',
  'stalled',
  'unclaimed',
  'undecided',
  'running',
  'permit',
  'backoff',
  'ready',
  'timer',
  'child',
  'wait',
  'items',
  'join',
]

/** Makes an explanation of reasons. @param now in milliseconds since 1970 */
export function explainRun(
  runId: string,
  status: RunStatus | 'running',
  found: readonly PlainReason[],
  now: number,
): Explanation {
  const reasons = found
    .toSorted((one, other) => order.indexOf(one.type) - order.indexOf(other.type))
    .map((reason) => ({ ...reason, sentence: reasonSentence(reason, now) }))
  const [first] = reasons
  const more = reasons.length < 2 ? '' : `, and ${reasons.length - 1} more`
  const summary = `run "${runId}" is ${status}: ${first?.sentence ?? 'nothing is left to do, and it was not told to end'}${more}`
  return { runId, status, summary, reasons }
}
