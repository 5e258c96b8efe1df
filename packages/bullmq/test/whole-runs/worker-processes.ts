import { createInterface } from 'node:readline'
import { runProgram, type RunningProgram } from '../programs.ts'
import type { Told } from './known-workflows.ts'

/** Workers of all patterns and random graphs, each in a process of its own. */
export class WorkerProcesses {
  /** What visits of random graphs were given, by seed. */
  readonly deps: Map<number, Map<string, readonly string[]>> = new Map()
  private readonly tokens: { readonly runId: string; readonly token: string }[] = []
  private readonly programs: RunningProgram[] = []

  /** Starts them; resolves when all take jobs. */
  async start(count: number, settings: object): Promise<void> {
    for (let started = 0; started < count; started++) this.programs.push(this.open(settings))
    await Promise.all(this.programs.map(({ said }) => said('ready')))
  }

  private open(settings: object): RunningProgram {
    const program = runProgram('work-on-whole-runs', JSON.stringify(settings))
    const { stdout } = program.child
    if (stdout !== null) createInterface({ input: stdout }).on('line', (line) => this.hear(line))
    return program
  }

  private hear(line: string): void {
    if (!line.startsWith('{')) return
    const told = JSON.parse(line) as Told
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

  /** Kills them. */
  async kill(): Promise<void> {
    for (const { child } of this.programs) child.kill('SIGKILL')
    await Promise.all(this.programs.map(({ ended }) => ended))
  }
}
