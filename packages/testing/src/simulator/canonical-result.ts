import type { Workflow, WorkflowResult } from '@heddle/core'
import { canonicalText } from './canonical-text.ts'

/** Reducers whose value depends on the order of commits, apart from which everything must be equal. */
const unordered: ReadonlySet<string> = new Set(['append', 'union'])

/** Runs inside messages: child runs have other ids in a store than in a process. */
const runIdPattern = /run "[^"]*"/gu

/** What a result says apart from ids, times and the order of commits, as text: equal if and only if the results are. */
export function canonicalResult({ blueprint }: Workflow, result: WorkflowResult): string {
  const { status, output, outputs, context, errors, waits, skipped, cancelled } = result
  const declared = blueprint.policy?.context ?? {}
  const shared = Object.entries(context).map(([key, value]) => {
    const isUnordered = Array.isArray(value) && unordered.has(declared[key]?.reducer ?? 'set')
    return `${key}: ${canonicalText(isUnordered ? (value as unknown[]).map(canonicalText).sort() : value)}`
  })
  return [
    `status ${status}`,
    ...errors.map(({ code, message }) => `error ${code}: ${message.replaceAll(runIdPattern, 'run')}`).sort(),
    `skipped ${[...skipped].sort().join(', ')}`,
    `cancelled ${[...cancelled].sort().join(', ')}`,
    ...waits.map(({ waitId }) => `wait ${waitId}`).sort(),
    `output ${canonicalText(output)}`,
    ...Object.entries(outputs)
      .map(([id, value]) => `${id}: ${canonicalText(value)}`)
      .sort(),
    ...shared.sort(),
  ].join('\n')
}
