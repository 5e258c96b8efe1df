import { Environment } from '@marcbachmann/cel-js'
import type { ASTNode } from '@marcbachmann/cel-js'
import { HeddleError } from '../errors/heddle-error.ts'

/** Name of the macro that {@link createCelEnvironment} registers; `wrapForGuard` puts an expression inside it. */
const guardMacro = 'heddle_guard'

/** The variables of an expression, see `ExpressionScope`. */
export const celVariables = ['result', 'action', 'input', 'context', 'deps'] as const

/** Field names that can never be read: they would lead from data to code. */
export const forbiddenNames: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/** Bounds of an expression at compile time. A condition of a hundred nodes is already hard to read. */
export const celLimits = {
  /** UTF-16 units of the source text. */
  maxLength: 8192,
  maxAstNodes: 2000,
  maxDepth: 64,
  maxListElements: 1000,
  maxMapEntries: 1000,
  maxCallArguments: 16,
} as const

/** Elements of a list, or UTF-16 units of a string, that an operator or a function may make. */
const maxMadeLength = 1_000_000

/** The part of the library's evaluator that a macro is handed (its README, "custom macros") and that the guard needs. */
interface CelEvaluatorHandle {
  run: (node: EvaluableNode, context: unknown) => unknown
  debugTypeDeep: (value: unknown) => unknown
}

interface EvaluableNode {
  readonly op: ASTNode['op']
  readonly evaluate: (evaluator: CelEvaluatorHandle, node: EvaluableNode, context: unknown) => unknown
}

interface GuardMacro {
  readonly args: readonly [EvaluableNode]
}

/** Puts an expression that parses by itself under the guard. The line breaks keep a comment in its last line apart. */
export function wrapForGuard(expression: string): string {
  return `${guardMacro}(\n${expression}\n)`
}

/**
 * The CEL environment of one evaluator: five dynamic variables, arithmetic between JSON numbers (doubles) and integer literals, and
 * a guard under which every node of an expression is evaluated. The guard counts steps, bounds what is made, and refuses a value
 * that is a prototype, however it was reached: the library lets `timestamp(…)["__pro" + "to__"]` through.
 *
 * @param maxSteps evaluated nodes of one evaluation, a predicate counted for each element of its list
 */
export function createCelEnvironment(maxSteps: number): Environment {
  const { maxLength: _, ...limits } = celLimits
  const environment = new Environment({
    unlistedVariablesAreDyn: false,
    homogeneousAggregateLiterals: false,
    enableOptionalTypes: false,
    limits,
  })
  for (const name of celVariables) environment.registerVariable(name, 'dyn')
  registerMixedArithmetic(environment)
  registerGuard(environment, maxSteps)
  return environment
}

/** The library knows `double + double` and `int + int` only, and JSON numbers are doubles: `result.n + 1` would fail. */
function registerMixedArithmetic(environment: Environment): void {
  const operators: Record<string, (left: number | bigint, right: number | bigint) => number> = {
    '+': (left, right) => Number(left) + Number(right),
    '-': (left, right) => Number(left) - Number(right),
    '*': (left, right) => Number(left) * Number(right),
    '/': (left, right) => Number(left) / Number(right),
    '%': (left, right) => Number(left) % Number(right),
  }
  for (const [operator, handler] of Object.entries(operators)) {
    environment.registerOperator(`double ${operator} int: double`, handler)
    environment.registerOperator(`int ${operator} double: double`, handler)
    if (operator === '%') environment.registerOperator('double % double: double', handler)
  }
  environment.registerOperator('double == int', (left: number, right: bigint) => left === Number(right))
}

function registerGuard(environment: Environment, maxSteps: number): void {
  environment.registerFunction(`${guardMacro}(ast): dyn`, ({ args }: GuardMacro) => ({
    args,
    async: false,
    typeCheck: (
      checker: { check: (node: unknown, context: unknown) => unknown },
      macro: GuardMacro,
      context: unknown,
    ) => checker.check(macro.args[0], context),
    evaluate: (evaluator: CelEvaluatorHandle, macro: GuardMacro, context: unknown) =>
      guardedEvaluator(evaluator, maxSteps).run(macro.args[0], context),
  }))
}

/** The evaluator with a `run` of our own: every evaluation of a node inside the expression goes through it. */
function guardedEvaluator(evaluator: CelEvaluatorHandle, maxSteps: number): CelEvaluatorHandle {
  let steps = 0
  let exceeded: HeddleError | undefined
  const guarded = Object.create(evaluator) as CelEvaluatorHandle
  guarded.debugTypeDeep = (value) => evaluator.debugTypeDeep(value)
  guarded.run = (node, context) => {
    if (++steps > maxSteps) {
      // One error for all: `||` and `exists` swallow it and go on to the next step, which must be cheap.
      exceeded ??= limitError('maxSteps', maxSteps, `takes more than ${maxSteps} steps`)
      throw exceeded
    }
    const value = node.evaluate(guarded, node, context)
    if (typeof value === 'object' && value !== null) checkObject(value, node)
    else if (typeof value === 'string') checkLength(value.length, node)
    return value
  }
  return guarded
}

function checkObject(value: object, node: EvaluableNode): void {
  if (Array.isArray(value)) checkLength(value.length, node)
  if (!Object.hasOwn(value, 'constructor')) return
  const constructor: unknown = Object.getOwnPropertyDescriptor(value, 'constructor')?.value
  if (typeof constructor === 'function') throw new HeddleError('EXPRESSION_FAILED', 'a prototype cannot be read')
}

/** Only what an operator or a function made is bounded: data may be as long as it is. */
function checkLength(length: number, { op }: EvaluableNode): void {
  if (length <= maxMadeLength || (op !== '+' && op !== 'call' && op !== 'rcall')) return
  throw limitError('maxMadeLength', maxMadeLength, `makes a list or string of ${length}, more than ${maxMadeLength}`)
}

function limitError(limit: string, value: number, what: string): HeddleError {
  return new HeddleError('EXPRESSION_FAILED', `it ${what}`, { details: { limit, value } })
}
