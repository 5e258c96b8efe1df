import { HeddleError } from '../errors/heddle-error.ts'
import type { StoredEvent } from '../model/stored-event.ts'
import { isRecord } from '../model/value-kinds.ts'

/** One run with its child runs, as JSON: all that is needed to look at it, or to go on with it, elsewhere. */
export interface RunExport {
  readonly format: 1
  readonly runId: string
  /** The whole journal, in order. */
  readonly entries: readonly StoredEvent[]
  /** The child runs that it started, at any depth side by side. */
  readonly children: readonly { readonly runId: string; readonly entries: readonly StoredEvent[] }[]
}

/**
 * Checks what somebody gives as an exported run, a file for instance.
 *
 * @throws HeddleError `JOURNAL_CORRUPT`, with the field that is wrong; `STORE_FORMAT` if a newer version has made it
 */
export function parseExport(given: unknown): RunExport {
  if (!isRecord(given) || typeof given['format'] !== 'number') throw brokenExport('', 'it is no export of a run')
  const { format, runId, entries, children } = given
  if (format !== 1) {
    throw new HeddleError(
      'STORE_FORMAT',
      `the export has format ${String(format)}, and this version knows 1; import it with the version that made it, or a newer one`,
      { details: { found: format, known: 1 } },
    )
  }
  if (typeof runId !== 'string') throw wrongField('', 'runId', runId, 'the id of a run')
  const parser = new ExportParser(runId)
  return { format, runId, entries: parser.entries('entries', entries), children: parser.children(children) }
}

class ExportParser {
  private readonly runId: string

  constructor(runId: string) {
    this.runId = runId
  }

  children(given: unknown): RunExport['children'] {
    if (!Array.isArray(given)) throw wrongField(this.runId, 'children', given, 'a list of runs')
    return given.map((child: unknown, at) => {
      const path = `children[${at}]`
      if (!isRecord(child)) throw wrongField(this.runId, path, child, 'a run')
      const { runId, entries } = child
      if (typeof runId !== 'string') throw wrongField(this.runId, `${path}.runId`, runId, 'the id of a run')
      if (runId === this.runId) throw brokenExport(runId, `"${path}" has the id of the run itself`, `${path}.runId`)
      return { runId, entries: this.entries(`${path}.entries`, entries) }
    })
  }

  entries(path: string, given: unknown): readonly StoredEvent[] {
    if (!Array.isArray(given)) throw wrongField(this.runId, path, given, 'a list of entries')
    const entries = given.map((entry: unknown, at) => this.entry(`${path}[${at}]`, entry, at + 1))
    if (entries.length === 0) throw brokenExport(this.runId, `"${path}" has no entries`, path)
    if (entries[0]?.fact.type !== 'run.started') {
      throw brokenExport(this.runId, `"${path}" does not begin with run.started`, path)
    }
    return entries
  }

  private entry(path: string, given: unknown, expected: number): StoredEvent {
    if (!isRecord(given)) throw wrongField(this.runId, path, given, 'an entry of a journal')
    const { seq, at, fact, texts, aside } = given
    if (aside !== undefined) throw brokenExport(this.runId, `a value of "${path}" is in a blob store`, path)
    if (seq !== expected) throw wrongField(this.runId, `${path}.seq`, seq, `${expected}: an entry is missing`)
    if (typeof at !== 'number') throw wrongField(this.runId, `${path}.at`, at, 'a time in milliseconds since 1970')
    this.checkFact(`${path}.fact`, fact)
    this.checkTexts(`${path}.texts`, texts)
    return given as unknown as StoredEvent
  }

  private checkFact(path: string, given: unknown): void {
    if (!isRecord(given) || typeof given['type'] !== 'string') {
      throw wrongField(this.runId, path, given, 'a fact with a type')
    }
    const { type, nodeId, iteration } = given
    const isOfVisit = type.startsWith('node.') || nodeId !== undefined
    if (!isOfVisit || type === 'warning') return
    if (typeof nodeId !== 'string') throw wrongField(this.runId, `${path}.nodeId`, nodeId, 'the id of a node')
    const isIteration = Array.isArray(iteration) && iteration.every((count) => typeof count === 'number')
    if (!isIteration) throw wrongField(this.runId, `${path}.iteration`, iteration, 'a list of numbers')
  }

  private checkTexts(path: string, given: unknown): void {
    if (given === undefined) return
    if (!isRecord(given)) throw wrongField(this.runId, path, given, 'a record of texts')
    for (const [field, text] of Object.entries(given)) {
      if (typeof text !== 'string') throw wrongField(this.runId, `${path}.${field}`, text, 'a text')
    }
  }
}

function wrongField(runId: string, path: string, given: unknown, wanted: string): HeddleError {
  return brokenExport(runId, `"${path}" is ${shown(given)}, and has to be ${wanted}`, path)
}

function shown(given: unknown): string {
  if (typeof given === 'object' && given !== null) return Array.isArray(given) ? 'a list' : 'a record'
  return typeof given === 'string' ? JSON.stringify(given.slice(0, 100)) : String(given)
}

function brokenExport(runId: string, reason: string, field?: string): HeddleError {
  const of = runId === '' ? '' : ` of run "${runId}"`
  return new HeddleError('JOURNAL_CORRUPT', `the export${of} cannot be imported: ${reason}`, {
    details: { runId, reason, ...(field === undefined ? {} : { field }) },
  })
}
