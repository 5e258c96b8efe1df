import { HeddleError } from '@heddle/core'

/** What is wrong with the settings of a server. */
export interface SettingsProblem {
  /** Runs would be lost or nothing would work: it is refused, unless it was asked for. Otherwise it is only told. */
  readonly isFatal: boolean
  readonly message: string
}

/** Reads the answer of `INFO`: lines of names and values. */
export function parseInfo(info: string): ReadonlyMap<string, string> {
  const lines = info.split(/\r?\n/u).filter((line) => line.includes(':'))
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]))
}

/** What is wrong with a server, by its `INFO`. What the server does not tell is taken to be fine. */
export function settingsProblems(info: ReadonlyMap<string, string>): readonly SettingsProblem[] {
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
