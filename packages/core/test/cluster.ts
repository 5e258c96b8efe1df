import { defaultLimits } from '../src/actor/actor-options.ts'
import { EngineDefinitions } from '../src/actor/engine-definitions.ts'
import { readEvents } from '../src/actor/event-feed.ts'
import { RunActor } from '../src/actor/run-actor.ts'
import type { RunRequestOptions } from '../src/actor/run-requests.ts'
import { startRun, type RunToStart } from '../src/actor/start-run.ts'
import { Sweeper } from '../src/actor/sweeper.ts'
import type { Definition } from '../src/actor/definitions.ts'
import { silentLogger } from '../src/defaults/silent-logger.ts'
import { memoryCoordinationStore } from '../src/memory/coordination-store.ts'
import type { WorkflowBlueprint } from '../src/model/blueprint.ts'
import type { RunEvent } from '../src/model/run-event.ts'
import type { RunJob } from '../src/model/run-job.ts'
import type { ICoordinationStore } from '../src/ports/coordination-store.ts'
import type { Registry } from '../src/ports/node-context.ts'
import type { RunHead } from '../src/ports/run-records.ts'
import { bindRun } from '../src/execution/run/bind-run.ts'
import { FlowRuntime } from '../src/runtime/flow-runtime.ts'
import type { RunLimits } from '../src/runtime/limits.ts'
import { eventLoopTurn } from './drive.ts'
import { faultyStore, WorkerDied, type FaultRates } from './faulty-store.ts'
import type { Draw } from './reference-model/random-blueprint.ts'
import { seededDraw } from './reference-model/random-results.ts'
import { VirtualClock } from './virtual-clock.ts'

/** What a cluster is made of. */
export interface ClusterOptions {
  readonly registry: Registry
  readonly blueprints?: Readonly<Record<string, WorkflowBlueprint>>
  /** @default those of a FlowRuntime */
  readonly limits?: Partial<RunLimits>
  readonly workers?: number
  readonly seed?: number
  readonly faults?: FaultRates & {
    /** Jobs that are handed out once more, and jobs that get lost, in percent. */
    readonly duplicate?: number
    readonly lose?: number
  }
  readonly store?: (clock: VirtualClock) => ICoordinationStore
}

/** Several workers in one process over one store, with a queue that hands out jobs in random order, and a clock that is moved by hand. */
export class Cluster {
  readonly clock: VirtualClock = new VirtualClock()
  readonly store: ICoordinationStore
  readonly definitions: EngineDefinitions = new EngineDefinitions()
  readonly jobs: RunJob[] = []
  deaths = 0
  private readonly options: ClusterOptions
  private readonly runtime: FlowRuntime
  private readonly draw: Draw
  private readonly actors: RunActor[] = []
  private readonly graves: Map<RunActor, () => void> = new Map()
  private readonly underWay: Set<Promise<void>> = new Set()

  constructor(options: ClusterOptions) {
    const { registry, blueprints = {}, limits = {}, workers = 1, seed = 1 } = options
    this.options = options
    this.store = options.store?.(this.clock) ?? memoryCoordinationStore({ clock: this.clock })
    this.runtime = new FlowRuntime({ registry, blueprints, clock: this.clock, random: () => 0, limits })
    this.draw = seededDraw(seed)
    for (let count = 0; count < workers; count++) this.actors.push(this.openActor())
  }

  private openActor(): RunActor {
    const { faults = {} } = this.options
    const isFaulty = faults.die !== undefined || faults.resend !== undefined
    const grave = { actor: undefined as RunActor | undefined }
    const mortal = isFaulty ? faultyStore(this.store, this.draw, faults, () => this.bury(grave.actor)) : undefined
    const enqueue = async (jobs: readonly RunJob[]): Promise<void> => {
      for (const job of jobs) this.enqueue(job)
    }
    const actor = new RunActor({
      store: mortal?.store ?? this.store,
      definitions: this.definitions,
      clock: this.clock,
      logger: silentLogger,
      limits: defaultLimits,
      enqueue,
    })
    grave.actor = actor
    if (mortal !== undefined) this.graves.set(actor, () => mortal.kill())
    return actor
  }

  /** Another worker takes the place of a dead one. */
  private bury(dead: RunActor | undefined): void {
    if (dead === undefined) return
    this.deaths++
    this.actors.splice(this.actors.indexOf(dead), 1, this.openActor())
  }

  /** Kills a worker: nothing that it does any more reaches anybody. Another one takes its place. Needs `faults`. */
  kill(worker: number): void {
    const actor = this.actors[worker]
    if (actor !== undefined) this.graves.get(actor)?.()
    this.underWay.clear()
  }

