import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** A program of this folder that runs in a process of its own. */
export interface RunningProgram {
  readonly child: ChildProcess
  /** Resolves when it has printed a line. @throws Error if it ends before */
  readonly said: (line: string) => Promise<void>
  /** Code or signal with which it ended. */
  readonly ended: Promise<number | NodeJS.Signals | null>
}

/** Starts a program of `programs/`, from its sources. */
export function runProgram(name: string, ...args: readonly string[]): RunningProgram {
  const file = fileURLToPath(new URL(`programs/${name}.ts`, import.meta.url))
  return runFile(file, ['--conditions=@heddle/source', '--import', 'tsx'], args)
}

/** Starts a program. @param options of Node */
export function runFile(file: string, options: readonly string[], args: readonly string[]): RunningProgram {
  const child = spawn(process.execPath, [...options, file, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  const waiting = new Set<() => void>()
  const tell = (): void => {
    for (const look of waiting) look()
  }
  child.stdout.on('data', (chunk: Buffer) => {
    output += String(chunk)
    tell()
  })
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve(signal ?? code)
      tell()
    })
  })
  const said = (line: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const isSaid = output.split('\n').includes(line)
        if (!isSaid && child.exitCode === null && child.signalCode === null) return
        waiting.delete(look)
        if (isSaid) resolve()
        else reject(new Error(`${file} ended without saying "${line}":\n${output}`))
      }
      waiting.add(look)
      look()
    })
  return { child, said, ended }
}
