import { HeddleError } from '../errors/heddle-error.ts'
import { AbortControllers } from '../execution/attempt/abort-controllers.ts'
import type { AttemptContext, AttemptHost } from '../execution/attempt/attempt-context.ts'
import { callHandler, failAttempt, finishAttempt, openAttempt } from '../execution/attempt/attempt.ts'
import type { Engine } from '../execution/engine/engine.ts'
import type { CompiledGraph } from '../graph/compiled-graph.ts'
import { callsCellName, itemsCellName, runCellName } from '../kernel/cell-names.ts'
import { CellOverlay } from '../kernel/cell-overlay.ts'
import type { NamedRun } from '../kernel/named-frame.ts'
import { isInputFleeting } from '../kernel/note-undo.ts'
import { CompensationVisit, nameVisit, type Visit } from '../kernel/visit.ts'
import type { ItemsCell, RunStateCell } from '../model/cell.ts'
import type { Outcome } from '../model/outcome.ts'
import type { RunFact } from '../model/run-event.ts'
import type { StoredOutcome } from '../model/stored-event.ts'
import { visitKey, type VisitName } from '../model/visit.ts'
import type { AttemptRef, ClaimedVisit } from '../ports/run-records.ts'
import type { OutcomeDelivery } from '../ports/turn-store.ts'
import type { VisitCalls } from '../traversal/visit-calls.ts'
import { ClaimedCalls, type RecordStep } from './claimed-calls.ts'
import { ClaimInputs, type ClaimData } from './claim-inputs.ts'
import { cellsOfOutcome, cellsOfUndo, visitOf } from './locate-visit.ts'
import { packOutcome, unpackResumption } from './stored-outcome.ts'
import { isThenable } from '../model/value-kinds.ts'

/** What an attempt is made with. */
export interface ClaimedAttemptOptions {
  readonly engine: Engine
  readonly graph: CompiledGraph
  readonly ref: AttemptRef
  readonly visit: VisitName
  readonly claim: ClaimedVisit
  readonly publishLive: (fact: RunFact) => void
  /** Records a step: see `IRunRecords.recordStep`. */
  readonly record: RecordStep
}

/** One attempt of a visit that this process has claimed. */
export class ClaimedAttempt implements AttemptHost {
  readonly engine: Engine
  readonly graph: CompiledGraph
  readonly inputs: ClaimInputs
  readonly controllers: AbortControllers = new AbortControllers()
  readonly calls: ClaimedCalls
  readonly publishLive: (fact: RunFact) => void
  private readonly options: ClaimedAttemptOptions
  private readonly data: ClaimData
  private readonly visit: Visit
  private tellAborted: (nothing: undefined) => void = () => undefined
  private isAborted = false

  constructor(options: ClaimedAttemptOptions) {
    const { engine, graph, ref, visit, claim } = options
    this.options = options
    this.engine = engine
    this.graph = graph
    this.publishLive = options.publishLive
    const { serializer, logger } = engine
    const { record } = options
    this.calls = new ClaimedCalls({ serializer, logger, visit, claim, record, onStale: () => this.abort() })
    this.data = {
      runId: ref.runId,
      cells: new Map(Object.entries(claim.cells)),
      values: new Map([...Object.entries(claim.values), ['input', claim.input]]),
      shared: claim.shared,
    }
    this.inputs = new ClaimInputs(graph, visit, this.data, engine.serializer)
    const run: NamedRun = { graph, cells: new CellOverlay(), frames: new Map() }
    this.visit = visitOf(run, visit, claim.attempt)
  }

  /** What names it in the store. */
  get ref(): AttemptRef {
    return this.options.ref
  }

  recordedCalls(): VisitCalls | undefined {
    return this.calls.find()
  }

  /** Names of the values that only the cells of the claim could tell. */
  missingValues(): string[] {
    const names = [...this.inputs.exitValueNames(this.visit), ...this.calls.valueNames()]
    if (this.options.claim.resumption?.type === 'items-settled') {
      names.push(...this.inputs.itemOutputNames(this.visit), this.inputs.itemErrorName())
    }
    return names.filter((name) => !this.data.values.has(name))
  }

