import { HeddleError } from '@heddle/core'
import type { RedisClusterNode } from './redis-client.ts'

/** What is wrong with the settings of a server. */
export interface SettingsProblem {
  /** Runs would be lost or nothing would work: it is refused, unless it was asked for. Otherwise it is only told. */
  readonly isFatal: boolean
  readonly message: string
}

/** Reads the answer of `INFO`: lines of names and values. */
function parseInfo(info: string): ReadonlyMap<string, string> {
  const lines = info.split(/\r?\n/u).filter((line) => line.includes(':'))
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]))
}

/** What a server tells of how it is set up. */
export interface ServerSettings {
  /** Its `INFO`: names and values. */
  readonly info: ReadonlyMap<string, string>
  /** When it brings its append-only file to the disk; `undefined` if it does not tell. */
  readonly appendfsync?: string | undefined
}

/** Asks a server how it is set up. */
export async function readSettings(server: RedisClusterNode): Promise<ServerSettings> {
  const info = parseInfo(await server.info())
  try {
    const found = await server.config?.('GET', 'appendfsync')
    const value: unknown = Array.isArray(found) ? found[1] : undefined
    return { info, ...(typeof value === 'string' ? { appendfsync: value } : {}) }
  } catch {
    // Who may not ask for settings, as with many hosted servers, does not learn this one: it is no reason not to go on.
    return { info }
  }
}

/** What is wrong with a server. What the server does not tell is taken to be fine. */
export function settingsProblems({ info, appendfsync }: ServerSettings): readonly SettingsProblem[] {
  const problems: SettingsProblem[] = []
  const version = info.get('redis_version')
  if (version !== undefined && Number(version.split('.')[0]) < 7) {
    problems.push({ isFatal: true, message: `it is Redis ${version}, and Redis 7 or Valkey 8 is needed` })
  }
  if (info.get('role') === 'slave') {
    problems.push({ isFatal: true, message: 'it is a replica, which takes no writes: connect to the primary' })
  }
  const policy = info.get('maxmemory_policy')
  if (policy !== undefined && policy !== 'noeviction') {
    const message = `its maxmemory-policy is ${policy}: it may throw away runs when its memory is full; set noeviction`
    problems.push({ isFatal: true, message })
  }
  if (info.get('aof_enabled') === '0') {
    const message =
      'it keeps no append-only file, so a restart loses what is not in its last snapshot; set appendonly yes'
    problems.push({ isFatal: false, message })
  } else if (appendfsync === 'no') {
    const message =
      'its appendfsync is no: a machine that loses its power loses the last half a minute and more; set everysec or always'
    problems.push({ isFatal: false, message })
  }
  return problems
}

/** The error about a server that must not keep runs. */
export function settingsError(address: string, problems: readonly SettingsProblem[]): HeddleError {
  const what = problems.map(({ message }) => message).join('; ')
  return new HeddleError('STORE_SETTINGS', `the Redis at ${address} cannot keep runs as it is set up: ${what}`, {
    details: { address },
  })
}

const functionsRefused = /^(?:NOPERM [^']*|ERR unknown (?:sub)?command )['`](?:fcall|function|load)\b/iu

/** What is wrong with a server by an answer of its, if that refuses functions: to this user, or because it has none. */
export function functionsProblem(answer: string): SettingsProblem | undefined {
  if (!functionsRefused.test(answer)) return undefined
  // What comes behind are arguments of the command, which hold what users store.
  const [said = ''] = answer.split(', with args')
  const message =
    `it does not let this user load and call functions ("${said}"), as which the store runs its scripts: give the user ` +
    'the rights +fcall and +function|load, or take a server that has functions'
  return { isFatal: true, message }
}
