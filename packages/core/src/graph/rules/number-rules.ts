import type { NodeConfig, NodeDefinition } from '../../model/blueprint.ts'
import { describeKind } from '../../model/describe-kind.ts'
import { isRecord } from '../../model/value-kinds.ts'
import type { BlueprintFacts } from './blueprint-facts.ts'

/** A range of numbers and how to say it. */
interface Range {
  readonly says: string
  readonly holds: (value: number) => boolean
}

const positive: Range = { says: 'a number above 0', holds: (value) => Number.isFinite(value) && value > 0 }
const notNegative: Range = { says: 'a number from 0 up', holds: (value) => Number.isFinite(value) && value >= 0 }
const share: Range = { says: 'a number from 0 to 1', holds: (value) => value >= 0 && value <= 1 }
const wholeFromOne: Range = {
  says: 'a whole number from 1 up',
  holds: (value) => Number.isSafeInteger(value) && value >= 1,
}
const wholeFromZero: Range = {
  says: 'a whole number from 0 up',
  holds: (value) => Number.isSafeInteger(value) && value >= 0,
}
const attempts: Range = { ...wholeFromOne, says: 'a whole number from 1 up: it counts all attempts, 1 means no retry' }
const finite: Range = { says: 'a finite number', holds: Number.isFinite }

/** Params of the built-in kinds that are numbers. */
const paramRanges: Readonly<Record<string, Readonly<Record<string, Range>>>> = {
  map: { concurrency: wholeFromOne },
  sleep: { durationMs: notNegative },
  wait: { timeoutMs: positive },
  webhook: { timeoutMs: positive },
}

/** Delays, limits and counts that cannot be meant. */
export function checkNumbers(facts: BlueprintFacts): void {
  for (const node of facts.nodes) {
    if (node.config !== undefined) checkConfig(facts, node.id, node.config)
    checkParamNumbers(facts, node)
  }
  const deadline = facts.blueprint.policy?.deadlineMs
  if (deadline !== undefined && !positive.holds(deadline)) {
    facts.report('INVALID_NUMBER', `policy.deadlineMs is ${deadline}; it must be ${positive.says} (milliseconds).`)
  }
}

function checkConfig(
  facts: BlueprintFacts,
  id: string,
  { retry, timeoutMs, maxIterations, priority }: NodeConfig,
): void {
  const check = (field: string, value: number | undefined, range: Range): void =>
    checkNumber(facts, id, `config.${field}`, value, range)
  check('timeoutMs', timeoutMs, positive)
  check('maxIterations', maxIterations, wholeFromOne)
  check('priority', priority, finite)
  check('retry.maxAttempts', retry?.maxAttempts, attempts)
  check('retry.backoff.delayMs', retry?.backoff?.delayMs, notNegative)
  check('retry.backoff.maxDelayMs', retry?.backoff?.maxDelayMs, notNegative)
  check('retry.backoff.factor', retry?.backoff?.factor, positive)
  check('retry.backoff.jitter', retry?.backoff?.jitter, share)
}

function checkParamNumbers(facts: BlueprintFacts, { id, uses, params }: NodeDefinition): void {
  const ranges = Object.hasOwn(paramRanges, uses) ? paramRanges[uses] : undefined
  if (ranges === undefined || params === undefined) return
  for (const [field, range] of Object.entries(ranges)) checkNumber(facts, id, `params.${field}`, params[field], range)
  if (uses !== 'map') return
  const tolerated = params['tolerated'] ?? {}
  if (!isRecord(tolerated)) {
    const message = `Node "${id}": params.tolerated must be an object with a count or a share, and is ${describeKind(tolerated)}.`
    facts.report('INVALID_NUMBER', message, { nodeId: id })
    return
  }
  checkNumber(facts, id, 'params.tolerated.count', tolerated['count'], wholeFromZero)
  checkNumber(facts, id, 'params.tolerated.share', tolerated['share'], share)
}

function checkNumber(facts: BlueprintFacts, nodeId: string, field: string, value: unknown, range: Range): void {
  if (value === undefined || (typeof value === 'number' && range.holds(value))) return
  const shown = typeof value === 'number' ? String(value) : JSON.stringify(value)
  const unit = field.endsWith('Ms') ? ' (milliseconds)' : ''
  facts.report('INVALID_NUMBER', `Node "${nodeId}": ${field} is ${shown}; it must be ${range.says}${unit}.`, { nodeId })
}
