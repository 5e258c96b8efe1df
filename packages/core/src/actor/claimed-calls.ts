import type { CallHost } from '../execution/calls/call-host.ts'
import { callsCellName } from '../kernel/cell-names.ts'
import type { CallsCell } from '../model/cell.ts'
import type { ErrorData } from '../model/error-data.ts'
import type { SettledCall } from '../model/settled-call.ts'
import type { JournalEntry } from '../model/stored-event.ts'
import { visitKey, type VisitName } from '../model/visit.ts'
import type { ILogger } from '../ports/logger.ts'
import type { ClaimedVisit } from '../ports/run-records.ts'
import type { ISerializer } from '../ports/serializer.ts'
import { VisitCalls, type RecordingFact } from '../traversal/visit-calls.ts'
import { suspensionOf } from './call-cells.ts'
import { toEntry } from './stored-fact.ts'
import { unpackResumption } from './stored-outcome.ts'

/** Records a step of an attempt: see `IRunRecords.recordStep`. */
export type RecordStep = (name: string, text: string, entry: JournalEntry) => Promise<'recorded' | 'existing' | 'stale'>

/** What claimed calls are read from, and recorded by. */
export interface ClaimedCallsOptions {
  readonly serializer: ISerializer
  readonly logger: ILogger
  readonly visit: VisitName
  readonly claim: ClaimedVisit
  readonly record: RecordStep
  /** The attempt does not count any more: its visit was claimed anew, the run has ended, or the store cannot be reached. */
  readonly onStale: () => void
}

/** A recorded step, and when the handler was answered it. */
interface RecordedStep extends SettledCall {
  /** How many steps of the visit were recorded before it: the store keeps them in no order. */
  readonly place: number
  /** What the fact of it tells: see `RecordedCall`. */
  readonly answered?: readonly string[]
}

/** A step as it is recorded under its name and occurrence; a failure under its attempt too, since the next one forgets it. */
function recordName(call: string, { error }: SettledCall, attempt: number): string {
  return error === undefined ? `s/${call}` : `f/${attempt}/${call}`
}

/** The durable calls of a visit that this process has claimed. */
export class ClaimedCalls implements CallHost {
  private readonly options: ClaimedCallsOptions
  /** Answers to waits, timers and child runs go to the store. */
  readonly hearsLate: boolean = true
  private book: VisitCalls | undefined
  /** How many steps of the visit are recorded, of all its attempts. */
  private count: number
  /** Ends when the steps before were recorded: a handler is told of them in the order in which they are. */
  private last: Promise<unknown> = Promise.resolve()

  constructor(options: ClaimedCallsOptions) {
    this.options = options
    this.count = Object.keys(options.claim.steps).length
  }

  private get cell(): CallsCell {
    const { claim, visit } = this.options
    return (claim.cells[callsCellName(visit)] as CallsCell | null | undefined) ?? {}
  }

  /** Whether durable calls of the visit wait, or have waited. */
  get isUsed(): boolean {
    const { open = {}, settled = {} } = this.cell
    return Object.keys(open).length + Object.keys(settled).length > 0
  }

  /** Names of the values that recorded calls answer. */
  valueNames(): string[] {
    return Object.values(this.cell.settled ?? {}).flatMap(({ resumption: { value } }) =>
      value === undefined ? [] : [value],
    )
  }

  /** Reads what is recorded. @param values texts by name */
  read(values: ReadonlyMap<string, string>): void {
    const { serializer, visit, claim } = this.options
    const { open = {}, settled = {}, answered = [], activeMs } = this.cell
    const steps = readSteps(serializer, claim)
    if (!this.isUsed && steps.length === 0) return
    const book = new VisitCalls({
      settled: [],
      open: [...Object.entries(open), ...Object.entries(settled)].map(([call, { on }]) => [
        call,
        { on: suspensionOf(on) },
      ]),
      ...(activeMs === undefined ? {} : { activeMs }),
    })
    const inOrder = Object.entries(settled).sort(([, { place: one = 0 }], [, { place: other = 0 }]) => one - other)
    for (const [call, { resumption }] of inOrder) {
      const text = resumption.value === undefined ? undefined : values.get(resumption.value)
      book.settle(call, visit.nodeId, unpackResumption({ serializer }, resumption, text))
    }
    for (const [call, { place: _place, answered: _answered, ...step }] of steps) book.settled.set(call, step)
    book.order(answered)
    // What was recorded after the visit was suspended last stands in its order too, but that is not in the cell: it is told again.
    const known = new Set(answered)
    const { answered: count } = book
    for (const [call, { answered: before }] of steps) {
      if (before !== undefined && !known.has(call)) book.order([...before, call])
    }
    book.answered = count
    this.book = book
  }

  of(): VisitCalls {
    this.book ??= new VisitCalls()
    return this.book
  }

  find(): VisitCalls | undefined {
    return this.book
  }

  async record(_visit: unknown, fact: RecordingFact): Promise<boolean> {
    const { serializer, claim, logger } = this.options
    const calls = this.of()
    calls.record(fact)
    const settled = calls.settled.get(fact.call) as SettledCall
    const { answered } = fact
    const step: RecordedStep = { ...settled, place: this.count++, ...(answered === undefined ? {} : { answered }) }
    const text = serializer.serialize(step)
    try {
      const name = recordName(fact.call, settled, claim.attempt)
      const { last } = this
      const recorded = this.options.record(name, text, entryOf(serializer, fact))
      this.last = Promise.allSettled([last, recorded])
      const reply = await recorded
      await last
      return this.goesOn(reply !== 'stale')
    } catch (error) {
      // Whether it is recorded is not known: that is no failure of the step. The visit is attempted again by whoever can reach the store.
      logger.warn({ err: error, visit: visitKey(this.options.visit), call: fact.call }, 'a step could not be recorded')
      return this.goesOn(false)
    }
  }

  private goesOn(isRecorded: boolean): boolean {
    if (!isRecorded) this.options.onStale()
    return isRecorded
  }

  /** Payloads are checked when the handler asks for them again: who answers a wait does not know the schema. */
  expect(): void {
    return undefined
  }
}

/** The steps that an attempt keeps, in the order in which they were recorded. */
function readSteps(serializer: ISerializer, { steps, attempt }: ClaimedVisit): [string, RecordedStep][] {
  const failed = `f/${attempt}/`
  const kept = Object.entries(steps).flatMap(([name, text]): [string, RecordedStep][] => {
    const prefix = name.startsWith('s/') ? 's/' : failed
    return name.startsWith(prefix) ? [[name.slice(prefix.length), serializer.deserialize(text) as RecordedStep]] : []
  })
  return kept.sort(([, one], [, other]) => one.place - other.place)
}

function entryOf(serializer: ISerializer, fact: RecordingFact): JournalEntry {
  if (fact.type === 'event.emitted') {
    const { payload, ...rest } = fact
    return { fact: rest, texts: { payload: serializer.serialize(payload) } }
  }
  const { output, error, ...rest } = fact as RecordingFact & { readonly output?: unknown; readonly error?: ErrorData }
  if (error !== undefined) return toEntry(serializer, fact)
  return { fact: rest, texts: { output: serializer.serialize(output) } }
}
