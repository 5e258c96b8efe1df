import type { Graph } from '../graph.ts'

/** The engines that can be measured, in the order in which tables show them. */
export const engineNames = ['floor', 'heddle', 'flowcraft', 'langgraph'] as const

/** See {@link engineNames}. */
export type EngineName = (typeof engineNames)[number]

/** Runs once and reads every output that the run produced. Resolves to their sum: each handler's output is 1. */
export type Run = () => Promise<number>

/** A graph and how it is to be run. */
export interface GraphLoad {
  readonly graph: Graph
  /** The body of every node; gets the node's position in the graph and resolves to 1. Without it an async no-op. */
  readonly work?: (node: number) => Promise<number>
  /** Attempts at one time. Without it whatever the engine does when it is told nothing. */
  readonly concurrency?: number
  /** Every handler reads the AbortSignal that it is given. */
  readonly readsSignal?: boolean
  /** The run keeps its journal and a listener hears every event. */
  readonly isObserved?: boolean
}

/** A node that goes back to itself until it has run `iterations` times. */
export interface LoopLoad {
  readonly iterations: number
}

/** What is built from the plain definition before anything can run. */
export interface CompileLoad {
  readonly graph: Graph
}

/** A definition that was never seen before, and what turns it into something that can run. */
export interface Compilation {
  /** Makes the next definition. Not measured. */
  readonly renew: () => void
  /** Validates and compiles it. Resolves to the number of nodes it found. */
  readonly compile: Run
}

/** A chain whose run is kept in files. */
export interface DurableLoad {
  readonly graph: Graph
  /** `never`: what is written is handed to the system. `group`: it is also brought to the disk, once in `everyMs`. */
  readonly fsync: 'never' | 'group'
  readonly everyMs: number
}

/** Runs it and keeps it. */
export interface DurableRun {
  /** Removes the run before. Not measured. */
  readonly renew?: () => Promise<void>
  readonly run: Run
  /** How often the last run was brought to the disk. */
  readonly note: () => string
}

/** A run that has ended and has about so many events. */
export interface LookBackLoad {
  readonly events: number
  /** Whether it was exported and imported; else it is read from where it was kept. */
  readonly isImported: boolean
}

/** Its journal, read and ready to be looked at. */
export interface LookBack {
  readonly length: number
  /** Finds out where the run stood after an event, from 1. Resolves to the number of visits that there were. */
  readonly at: (seq: number) => Promise<number>
}

/** Runs that workers carry out over a Redis of their own. */
export interface DistributedLoad {
  readonly graph: Graph
  /** How many runs of the graph there are at once. */
  readonly runs: number
  /** How many workers there are, in this process. */
  readonly workers: number
  /** Attempts at one time in each worker. */
  readonly concurrency: number
  /** Workers go on with one visit that they made ready, without the queue. */
  readonly continues: boolean
}

/** Carries them out, and tells what that took of Redis. */
export interface DistributedRun {
  readonly run: Run
  readonly note: () => string
  /** Looks into the runs of the last call. */
  readonly verify?: () => Promise<void>
}

/** Where workers in processes of their own find their runs. */
export interface RecoveryPlace {
  /** The Redis; several places may share it. */
  readonly url: string
  readonly name: string
}

/** Runs of one node each, which processes carry out that are killed. */
export interface RecoveryParts {
  /** Begins to work, in this process. `step` is the body of the node. */
  readonly work: (place: RecoveryPlace, step: (runId: string) => Promise<void>) => Promise<void>
  /** Opens a client. What it returns starts a run. */
  readonly connect: (place: RecoveryPlace) => (runId: string) => Promise<void>
}

/**
 * One way to run a workflow. All that happens in a `prepare` method (building, compiling, registering handlers) is not measured; the
 * {@link Run} it returns is. A method that an engine lacks is a case that it takes no part in.
 */
export interface Engine {
  readonly name: EngineName
  prepareGraph: (load: GraphLoad) => Promise<Run>
  prepareLoop?: (load: LoopLoad) => Promise<Run>
  prepareCompile?: (load: CompileLoad) => Promise<Compilation>
  prepareDurable?: (load: DurableLoad) => Promise<DurableRun>
  prepareLookBack?: (load: LookBackLoad) => Promise<LookBack>
  prepareDistributed?: (load: DistributedLoad) => Promise<DistributedRun>
  recovery?: () => Promise<RecoveryParts>
}

/** The body of a node that does nothing: what is left is the engine. */
export const noop = async (): Promise<number> => 1
