import type { WorkflowBlueprint } from '../../src/model/blueprint.ts'
import type { RunFact } from '../../src/model/run-event.ts'
import { cannotBeUndone, keyOfFact } from './undo-book.ts'

type Told = RunFact & { readonly nodeId: string; readonly iteration: readonly number[] }

/** What must not happen any more once a run that has failed is being compensated. */
const beginnings: ReadonlySet<string> = new Set([
  'node.ready',
  'node.retrying',
  'edge.taken',
  'edge.skipped',
  'edge.failed',
])

/**
 * Checks the facts of a finished run under `onFailure: 'compensate'` by the text of the semantics, without running anything. Returns the
 * breaches as sentences.
 */
export function checkCompensation(blueprint: WorkflowBlueprint, facts: readonly RunFact[]): string[] {
  const problems: string[] = []
  const stopped = facts.findIndex(({ type }) => type === 'run.compensating')
  const isUnhandled = facts.some((fact) => fact.type === 'node.failed' && fact.handledBy === undefined)
  if (stopped === -1) {
    if (isUnhandled) problems.push('a failure was left unhandled, and nothing was compensated')
    if (facts.some(({ type }) => type.startsWith('compensation.'))) problems.push('visits were undone for no reason')
    return problems
  }
  const after = facts.slice(stopped + 1)
  for (const fact of after) {
    const isBeginning = beginnings.has(fact.type) && !('compensates' in fact)
    if (isBeginning) problems.push(`${fact.type} after the run had failed`)
  }
  const firstUndo = after.findIndex(({ type }) => type.startsWith('compensation.'))
  const settles = after
    .slice(firstUndo === -1 ? after.length : firstUndo)
    .filter((fact) => fact.type.startsWith('node.') && !('compensates' in fact))
  for (const { type } of settles) problems.push(`${type} after the first visit was undone`)

  checkOrder(facts, new Set(idsToUndo(blueprint)), problems)
  checkEnds(after, problems)
  if (facts.at(-1)?.type !== 'run.failed') problems.push(`the run ended with ${facts.at(-1)?.type}`)
  return problems
}

function idsToUndo({ nodes }: WorkflowBlueprint): string[] {
  return nodes.flatMap(({ id, config }) => (config?.compensate === undefined ? [] : id))
}

/** First what was cut off while it ran, or an attempt was lost of; then what completed, the last one first. */
function checkOrder(facts: readonly RunFact[], ids: ReadonlySet<string>, problems: string[]): void {
  const started = new Set(keysOf(facts, 'node.started'))
  const toldOf = (type: RunFact['type']): string[] =>
    keysOf(
      facts.filter((fact) => 'nodeId' in fact && ids.has(fact.nodeId ?? '')),
      type,
    )
  const completed = toldOf('node.completed').reverse()
  const lost = new Set(facts.filter((fact, at) => tellsOfLoss(facts, fact, at)).map((fact) => keyOfFact(fact as Told)))
  const cancelled = toldOf('node.cancelled').filter((key) => started.has(key))
  const failed = toldOf('node.failed').filter((key) => lost.has(key))
  const cutOff = [...new Set([...cancelled, ...failed])]
  // An attempt to undo a visit may have been lost as well.
  const undone = toldOf('compensation.started').filter((key, at, all) => key !== all[at - 1])
  const first = undone.slice(0, cutOff.length)
  const rest = undone.slice(cutOff.length)
  if (first.toSorted().join(' ') !== cutOff.toSorted().join(' ')) {
    problems.push(`of unknown outcome are ${cutOff.join(' ')}, and first were undone ${first.join(' ')}`)
  }
  if (rest.join(' ') !== completed.join(' ')) {
    problems.push(`undone should be ${completed.join(' ')}, and were ${rest.join(' ')}`)
  }
  for (const fact of facts) {
    if (fact.type !== 'compensation.started') continue
    const isKnown = completed.includes(keyOfFact(fact))
    if (fact.isOutcomeKnown !== isKnown) {
      problems.push(`the outcome of ${keyOfFact(fact)} is${isKnown ? '' : ' not'} known`)
    }
  }
}

/** Whether an attempt of a visit was lost: it is told so, or another one began although none had ended. */
function tellsOfLoss(facts: readonly RunFact[], fact: RunFact, at: number): boolean {
  if (fact.type === 'node.ready') return fact.lost !== undefined
  if (fact.type === 'node.failed') return fact.error.code === 'ATTEMPT_LOST'
  if (fact.type !== 'node.started') return false
  const key = keyOfFact(fact)
  return facts.slice(0, at).some((earlier) => earlier.type === 'node.started' && keyOfFact(earlier) === key)
}

function keysOf(facts: readonly RunFact[], type: RunFact['type']): string[] {
  return facts.filter((fact): fact is Told => fact.type === type && 'nodeId' in fact).map((fact) => keyOfFact(fact))
}

/** One visit is undone after the other, and the failure of one keeps nobody from undoing the others. */
function checkEnds(facts: readonly RunFact[], problems: string[]): void {
  let open: string | undefined
  for (const fact of facts) {
    if (!fact.type.startsWith('compensation.') || !('nodeId' in fact)) continue
    const key = keyOfFact(fact as Told)
    if (fact.type === 'compensation.started') {
      if (open !== undefined && open !== key) problems.push(`${key} was undone while ${open} was`)
      open = key
      continue
    }
    if (open !== key) problems.push(`${fact.type} of ${key}, while ${open ?? 'nothing'} was undone`)
    const should = cannotBeUndone(key) ? 'compensation.failed' : 'compensation.completed'
    if (fact.type !== should) problems.push(`${fact.type} of ${key}`)
    open = undefined
  }
  if (open !== undefined) problems.push(`${open} was not undone to its end`)
}
