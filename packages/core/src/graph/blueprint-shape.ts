import { HeddleError } from '../errors/heddle-error.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { BlueprintProblem } from './blueprint-problem.ts'
import { either, json, jsonRecord, listOf, number, object, oneOf, recordOf, ShapeReport, text } from './shape-check.ts'
import type { Shape } from './shape-check.ts'

const retry = object({
  maxAttempts: number,
  'backoff?': object({
    type: oneOf('fixed', 'exponential'),
    delayMs: number,
    'maxDelayMs?': number,
    'factor?': number,
    'jitter?': number,
  }),
  'retryOn?': listOf(text),
})

const nodeConfig = object({
  'joinStrategy?': either(oneOf('all', 'any', 'every', 'settled'), object({ atLeast: number })),
  'retry?': retry,
  'timeoutMs?': number,
  'fallback?': text,
  'compensate?': text,
  'cancels?': listOf(text),
  'maxIterations?': number,
  'concurrencyKey?': text,
  'queue?': text,
  'priority?': number,
})

const node = object({
  id: text,
  uses: text,
  'params?': jsonRecord,
  'inputs?': either(text, recordOf(text)),
  'config?': nodeConfig,
})

const edge = object({
  source: text,
  target: text,
  'action?': text,
  'condition?': text,
  'on?': oneOf('success', 'error'),
  'transform?': text,
})

const policy = object({
  'onFailure?': oneOf('stop', 'continue', 'compensate'),
  'deadlineMs?': number,
  'output?': text,
  // Which reducers there are is not a question of shape: `validateBlueprint` knows.
  'context?': recordOf(object({ 'reducer?': text, 'initial?': json })),
})

const blueprintShape = object({
  id: text,
  'version?': text,
  'start?': listOf(text),
  nodes: listOf(node),
  edges: listOf(edge),
  'policy?': policy,
  'metadata?': jsonRecord,
})

const expansionShape = object({ nodes: listOf(node), edges: listOf(edge) })

/** A blueprint whose shape is right; whether it makes sense is for `validateBlueprint` to say. */
export interface ParsedBlueprint {
  readonly blueprint: WorkflowBlueprint
  /** Fields that are not known (`UNKNOWN_FIELD`), with where they stand and what was probably meant. */
  readonly warnings: readonly BlueprintProblem[]
}

/** Everything that is wrong with the types of a value's fields, by path; warnings for fields that are not known. */
export function checkBlueprintShape(value: unknown): readonly BlueprintProblem[] {
  return problemsOf(blueprintShape, value, 'The blueprint')
}

/** The same for nodes and edges that a handler adds to its run. */
export function checkExpansionShape(value: unknown): readonly BlueprintProblem[] {
  return problemsOf(expansionShape, value, 'The expansion')
}

function problemsOf(shape: Shape, value: unknown, subject: string): readonly BlueprintProblem[] {
  if (shape.fits(value)) return []
  const report = new ShapeReport(subject)
  shape.check(value, '', report)
  return report.problems
}

/**
 * Takes a blueprint from outside: a value, or its JSON text.
 *
 * @throws HeddleError `INVALID_BLUEPRINT`; `details.problems` lists every wrong field with its path
 */
export function parseBlueprint(value: unknown): ParsedBlueprint {
  const data = typeof value === 'string' ? parseJson(value) : value
  const problems = checkBlueprintShape(data)
  const errors = problems.filter(({ severity }) => severity === 'error')
  if (errors.length === 0) return { blueprint: data as WorkflowBlueprint, warnings: problems }
  const list = errors.map(({ message }) => `- ${message}`).join('\n')
  throw new HeddleError('INVALID_BLUEPRINT', `This is not a blueprint:\n${list}`, { details: { problems: errors } })
}

function parseJson(source: string): unknown {
  try {
    return JSON.parse(source)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const message = `The blueprint is not JSON: ${reason}.`
    const problem: BlueprintProblem = { code: 'NOT_JSON', severity: 'error', message, path: '' }
    throw new HeddleError('INVALID_BLUEPRINT', message, { details: { problems: [problem] }, cause: error })
  }
}
