import { createInterface } from 'node:readline'
import { runProgram, type RunningProgram } from '../programs.ts'
import type { Told } from './known-workflows.ts'

/** Where runs are kept that so many processes share. */
export interface Place {
  readonly prefix: string
  readonly processes: number
  /** Every job is handed out twice, late and in any order. */
  readonly isDisturbed: boolean
}

/** What the workers of a place told, beside what is in the records. */
export class TellingPlace {
  /** What visits of random graphs were given, by seed. */
  readonly deps: Map<number, Map<string, readonly string[]>> = new Map()
  private readonly tokens: { readonly runId: string; readonly token: string }[] = []

  /** Notes what a worker told. */
  hear(told: Told): void {
    if (told.type === 'token') this.tokens.push(told)
    else {
      const { seed, visit, sources } = told
      const deps = this.deps.get(seed) ?? new Map<string, readonly string[]>()
      this.deps.set(seed, deps.set(visit, sources))
    }
  }

  /** The tokens that webhooks of runs announced, the last one first. */
  tokensOf(runIds: ReadonlySet<string>): readonly string[] {
    return this.tokens
      .filter(({ runId }) => runIds.has(runId))
      .map(({ token }) => token)
      .toReversed()
  }
}

/** Processes with workers of all patterns and random graphs: each works in all places that want so many processes. */
export class WorkerProcesses {
  /** By prefix. */
  private readonly places: Map<string, TellingPlace> = new Map()
  private readonly programs: RunningProgram[] = []

  /** Starts them; resolves when all take jobs. */
  async start(url: string, places: readonly Place[], graphs: number): Promise<void> {
    const count = Math.max(...places.map(({ processes }) => processes))
    for (let started = 0; started < count; started++) {
      const own = places.filter(({ processes }) => processes > started)
      this.programs.push(this.open({ url, places: own, graphs }))
    }
    await Promise.all(this.programs.map(({ said }) => said('ready')))
  }

  /** What the workers of a place told. */
  in({ prefix }: Place): TellingPlace {
    const place = this.places.get(prefix) ?? new TellingPlace()
    this.places.set(prefix, place)
    return place
  }

  private open(settings: object): RunningProgram {
    const program = runProgram('work-on-whole-runs', JSON.stringify(settings))
    const { stdout } = program.child
    if (stdout !== null) createInterface({ input: stdout }).on('line', (line) => this.hear(line))
    return program
  }

  private hear(line: string): void {
    if (!line.startsWith('{')) return
    const told = JSON.parse(line) as Told & Place
    this.in(told).hear(told)
  }

  /** Kills them. */
  async kill(): Promise<void> {
    for (const { child } of this.programs) child.kill('SIGKILL')
    await Promise.all(this.programs.map(({ ended }) => ended))
  }
}
