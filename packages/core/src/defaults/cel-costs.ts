import type { ASTNode } from '@marcbachmann/cel-js'
import type { CelBudget } from './cel-budget.ts'
import { functionCosts } from './cel-function-costs.ts'
import type { CelEvaluatorHandle, EvaluableNode, Evaluate } from './cel-nodes.ts'
import { childrenOf } from './cel-paths.ts'
import { containsText, countCodePoints } from './contains-text.ts'

interface BinaryNode extends EvaluableNode {
  readonly left: EvaluableNode
  readonly right: EvaluableNode
  readonly handle: (left: unknown, right: unknown, node: EvaluableNode, evaluator: CelEvaluatorHandle) => unknown
}

interface CallNode extends EvaluableNode {
  readonly args: readonly [string, readonly EvaluableNode[]]
  readonly handle: (values: readonly unknown[], node: EvaluableNode, evaluator: CelEvaluatorHandle) => unknown
}

interface MethodNode extends EvaluableNode {
  readonly args: readonly [string, EvaluableNode, readonly EvaluableNode[]]
  readonly receiverWithArgs: readonly EvaluableNode[]
  readonly handle: (values: readonly unknown[], evaluator: CelEvaluatorHandle, node: EvaluableNode) => unknown
}

interface ComprehensionNode extends EvaluableNode {
  readonly args: { readonly iterable: EvaluableNode }
  readonly handle: (items: unknown, args: unknown, evaluator: CelEvaluatorHandle, context: unknown) => unknown
}

type OperatorCost = (budget: CelBudget, left: unknown, right: unknown) => void

const compare: OperatorCost = (budget, left, right) => budget.spendOnComparing(left, right)
const calculate: OperatorCost = (budget, left, right) => {
  // Only a BigInt can be long.
  budget.spendOnUnits(left)
  budget.spendOnUnits(right)
}

const operatorCosts: Readonly<Record<string, OperatorCost>> = {
  '==': compare,
  '!=': compare,
  '<': compare,
  '<=': compare,
  '>': compare,
  '>=': compare,
  in: (budget, left, right) => budget.spendOnSearching(left, right),
  '+': (budget, left, right) => budget.spendOnJoining(left, right),
  '-': calculate,
  '*': calculate,
  '/': calculate,
  '%': calculate,
}

/** Sees to it that the operators and functions of a parsed expression are charged for what grows with their operands. */
export function chargeCosts(root: ASTNode): void {
  const node = root as unknown as EvaluableNode
  const evaluate = chargedEvaluation(node)
  if (evaluate !== undefined) node.setMeta('evaluate', evaluate)
  if (node.meta.alternate?.op === 'comprehension') node.meta.alternate.setMeta('evaluate', evaluateComprehension)
  for (const child of childrenOf(root)) chargeCosts(child)
}

function chargedEvaluation({ op, meta }: EvaluableNode): Evaluate | undefined {
  if (meta.alternate !== undefined || meta.macro !== undefined) return undefined
  if (op === 'call') return evaluateCall as Evaluate
  if (op === 'rcall') return evaluateMethod as Evaluate
  const cost = operatorCosts[op]
  if (cost === undefined) return undefined
  return (evaluator, node, context) => {
    const { left, right, handle } = node as BinaryNode
    const leftValue = evaluator.run(left, context)
    const rightValue = evaluator.run(right, context)
    cost(evaluator.budget, leftValue, rightValue)
    return handle(leftValue, rightValue, node, evaluator)
  }
}

function evaluateComprehension(evaluator: CelEvaluatorHandle, node: EvaluableNode, context: unknown): unknown {
  const { args, handle } = node as ComprehensionNode
  const items = evaluator.run(args.iterable, context)
  // Of a record the names of its fields are listed.
  evaluator.budget.spendOnFields(items)
  return handle(items, args, evaluator, context)
}

function evaluateCall(evaluator: CelEvaluatorHandle, node: CallNode, context: unknown): unknown {
  const [name, args] = node.args
  const values = runAll(evaluator, args, context)
  return callCharged(evaluator.budget, name, values) ?? node.handle(values, node, evaluator)
}

function evaluateMethod(evaluator: CelEvaluatorHandle, node: MethodNode, context: unknown): unknown {
  const [name] = node.args
  const values = runAll(evaluator, node.receiverWithArgs, context)
  return callCharged(evaluator.budget, name, values) ?? node.handle(values, evaluator, node)
}

function runAll(evaluator: CelEvaluatorHandle, nodes: readonly EvaluableNode[], context: unknown): readonly unknown[] {
  return nodes.map((node) => evaluator.run(node, context))
}

/** Charges a call; answers those that the library would answer too slowly. */
function callCharged(budget: CelBudget, name: string, values: readonly unknown[]): unknown {
  const cost = functionCosts[name]
  if (cost === undefined) for (const value of values) budget.spendOnUnits(value)
  else cost(budget, values)
  const [first, second] = values
  if (name === 'size' && typeof first === 'string' && values.length === 1) return BigInt(countCodePoints(first))
  if (name === 'contains' && typeof first === 'string' && typeof second === 'string') return containsText(first, second)
  return undefined
}
