import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { EngineName } from './engines/contract.ts'
import type { Measurement } from './result.ts'

/** What a child process is asked. */
export interface ChildRequest {
  readonly caseId: string
  readonly engineName: EngineName
  readonly graphsFolder?: string | undefined
  readonly isQuick: boolean
}

/** What it answers: numbers; or that the engine cannot do it; or that it did, and did it wrong. */
export type ChildAnswer =
  | { readonly kind: 'measured'; readonly measurement: Measurement }
  | { readonly kind: 'unable'; readonly reason: string }
  | { readonly kind: 'wrong'; readonly reason: string }

const rootFolder = fileURLToPath(new URL('..', import.meta.url))

/** Reasons end up in a page that is committed: it names no folder of this machine. */
const withoutPath = (reason: string): string => reason.replaceAll(rootFolder, '')

const withoutPaths = (answer: ChildAnswer): ChildAnswer =>
  answer.kind === 'measured' ? answer : { ...answer, reason: withoutPath(answer.reason) }

/** How a child is started. */
export interface ChildOptions {
  readonly program: string
  readonly limitSeconds: number
  readonly profileFolder: string | undefined
}

function nodeArguments({ profileFolder }: ChildOptions, { caseId, engineName }: ChildRequest): string[] {
  if (profileFolder === undefined) return ['--expose-gc']
  const name = `${caseId}.${engineName}.cpuprofile`
  return ['--expose-gc', '--cpu-prof', `--cpu-prof-dir=${profileFolder}`, `--cpu-prof-name=${name}`]
}

/** How long a process that took too long has for its ending, in milliseconds. */
const endingMs = 2000

/** Asks a fresh process, and ends it where it takes longer than `limitSeconds`. What it prints on stderr is kept for the reason. */
export function askChild(request: ChildRequest, options: ChildOptions): Promise<ChildAnswer> {
  const { program, limitSeconds } = options
  return new Promise((resolve) => {
    const child = fork(program, [JSON.stringify(request)], {
      execArgv: nodeArguments(options, request),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    let answer: ChildAnswer | undefined
    let errors = ''
    let killing: NodeJS.Timeout | undefined
    const timer = setTimeout(() => {
      answer ??= { kind: 'unable', reason: `took longer than the limit of ${limitSeconds} s` }
      // It ends by itself, and takes its servers and workers with it; unless it is too busy to hear of it.
      if (child.connected) child.send('end')
      killing = setTimeout(() => child.kill('SIGKILL'), endingMs)
    }, limitSeconds * 1000)
    child.stderr?.on('data', (chunk: Buffer) => {
      errors = `${errors}${chunk.toString()}`.slice(-4000)
    })
    child.on('message', (message) => {
      answer ??= withoutPaths(message as ChildAnswer)
    })
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      clearTimeout(killing)
      const lastWords =
        errors
          .trim()
          .split('\n')
          .find((line) => /error/iu.test(line)) ?? ''
      resolve(
        answer ?? { kind: 'unable', reason: withoutPath(`its process ended (${signal ?? code}) ${lastWords}`.trim()) },
      )
    })
  })
}