  /** Adds values that were read after the claim. */
  addValues(values: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(values)) this.data.values.set(name, text)
  }

  /** Aborts the attempt: its signal, and the wait for a handler that ignores it. */
  abort(): void {
    const { runId } = this.options.ref
    this.isAborted = true
    this.controllers.abort(
      this.visit,
      new HeddleError(
        'RUN_CANCELLED',
        `the attempt was cut off: run "${runId}" or the visit has ended, its lease was lost, or its worker ends`,
        {
          details: { runId, visit: visitKey(nameVisit(this.graph, this.visit)) },
        },
      ),
    )
    this.tellAborted(undefined)
  }

  /** Makes the attempt; answers what has to be delivered, or `undefined` if it was aborted. */
  async make(): Promise<OutcomeDelivery | undefined> {
    if (this.isAborted) return undefined
    const aborted = new Promise<undefined>((resolve) => {
      this.tellAborted = resolve
    })
    return Promise.race([this.attempt(), aborted])
  }

  private async attempt(): Promise<OutcomeDelivery | undefined> {
    const { claim, engine } = this.options
    // A store and a queue in this process never really wait, no more than handlers that only compute.
    while (engine.pacer.isDue()) await engine.pacer.turn
    if (this.isAborted) return undefined
    const { resumption } = claim
    if (resumption !== undefined) {
      const text = resumption.value === undefined ? undefined : this.data.values.get(resumption.value)
      this.visit.resumption = unpackResumption(engine, resumption, text)
    }
    this.calls.read(this.data.values)
    let context: AttemptContext | undefined
    let outcome: Outcome
    try {
      context = openAttempt(this, this.visit)
      const returned = callHandler(context)
      outcome = finishAttempt(context, isThenable(returned) ? await context.untilSettled(returned) : returned)
    } catch (error) {
      outcome = failAttempt(context, error)
    }
    return this.deliveryOf(context, outcome)
  }

  private deliveryOf(context: AttemptContext | undefined, outcome: Outcome): OutcomeDelivery {
    const { ref, visit, claim, engine, graph } = this.options
    const reads = context?.usedShared?.readVersions ?? new Map<string, number>()
    const { attempt } = claim
    const attempted = {
      attempt,
      isOpen: (call: string): boolean => this.calls.find()?.open.has(call) === true,
      keepsInput: context?.plan.keepsInput === true && isInputFleeting(graph, this.visit),
    }
    let packed
    try {
      packed = packOutcome(engine.serializer, visit, outcome, reads, attempted)
    } catch (error) {
      // A value that an edge carries, or an item of a map, cannot be stored: the node fails with it.
      packed = packOutcome(engine.serializer, visit, failAttempt(context, error), reads, attempted)
    }
    const { dispatch, token } = ref
    const waits = packed.outcome.status === 'suspended' && packed.outcome.on.type === 'calls'
    const callCells = waits || this.calls.isUsed ? [callsCellName(visit)] : []
    return {
      event: {
        id: `${visitKey(visit)}/${dispatch}/${token}`,
        touches: [...this.touchesOf(graph, packed.outcome), ...callCells],
        type: 'outcome',
        visit,
        attempt,
        dispatch,
        token,
        ...(claim.resumption === undefined ? {} : { resumption: claim.resumption }),
        ...(this.calls.isUsed ? { calls: true } : {}),
        outcome: packed.outcome,
      },
      values: packed.values,
    }
  }

  private touchesOf(graph: CompiledGraph, outcome: StoredOutcome): string[] {
    const { visit } = this
    const { cells } = this.data
    if (visit instanceof CompensationVisit) return cellsOfUndo(cells.get(runCellName) as RunStateCell | null, outcome)
    const items = cells.get(itemsCellName(graph, visit.itemsKey, visit.frame.path)) as ItemsCell | null | undefined
    return cellsOfOutcome(graph, visit, outcome, items?.round ?? 0)
  }
}
