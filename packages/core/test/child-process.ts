import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A line of JSON that a process printed. */
export type PrintedLine = Readonly<Record<string, unknown>>

/** Processes of their own that are ended with the test that started them. */
export class ChildProcesses {
  private readonly children: ChildProcess[] = []

  /**
   * Starts a program.
   *
   * @param program its file, as `file:` address
   * @param limit a command of the shell that binds the process, as `ulimit -f 40`
   */
  start(program: URL, args: readonly string[], limit?: string): ChildProcess {
    const all = ['--conditions=@heddle/source', '--import', 'tsx', fileURLToPath(program), ...args]
    const child =
      limit === undefined
        ? spawn(process.execPath, all, { stdio: ['pipe', 'pipe', 'inherit'] })
        : spawn('sh', ['-c', `${limit} && exec "$0" "$@"`, process.execPath, ...all], {
            stdio: ['pipe', 'pipe', 'inherit'],
          })
    this.children.push(child)
    return child
  }

  /** Kills those that still run. */
  kill(): void {
    for (const child of this.children.splice(0)) child.kill('SIGKILL')
  }
}

/** The lines that a process prints, one by one. */
export function linesOf(child: ChildProcess): AsyncIterator<PrintedLine, undefined> {
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]()
  return {
    next: async () => {
      const line: IteratorResult<string, undefined> = await lines.next()
      return line.done === true ? line : { value: JSON.parse(line.value) as PrintedLine }
    },
  }
}

/** All lines that a process prints, once it has ended. */
export async function allLinesOf(child: ChildProcess): Promise<readonly PrintedLine[]> {
  const lines = linesOf(child)
  const all: PrintedLine[] = []
  for (let line = await lines.next(); line.done !== true; line = await lines.next()) all.push(line.value)
  return all
}
