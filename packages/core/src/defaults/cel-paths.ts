import type { ASTNode } from '@marcbachmann/cel-js'
import { forbiddenNames } from './cel-environment.ts'
import { TextPattern } from './text-pattern.ts'

/** Which parts of a variable an expression can see: all of it, or only these fields. */
export interface CelUsage {
  whole: boolean
  readonly fields: Map<string, CelUsage>
}

/** What is known of an expression before it is evaluated. */
export interface CelAnalysis {
  /** By variable, and only for those that the expression names. */
  readonly usages: ReadonlyMap<string, CelUsage>
  /** Whether the expression is a variable or a field of one (`result.a.b`), so that its value is data as it came. */
  readonly isPath: boolean
  /** The first thing that is not allowed although it parses. */
  readonly refusal?: { readonly reason: string; readonly position: number }
}

/**
 * Finds the fields that an expression reads, so that only these are prepared for it, and what it must not do: read the names
 * that lead to code, or take a regular expression out of data.
 */
export function analyseCel(root: ASTNode): CelAnalysis {
  const usages = new Map<string, CelUsage>()
  let refusal: CelAnalysis['refusal']

  const visit = (node: ASTNode): void => {
    const path = pathOf(node)
    if (path === undefined) {
      refusal ??= refusalOf(node)
      for (const child of childrenOf(node)) visit(child)
      return
    }
    const forbidden = path.find((name) => forbiddenNames.has(name))
    if (forbidden !== undefined) refusal ??= nameRefusal(forbidden, node.pos)
    noteUsage(usages, path)
  }
  visit(root)
  return { usages, isPath: pathOf(root) !== undefined, ...(refusal === undefined ? {} : { refusal }) }
}

/** `result.a.b` as `['result', 'a', 'b']`; undefined for anything else. */
function pathOf(node: ASTNode): readonly string[] | undefined {
  const names: string[] = []
  let at: ASTNode = node
  while (at.op === '.') {
    names.push(at.args[1])
    at = at.args[0]
  }
  return at.op === 'id' ? [at.args, ...names.toReversed()] : undefined
}

function noteUsage(usages: Map<string, CelUsage>, path: readonly string[]): void {
  let level = usages
  for (const [index, name] of path.entries()) {
    const usage = level.get(name) ?? { whole: false, fields: new Map() }
    level.set(name, usage)
    if (index === path.length - 1) usage.whole = true
    level = usage.fields
  }
}

function refusalOf(node: ASTNode): CelAnalysis['refusal'] {
  const name = fieldName(node)
  if (name !== undefined && forbiddenNames.has(name)) return nameRefusal(name, node.pos)
  if (node.op === 'rcall' && node.args[0] === 'matches') return patternRefusal(node.args[2][0])
  return undefined
}

function nameRefusal(name: string, position: number): CelAnalysis['refusal'] {
  return { reason: `the field "${name}" cannot be read`, position }
}

/** The name that an access spells out: `.name` or `["name"]`. */
function fieldName(node: ASTNode): string | undefined {
  if (node.op === '.' || node.op === '.?') return node.args[1]
  if (node.op !== '[]' && node.op !== '[?]') return undefined
  const index = node.args[1]
  return index.op === 'value' && typeof index.args === 'string' ? index.args : undefined
}

function patternRefusal(pattern: ASTNode | undefined): CelAnalysis['refusal'] {
  if (pattern === undefined) return undefined
  if (pattern.op !== 'value' || typeof pattern.args !== 'string') {
    return { reason: 'the pattern of matches() must be a string literal', position: pattern.pos }
  }
  try {
    void new TextPattern(pattern.args)
    return undefined
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { reason: `the pattern ${JSON.stringify(pattern.args)} of matches() ${why}`, position: pattern.pos }
  }
}

/** The nodes that a node consists of, as they were written. */
export function childrenOf(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return []
    case '.':
    case '.?':
      return [node.args[0]]
    case 'call':
      return node.args[1]
    case 'rcall':
      return [node.args[1], ...node.args[2]]
    case 'map':
      return node.args.flat()
    case '!_':
    case '-_':
      return [node.args]
    default:
      return node.args
  }
}