  private enqueue(job: RunJob): void {
    const { duplicate = 0, lose = 0 } = this.options.faults ?? {}
    if (this.draw(100) < lose) return
    const copies = this.draw(100) < duplicate ? 2 : 1
    for (let count = 0; count < copies; count++) {
      if ((job.delayMs ?? 0) > 0) this.clock.schedule(job.delayMs ?? 0, () => this.jobs.push(job))
      else this.jobs.push(job)
    }
  }

  /** The definition of a blueprint; the workers know it from then on. */
  define(blueprint: WorkflowBlueprint): Definition {
    const { traverser, state, executorFactory, services } = this.runtime.prepare(blueprint)
    return this.definitions.add(blueprint, bindRun(traverser, state, executorFactory, services).engine)
  }

  /** @param isLeftToWorkers a worker decides the beginning in a turn, as that of a run that begins with more than nodes that are ready */
  async start(
    blueprint: WorkflowBlueprint,
    input: unknown,
    { isLeftToWorkers = false, ...options }: Partial<RunToStart> & { readonly isLeftToWorkers?: boolean } = {},
  ): Promise<RunHead> {
    const definition = this.define(blueprint)
    const text = definition.engine.serializer.serialize(input)
    const reply = await startRun(isLeftToWorkers ? leavingBeginnings(this.store) : this.store, definition, {
      runId: 'run',
      input: text,
      ...options,
    })
    if (reply.status === 'started') for (const job of reply.jobs) this.enqueue(job)
    return this.head(options.runId ?? 'run')
  }

  async head(runId: string = 'run'): Promise<RunHead> {
    return (await this.store.readRun(runId)) as RunHead
  }

  /** What requests to runs are made with. */
  get requests(): RunRequestOptions {
    const enqueue = async (jobs: readonly RunJob[]): Promise<void> => {
      for (const job of jobs) this.enqueue(job)
    }
    return { store: this.store, definitions: this.definitions, enqueue }
  }

  async events(runId: string = 'run'): Promise<RunEvent[]> {
    const head = await this.head(runId)
    const definition = this.definitions.get(head.definitionHash) as Definition
    return readEvents(this.store, definition.engine.serializer, head, 0)
  }

  /** Hands the next job, drawn at random, to a worker drawn at random; does not wait until it is done. */
  handOut(): void {
    const [job] = this.jobs.splice(this.draw(this.jobs.length), 1)
    const actor = this.actors[this.draw(this.actors.length)]
    if (job === undefined || actor === undefined) return
    this.follow(actor.handle(job))
  }

  private follow(work: Promise<unknown>): void {
    const followed = ignoreDeath(work)
    this.underWay.add(followed)
    void followed.finally(() => this.underWay.delete(followed))
  }

  async sweep(): Promise<void> {
    const actor = this.actors[this.draw(this.actors.length)]
    if (actor !== undefined) await new Sweeper(actor).sweepOnce()
  }

  /** Lets jobs that are under way go on until they wait for time. */
  async settle(): Promise<void> {
    for (let turns = 0; turns < 200 && this.underWay.size > 0; turns++) await Promise.resolve()
  }

  /** Works until there are no jobs, without letting time pass. */
  async work(): Promise<void> {
    do {
      while (this.jobs.length > 0) {
        this.handOut()
        if (this.draw(3) === 0) await this.settle()
      }
      await this.settle()
    } while (this.jobs.length > 0)
  }

  /** Works, sweeps and lets time pass until a run has ended, or at most for a time. */
  async run(runId: string = 'run', maxMs: number = 3_600_000): Promise<RunHead> {
    for (let passed = 0; passed <= maxMs; passed += 500) {
      await this.work()
      const head = await this.head(runId)
      if (head.status !== 'live') return head
      await this.sweep()
      if (this.jobs.length > 0) continue
      // A worker that has done much lets others have their turn before it goes on.
      await eventLoopTurn()
      this.clock.advance(500)
    }
    throw new Error(`run ${runId} has not ended: ${JSON.stringify(await this.head(runId))}`)
  }
}

/** Work whose worker died is left where it was. */
async function ignoreDeath(work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!(error instanceof WorkerDied)) throw error
  }
}

/** The store, as somebody uses it who decides no beginnings. */
export function leavingBeginnings(store: ICoordinationStore): ICoordinationStore {
  const start: ICoordinationStore['start'] = ({ beginning: _beginning, ...request }) => store.start(request)
  return Object.assign(Object.create(store) as ICoordinationStore, { start })
}
