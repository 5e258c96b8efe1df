import path from 'node:path'
import { quote } from '../output/wait-lines.ts'
import type { DefinitionFlags } from './run-flags.ts'

/** Where runs are kept: the option that all commands of runs have. */
export interface StoreFlags {
  readonly store: string
}

/** A command with its arguments as a shell takes it. Options without a value are left out. */
export function commandText(words: readonly string[], options: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(options).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, quote(value)],
  )
  return [...words, ...given].join(' ')
}

/** The command that goes on with a run. */
export function resumeText(runId: string, file: string, flags: DefinitionFlags & StoreFlags): string {
  const { registry, export: exportName, store } = flags
  return commandText(['heddle resume', quote(runId), quote(path.normalize(file))], {
    store,
    registry,
    export: exportName,
  })
}
