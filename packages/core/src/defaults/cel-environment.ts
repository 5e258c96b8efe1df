import { Environment } from '@marcbachmann/cel-js'
import { HeddleError } from '../errors/heddle-error.ts'
import { CelBudget } from './cel-budget.ts'
import type { CelEvaluatorHandle, EvaluableNode } from './cel-nodes.ts'
import { TextPattern } from './text-pattern.ts'

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

/** UTF-16 units of a text that `matches` looks through. */
const maxMatchedLength = 100_000

/** Steps of a search with `matches` that are as much work as evaluating one node. */
const matchStepsPerNode = 16

/** Evaluated nodes that are as much work as an error that is made and caught. */
const stepsPerError = 50

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
 * @param maxSteps evaluated nodes of one evaluation, a predicate counted for each element of its list; operators and functions count
 *   by what they go through
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
  const patterns: Patterns = new WeakMap()
  let guarded: CelEvaluatorHandle | undefined
  environment.registerFunction(`${guardMacro}(ast): dyn`, ({ args }: GuardMacro) => ({
    args,
    async: false,
    typeCheck: (
      checker: { check: (node: unknown, context: unknown) => unknown },
      macro: GuardMacro,
      context: unknown,
    ) => checker.check(macro.args[0], context),
    evaluate: (evaluator: CelEvaluatorHandle, macro: GuardMacro, context: unknown) => {
      guarded ??= guardedEvaluator(evaluator, patterns)
      const evaluation = Object.create(guarded) as {
        -readonly [Key in keyof CelEvaluatorHandle]: CelEvaluatorHandle[Key]
      }
      evaluation.budget = new CelBudget(maxSteps)
      return evaluation.run(macro.args[0], context)
    },
  }))
}

/** The evaluator with methods of our own: every evaluation of a node inside the expression goes through its `run`. */
function guardedEvaluator(evaluator: CelEvaluatorHandle, patterns: Patterns): CelEvaluatorHandle {
  return Object.assign(Object.create(evaluator) as CelEvaluatorHandle, {
    run(this: CelEvaluatorHandle, node: EvaluableNode, context: unknown): unknown {
      this.budget.spend(1)
      const value = isMatch(node) ? runMatch(this, node, context, patterns) : node.evaluate(this, node, context)
      if (typeof value === 'object' && value !== null) checkObject(value, node)
      else if (typeof value === 'string') checkLength(value.length, node)
      return value
    },
    /** What `||`, `&&`, `all` and `exists` go on after. */
    tryEval(this: CelEvaluatorHandle, node: EvaluableNode, context: unknown): unknown {
      try {
        return this.run(node, context)
      } catch (error) {
        this.budget.spend(stepsPerError)
        return error
      }
    },
    debugTypeDeep(this: CelEvaluatorHandle, value: unknown): unknown {
      this.budget.spendOnType(value)
      return evaluator.debugTypeDeep(value)
    },
  })
}

/** A call of `matches` with its pattern, which is a literal: `analyseCel` refuses any other. */
interface MatchNode extends EvaluableNode {
  readonly args: readonly ['matches', EvaluableNode, readonly [{ readonly args: string }]]
}

/** Compiled patterns by the node that names them, so that they go when the expression goes. */
type Patterns = WeakMap<MatchNode, TextPattern>

function isMatch(node: EvaluableNode): node is MatchNode {
  return node.op === 'rcall' && (node as MatchNode).args[0] === 'matches'
}

/** Answers a call of `matches` in place of the library, whose `RegExp` may take years for a pattern and a text of the wrong kind. */
function runMatch(evaluator: CelEvaluatorHandle, node: MatchNode, context: unknown, patterns: Patterns): unknown {
  const [, receiver, [{ args: source }]] = node.args
  const text = evaluator.run(receiver, context)
  // The library says best that this is no text.
  if (typeof text !== 'string') return node.evaluate(evaluator, node, context)
  if (text.length > maxMatchedLength) {
    const what = `looks with matches() through a text of ${text.length}, more than ${maxMatchedLength}`
    throw limitError('maxMatchedLength', maxMatchedLength, what)
  }
  let pattern = patterns.get(node)
  if (pattern === undefined) {
    pattern = new TextPattern(source)
    patterns.set(node, pattern)
  }
  return pattern.test(text, (steps) => evaluator.budget.spend(steps / matchStepsPerNode))
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
