import fs from 'node:fs'
import os from 'node:os'
import { systemCode } from './files.ts'

/** A process as others may know it. */
export interface ProcessIdentity {
  readonly pid: number
  /** The name of the machine. */
  readonly host: string
  /** Tells apart two processes that had the same id one after the other. Not every system says when a process was started. */
  readonly startedAt?: string
}

/** What a file store asks about processes. */
export interface IProcesses {
  /** This process. */
  self(): ProcessIdentity
  /** Whether a process has ended for certain. Of one on another machine nobody can tell: `false`. */
  hasEnded(process: ProcessIdentity): boolean
}

/** The processes of this machine. */
export const nodeProcesses: IProcesses = {
  self: () => {
    const startedAt = startOf(process.pid)
    return { pid: process.pid, host: os.hostname(), ...(startedAt === undefined ? {} : { startedAt }) }
  },
  hasEnded: ({ pid, host, startedAt }) => {
    if (host !== os.hostname()) return false
    if (!isThere(pid)) return true
    const known = startedAt === undefined ? undefined : startOf(pid)
    return known !== undefined && known !== startedAt
  },
}

/** Asks with signal 0, which is never delivered. */
function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return systemCode(error) !== 'ESRCH' // EPERM: it is there and belongs to somebody else
  }
}

/**
 * When a process was started, as Linux counts: the id of the machine's last start, and ticks since then. `undefined` elsewhere. What has
 * ended and was not yet collected by its parent counts as never started.
 */
function startOf(pid: number): string | undefined {
  try {
    const boot = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ') // the name before may hold anything
    const [state] = fields
    const ticks = fields[19] // `starttime`, the 22nd field of proc(5)
    return state === 'Z' || state === 'X' ? 'ended' : ticks === undefined ? undefined : `${boot}:${ticks}`
  } catch {
    return undefined // no Linux, or a process that cannot be looked at
  }
}
