import { FlowRuntime, type Explanation, type ExplanationReason } from '@heddle/core'
import { exitCodes } from '../exit-codes.ts'
import type { DefinitionFlags } from '../flags/run-flags.ts'
import type { StoreFlags } from '../flags/store-flags.ts'
import type { Io } from '../io.ts'
import { jsonText } from '../output/plain-json.ts'
import { printableLine } from '../output/printable.ts'
import { Printer, type Styles } from '../output/printer.ts'
import { portsOf } from '../run/definition-runs.ts'
import { existingStore } from '../store/file-store.ts'
import { withStreams } from './attended-run.ts'
import { loadValidDefinition } from './valid-definition.ts'

/** Options of `heddle explain`. */
export interface ExplainFlags extends DefinitionFlags, StoreFlags {
  readonly json?: boolean
}

/**
 * `heddle explain RUN FILE`: why a run of a store does not move, or what it is doing. It needs no lock, and nothing of the run goes on.
 *
 * @returns the exit code
 * @throws HeddleError for a run that is not there, cannot be read, or is one of another definition
 */
export function explainCommand(runId: string, file: string, flags: ExplainFlags, io: Io): Promise<number> {
  return withStreams(io, flags, async ({ errors }) => {
    const out = new Printer(io.stdout, io.env)
    const store = await existingStore(flags.store)
    const definition = await loadValidDefinition(file, flags, errors)
    const runtime = new FlowRuntime({ ...portsOf(definition), store })
    const explanation = await runtime.explain(definition.runnable, runId)
    if (flags.json === true) out.document(jsonText(explanation, 2))
    else out.lines([headOf(explanation, out.styles), ...reasonLines(explanation.reasons, '  ')])
    return exitCodes.completed
  })
}

function headOf({ runId, status }: Explanation, styles: Styles): string {
  const what = status === 'running' ? 'under way, or interrupted' : status
  return `${styles.bold(`run ${printableLine(runId)}`)} is ${what}${status === 'running' || status === 'awaiting' ? ':' : ''}`
}

/** Each reason on a line, those of a child run below the one that waits for it. */
function reasonLines(reasons: readonly ExplanationReason[], indent: string): readonly string[] {
  if (reasons.length === 0) return [`${indent}nothing is left to do, and it was not told to end`]
  return reasons.flatMap((reason) => {
    const [sentence = ''] = reason.type === 'child' ? reason.sentence.split(': run "') : [reason.sentence]
    const inside = reason.type === 'child' ? reasonLines(reason.explanation.reasons, `${indent}  `) : []
    return [`${indent}${printableLine(sentence)}${inside.length > 0 ? ':' : ''}`, ...inside]
  })
}
