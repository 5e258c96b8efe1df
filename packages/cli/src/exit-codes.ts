import type { RunStatus } from '@heddle/core'

/** What the command ends with. 130 stands for Ctrl-C: 128 and the number of the signal. */
export const exitCodes = {
  completed: 0,
  failed: 1,
  /** Wrong options, a file that cannot be read, a definition or an input that is not valid. */
  usage: 2,
  awaiting: 3,
  cancelled: 4,
  interrupted: 130,
} as const

/** The exit code of a run that ended or came to rest. One that cannot move has failed its user. */
export function exitCodeOf(status: RunStatus): number {
  return status === 'stalled' ? exitCodes.failed : exitCodes[status]
}
