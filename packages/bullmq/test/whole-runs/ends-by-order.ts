import type { NodeDefinition } from '@heddle/core'
import type { CrashEnd, CrashPattern } from '../../../core/test/crash-patterns/pattern.ts'
import { endAfter } from '../../../core/test/crash-points.ts'
import { timeFactor } from './known-workflows.ts'

/** Later than anything else in these patterns, in milliseconds. */
const lateMs = 8000

type Change = (end: CrashEnd) => CrashEnd

/** A visit that a failure met while it ran, or after it had completed, where the end tells of one that had not begun. */
const visitWas =
  (id: string, status: string): Change =>
  (end) => ({ ...end, visits: end.visits.map(([key, was]) => [key, key === id ? status : was] as const) })

/** The same, and the visit has handed on an output. */
const visitCompleted =
  (id: string, edge: string, output: unknown): Change =>
  (end) => ({
    ...visitWas(id, 'completed')(end),
    outputs: { ...end.outputs, [id]: output },
    marks: [...end.marks, [edge, 'taken'] as const].toSorted(([one], [other]) => one.localeCompare(other)),
  })

/** A join that fired at its first marks was given the outputs of those that came first. */
const joinedFrom =
  (id: string, ...from: readonly string[]): Change =>
  (end) => ({ ...end, outputs: { ...end.outputs, [id]: { by: id, from } } })

const stopped: readonly Change[] = [visitWas('c', 'cancelled'), visitCompleted('c', 'c>d#0@', { by: 'c', from: ['a'] })]

/** A visit was cancelled before anybody had begun it: there is nothing to undo. */
const hadNotBegun =
  (id: string): Change =>
  (end) => ({
    ...end,
    context: {
      ...end.context,
      saw: (end.context['saw'] as readonly string[]).filter((text) => !text.includes(`"nodeId":"${id}"`)),
    },
    undone: end.undone.filter((line) => !line.startsWith(`${id} `)),
    visits: end.visits.filter(([key]) => key !== `${id}~`),
  })

/**
 * Patterns whose end depends on the order in which visits settle, which nobody decides where several workers share a run: what else they
 * may come to. The reason is one of: `stop`, and what `any` and `atLeast` hand on.
 */
const byOrder: Readonly<Record<string, readonly Change[]>> = {
  'settled join behind a failure': stopped,
  'failure that stops': stopped,
  'what was cancelled is undone': [hadNotBegun('b')],
  'any join': [joinedFrom('d', 'b'), joinedFrom('d', 'c')],
  'the winner of a race cancels what runs': [joinedFrom('end', 'c'), joinedFrom('end', 'cut')],
  'at least two of three': [joinedFrom('e', 'b', 'c'), joinedFrom('e', 'b', 'd'), joinedFrom('e', 'c', 'd')],
}

/** What two ends are compared without: facts of visits that ran beside each other, where an order decides them that nobody decides. */
const withoutOrder: Readonly<Record<string, Change>> = {
  // Undone in reverse of the order in which they completed.
  'parallel branches undone': undoneSorted(1, 3),
  'a map undone per item': undoneSorted(0, 3),
  // What `any` hands on, and which one completed first: it or the edge that it did not wait for.
  'inputs undone that were fleeting': ({ outputs: { j: _j, ...outputs }, ...end }) => ({
    ...undoneSorted(0, 2)(end),
    outputs,
    context: { saw: (end.context['saw'] as readonly string[]).filter((text) => !text.includes('"nodeId":"j"')) },
  }),
  // Two of the items fail; the first one stops the rest.
  'map that fails': (end) => ({
    ...end,
    errors: end.errors.map((error) => error.split(':')[0] ?? error),
    visits: end.visits.filter(([key]) => !key.includes('[')),
  }),
}

function undoneSorted(from: number, to: number): <End extends Pick<CrashEnd, 'undone'>>(end: End) => End {
  return (end) => {
    const { undone } = end
    return { ...end, undone: [...undone.slice(0, from), ...undone.slice(from, to).toSorted(), ...undone.slice(to)] }
  }
}

/** Everything that a pattern may come to: what it comes to in memory comes first. */
export async function allowedEnds(pattern: CrashPattern): Promise<readonly CrashEnd[]> {
  const { name } = pattern
  const { [name]: same = (end: CrashEnd) => end } = withoutOrder
  const changes = byOrder[name] ?? []
  const allowed: CrashEnd[] = []
  for (const one of [pattern, ...withOtherCuts(pattern)]) {
    const { end } = await endAfter(one, [])
    allowed.push(end, ...changes.map((change) => change(end)))
  }
  return allowed.map((end) => same(end))
}

/**
 * A sleep that cancels what runs beside it ends when it has come: where the others stand then is decided by how busy the workers are,
 * from not having begun to having completed.
 */
function withOtherCuts(pattern: CrashPattern): readonly CrashPattern[] {
  const { nodes } = pattern.blueprint
  const isCut = ({ id, uses }: NodeDefinition): boolean => id === 'cut' && uses === 'sleep'
  const cut = nodes.find((node) => isCut(node))
  if (cut === undefined) return []
  const durations = [1, Number(cut.params?.['durationMs']) / 2, lateMs]
  return durations.map((durationMs) => {
    const changed = nodes.map((node) => (node === cut ? { ...node, params: { durationMs } } : node))
    return { ...pattern, blueprint: { ...pattern.blueprint, nodes: changed } }
  })
}

/** An end without the id of its run, the length of times, and what depends on an order that nobody decides. */
export function comparableEnd(name: string, runId: string, end: CrashEnd): CrashEnd {
  const { [name]: same = (one: CrashEnd) => one } = withoutOrder
  const told = (text: string): string =>
    text
      .replaceAll(runId, 'r')
      .replaceAll(/deadline of (\d+) ms/gu, (_, ms: string) => `deadline of ${Number(ms) / timeFactor} ms`)
  const { saw } = end.context
  return same({
    ...end,
    errors: end.errors.map(told),
    context: Array.isArray(saw) ? { ...end.context, saw: saw.map((text) => told(String(text))) } : end.context,
  })
}
