import { runFile, type RunningProgram } from '../programs.ts'
import { pick, type Random } from './seeded-random.ts'

interface Member {
  readonly program: RunningProgram
  isPaused: boolean
  isReady: boolean
}

/** Worker processes, of which there are always as many as there shall be: for one that ends another one is started. */
export class WorkerFleet {
  private readonly file: string
  private readonly arguments: readonly string[]
  private readonly members: Set<Member> = new Set()
  private isClosing = false

  /** @param programArguments of `chaos-worker`, whose bundle the file is */
  constructor(count: number, file: string, programArguments: readonly string[]) {
    this.file = file
    this.arguments = programArguments
    process.once('exit', () => {
      for (const { program } of this.members) program.child.kill('SIGKILL')
    })
    for (let started = 0; started < count; started++) this.start()
  }

  private start(): void {
    const program = runFile(this.file, [], this.arguments)
    const member: Member = { program, isPaused: false, isReady: false }
    this.members.add(member)
    void this.awaitReady(member)
    void program.ended.then(() => {
      this.members.delete(member)
      if (!this.isClosing) this.start()
    })
  }

  private async awaitReady(member: Member): Promise<void> {
    try {
      await member.program.said('ready')
      member.isReady = true
    } catch {
      // It has ended before: another one takes its place.
    }
  }

  /** Resolves when all have opened their stores and queues. */
  async ready(): Promise<void> {
    await Promise.all([...this.members].map(({ program }) => program.said('ready')))
  }

  private working(): Member[] {
    return [...this.members].filter(({ isPaused, isReady }) => isReady && !isPaused)
  }

  /** Kills a random one. @returns the id of its process, unless there is none that works */
  kill(random: Random): number | undefined {
    const member = pick(random, this.working())
    member?.program.child.kill('SIGKILL')
    if (member !== undefined) this.members.delete(member)
    return member?.program.child.pid
  }

  /** Tells a random one to end, and kills it so many milliseconds later if it still lives. */
  async killInDrain(random: Random, afterMs: number): Promise<number | undefined> {
    const member = pick(random, this.working())
    if (member === undefined) return undefined
    member.isReady = false
    member.program.child.kill('SIGTERM')
    await pause(afterMs)
    member.program.child.kill('SIGKILL')
    return member.program.child.pid
  }

  /** Stops a random one. @returns its process, and what lets it go on */
  pause(random: Random): { readonly pid: number | undefined; readonly goOn: () => void } | undefined {
    const member = pick(random, this.working())
    if (member === undefined) return undefined
    member.isPaused = true
    member.program.child.kill('SIGSTOP')
    const goOn = (): void => {
      member.isPaused = false
      member.program.child.kill('SIGCONT')
    }
    return { pid: member.program.child.pid, goOn }
  }

  /** Ends all. */
  async close(): Promise<void> {
    this.isClosing = true
    const members = [...this.members]
    for (const { program } of members) program.child.kill('SIGKILL')
    await Promise.all(members.map(({ program }) => program.ended))
  }
}

/** Waits so many milliseconds. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
