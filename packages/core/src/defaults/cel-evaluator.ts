import type { Environment, ParseResult } from '@marcbachmann/cel-js'
import { HeddleError, isHeddleError } from '../errors/heddle-error.ts'
import type { CompiledExpression, ExpressionScope, IEvaluator } from '../ports/evaluator.ts'
import { celLimits, celVariables, createCelEnvironment, wrapForGuard } from './cel-environment.ts'
import { chargeCosts } from './cel-costs.ts'
import { analyseCel } from './cel-paths.ts'
import type { CelAnalysis, CelUsage } from './cel-paths.ts'
import { CelValues } from './cel-values.ts'

/** Options of a {@link CelEvaluator}. */
export interface CelEvaluatorOptions {
  /**
   * How many parsed expressions are kept; the one that was not asked for longest goes first.
   * @default 1000
   */
  readonly cacheSize?: number
  /**
   * Bound of one evaluation: evaluated parts of the expression, a predicate counted for each element of its list, and the work of
   * operators and functions on long texts, lists and records.
   * @default 1_000_000 (some 100 ms)
   */
  readonly maxSteps?: number
}

/** The fields of the library's errors that we use; they are accessors of its classes. */
interface CelErrorShape {
  readonly code?: string
  readonly summary?: string
  readonly range?: { readonly start: number }
}

/**
 * Evaluates CEL, the Common Expression Language (https://cel.dev), by `@marcbachmann/cel-js`. Expressions are data: no `eval`, no
 * access to prototypes, constructors or functions, bounded in length, depth and steps.
 *
 * JSON numbers are doubles; arithmetic and comparison with integer literals works (`result.n + 1`, `result.n % 5 == 0`), and `/`
 * with a JSON number is exact (`result.n / 2` of 5 is 2.5). Whole numbers come out as numbers
 * where these are exact, else as BigInt; a duration comes out as milliseconds.
 *
 * - An Error is shown as `{ name, message, code }`, a Set as a list, an instance of a class as its own fields.
 * - Functions, symbols and undefined fields are left out, as in JSON; in a list they are null. A circle ends in null.
 * - `matches` takes time by the length of the text, whatever the pattern: no look-around and no back-references.
 * - Fields named `__proto__`, `constructor` or `prototype` are left out.
 * - A value that an expression merely hands on arrives as it was, by identity.
 *
 * @example
 * ```ts
 * new CelEvaluator().compile('result.score > 0.7 && action == "approve"').evaluate({ result: { score: 0.9 }, action: 'approve' })
 * ```
 */
export class CelEvaluator implements IEvaluator {
  readonly #environment: Environment
  readonly #cacheSize: number
  readonly #cache = new Map<string, CompiledExpression>()

  constructor(options: CelEvaluatorOptions = {}) {
    this.#environment = createCelEnvironment(options.maxSteps ?? 1_000_000)
    this.#cacheSize = options.cacheSize ?? 1000
  }

  compile(expression: string): CompiledExpression {
    const known = this.#cache.get(expression)
    if (known !== undefined) {
      this.#cache.delete(expression)
      this.#cache.set(expression, known)
      return known
    }
    const compiled = compileCel(this.#environment, expression)
    this.#cache.set(expression, compiled)
    if (this.#cache.size > this.#cacheSize) this.#cache.delete(this.#cache.keys().next().value ?? expression)
    return compiled
  }
}

function compileCel(environment: Environment, expression: string): CompiledExpression {
  if (typeof expression !== 'string') throw invalid(String(expression), 'it must be text', 0)
  if (expression.length > celLimits.maxLength) {
    throw invalid(
      `${expression.slice(0, 60)}…`,
      `it is longer than ${celLimits.maxLength} characters`,
      celLimits.maxLength,
    )
  }
  const { program, analysis } = parseCel(environment, expression)
  const usages = celVariables.flatMap((name) => {
    const usage = analysis.usages.get(name)
    return usage === undefined ? [] : [{ name, usage }]
  })
  return {
    evaluate: (scope) => {
      try {
        return evaluateCel(program, usages, analysis.isPath, scope)
      } catch (error) {
        throw failed(expression, error)
      }
    },
  }
}

function parseCel(environment: Environment, expression: string): { program: ParseResult; analysis: CelAnalysis } {
  let program: ParseResult
  let analysis: CelAnalysis
  try {
    const parsed = environment.parse(expression)
    const check = parsed.check()
    if (check.error !== undefined) throw check.error
    analysis = analyseCel(parsed.ast)
    program = environment.parse(wrapForGuard(expression))
    chargeCosts(program.ast)
  } catch (error) {
    const { summary, range } = error as CelErrorShape
    // An error without a summary is none of the library's: the stack overflowed in its parser.
    throw invalid(expression, summary ?? 'it is nested too deeply', range?.start ?? 0, error)
  }
  if (analysis.refusal !== undefined) throw invalid(expression, analysis.refusal.reason, analysis.refusal.position)
  return { program, analysis }
}

interface NamedUsage {
  readonly name: (typeof celVariables)[number]
  readonly usage: CelUsage
}

function evaluateCel(
  program: ParseResult,
  usages: readonly NamedUsage[],
  isPath: boolean,
  scope: ExpressionScope,
): unknown {
  const values = new CelValues()
  const variables: Record<string, unknown> = {}
  for (const { name, usage } of usages) variables[name] = values.project(scope[name], usage) ?? null
  const value: unknown = program(variables)
  return isPath && typeof value === 'bigint' ? value : values.restore(value)
}

function invalid(expression: string, reason: string, position: number, cause?: unknown): HeddleError {
  const before = expression.slice(0, position).split('\n')
  const line = before.length
  const column = (before.at(-1)?.length ?? 0) + 1
  const message = `The expression ${JSON.stringify(expression)} is not valid at line ${line}, column ${column}: ${reason}.`
  return new HeddleError('EXPRESSION_INVALID', message, {
    details: { expression, position, line, column },
    ...(cause === undefined ? {} : { cause }),
  })
}

function failed(expression: string, cause: unknown): HeddleError {
  const { code, summary } = cause as CelErrorShape
  const reason = summary ?? (cause instanceof Error ? cause.message : String(cause))
  const details = isHeddleError(cause) ? cause.details : code === undefined ? {} : { reason: code }
  return new HeddleError('EXPRESSION_FAILED', `The expression ${JSON.stringify(expression)} failed: ${reason}.`, {
    details: { expression, ...details },
    cause,
  })
}
