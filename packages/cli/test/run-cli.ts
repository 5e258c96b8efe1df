import { spawn, spawnSync, type ChildProcessWithoutNullStreams, type SpawnSyncReturns } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const packageFolder = fileURLToPath(new URL('..', import.meta.url))

const fromSources = ['--import', 'tsx', '--conditions=@heddle/source', 'src/bin.ts']

/** After this many milliseconds a command that has not ended is killed. */
const limitMs = 40_000

/** What a command did. */
export interface CommandEnd {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A file of test/fixtures. */
export function fixture(name: string): string {
  return path.join('test/fixtures', name)
}

/** The command under way, from its sources. */
export class RunningCli {
  stdout = ''
  stderr = ''
  readonly ended: Promise<CommandEnd>
  private readonly child: ChildProcessWithoutNullStreams
  private wake: () => void = () => {}

  constructor(args: readonly string[]) {
    this.child = spawn(process.execPath, [...fromSources, ...args], {
      cwd: packageFolder,
      timeout: limitMs,
      killSignal: 'SIGKILL',
    })
    this.child.stdin.end()
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text
      this.wake()
    })
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
      this.wake()
    })
    this.ended = new Promise((resolve, reject) => {
      this.child.on('error', reject)
      this.child.on('close', (exitCode) => resolve({ exitCode, stdout: this.stdout, stderr: this.stderr }))
    })
  }

  /** Resolves when one of the streams has shown a text. */
  async untilShown(text: string): Promise<void> {
    while (!this.stdout.includes(text) && !this.stderr.includes(text)) {
      await new Promise<void>((resolve) => {
        this.wake = resolve
      })
    }
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name)
  }
}

/** Runs the command to its end. */
export function cli(...args: readonly string[]): Promise<CommandEnd> {
  return new RunningCli(args).ended
}

/** Runs the command with another stdout. */
export function cliTo(stdout: number, ...args: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [...fromSources, ...args], {
    cwd: packageFolder,
    encoding: 'utf8',
    stdio: ['ignore', stdout, 'pipe'],
    timeout: limitMs,
  })
}

/** Runs a test with files of its own; they are gone afterwards. */
export async function withFiles<Result>(
  files: Readonly<Record<string, string>>,
  test: (at: (name: string) => string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(path.join(tmpdir(), 'heddle-cli-'))
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text)
    return await test((name) => path.join(folder, name))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
