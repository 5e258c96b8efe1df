import type { ASTNode } from '@marcbachmann/cel-js'
import type { CelBudget } from './cel-budget.ts'

/** The part of the library's evaluator that a macro is handed (its README, "custom macros") and that the guard needs. */
export interface CelEvaluatorHandle {
  run: (node: EvaluableNode, context: unknown) => unknown
  tryEval: (node: EvaluableNode, context: unknown) => unknown
  debugTypeDeep: (value: unknown) => unknown
  /** What the evaluation may still do. */
  readonly budget: CelBudget
}

/** How the library, or we in its place, evaluate a node. */
export type Evaluate = (evaluator: CelEvaluatorHandle, node: EvaluableNode, context: unknown) => unknown

/** What the library keeps at the nodes of a parsed expression. */
export interface EvaluableNode {
  readonly op: ASTNode['op'] | 'comprehension'
  readonly args: unknown
  readonly evaluate: Evaluate
  readonly meta: { readonly alternate?: EvaluableNode; readonly macro?: unknown }
  readonly setMeta: (key: 'evaluate', evaluate: Evaluate) => unknown
}
