import path from 'node:path'
import { quote } from '../output/wait-lines.ts'
import type { RunFlags } from './run-flags.ts'
import { commandText } from './store-flags.ts'

/** A command that runs a workflow, as it was typed, without its answers. */
export function typedCommand(name: string, file: string, flags: RunFlags): string {
  const { registry, input, runId, concurrency, deadline } = flags
  return commandText([name, quote(path.normalize(file))], {
    registry,
    export: flags.export,
    input,
    'run-id': runId,
    concurrency,
    deadline,
  })
}
