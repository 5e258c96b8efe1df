import type { ILogger, LogMethod } from '@heddle/core'
import { jsonText } from '../output/plain-json.ts'

/** Levels that are shown; `trace` and `debug` are not. */
type NoteLevel = 'info' | 'warn' | 'error'

/** Takes one line of the log. */
export type TakeNote = (level: NoteLevel, line: string) => void

/** Fields that say where an entry comes from; the node is named in the line. */
const placeFields: ReadonlySet<string> = new Set(['runId', 'nodeId', 'attempt', 'iteration', 'item', 'index'])

/** A logger for handlers whose entries become lines beside the progress. */
export function noteLogger(take: TakeNote, bindings: Readonly<Record<string, unknown>> = {}): ILogger {
  const method =
    (level: NoteLevel): LogMethod =>
    (logged, message) => {
      const isMessage = typeof logged === 'string'
      const fields = { ...bindings, ...(isMessage ? {} : logged instanceof Error ? { error: logged.message } : logged) }
      // Warnings of validation, and what the store cut off, were told before.
      if (Object.hasOwn(fields, 'blueprintId') || Object.hasOwn(fields, 'droppedBytes')) return
      take(level, lineOf(fields, isMessage ? logged : (message ?? '')))
    }
  const silent: LogMethod = () => {}
  return {
    trace: silent,
    debug: silent,
    info: method('info'),
    warn: method('warn'),
    error: method('error'),
    child: (more) => noteLogger(take, { ...bindings, ...more }),
  }
}

function lineOf(fields: Readonly<Record<string, unknown>>, message: string): string {
  const { nodeId } = fields
  const rest = Object.entries(fields).filter(([name]) => !placeFields.has(name))
  const parts = [
    ...(typeof nodeId === 'string' ? [`${nodeId}:`] : []),
    ...(message === '' ? [] : [message]),
    ...(rest.length === 0 ? [] : [jsonText(Object.fromEntries(rest))]),
  ]
  return parts.join(' ')
}
