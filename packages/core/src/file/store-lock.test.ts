import { describe, expect, it, vi } from 'vitest'
import { SimulatedDisk } from '../../test/simulated-disk.ts'
import { isHeddleError } from '../errors/heddle-error.ts'
import type { IProcesses, ProcessIdentity } from './processes.ts'
import { takeStoreLock, type StoreLock } from './store-lock.ts'

// Much is done in each test, and the machine may be busy.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

const host = 'here'

/** Processes of one machine, of which some have ended. */
class Machine {
  readonly ended: Set<number> = new Set()

  readonly process = (pid: number): IProcesses => {
    const self: ProcessIdentity = { pid, host, startedAt: `start ${pid}` }
    return { self: () => self, hasEnded: (other) => other.host === host && this.ended.has(other.pid) }
  }
}

/** Takes the lock, or says who has it. */
const take = (disk: SimulatedDisk, processes: IProcesses): StoreLock | ProcessIdentity | 'somebody' => {
  try {
    return takeStoreLock(disk, '/lock', processes)
  } catch (error) {
    if (!isHeddleError(error, 'STORE_LOCKED')) throw error
    return (error.details['owner'] as ProcessIdentity | undefined) ?? 'somebody'
  }
}

const isLock = (taken: StoreLock | ProcessIdentity | 'somebody'): taken is StoreLock =>
  typeof taken === 'object' && 'release' in taken

describe('the lock of a store', () => {
  it('has one owner, who is named to others, and can be had again when it was released', () => {
    const disk = new SimulatedDisk()
    const machine = new Machine()
    const first = takeStoreLock(disk, '/lock', machine.process(1))
    expect(take(disk, machine.process(2))).toMatchObject({ pid: 1, host, startedAt: 'start 1' })
    expect(take(disk, machine.process(1))).toMatchObject({ pid: 1 })
    first.release()
    expect(isLock(take(disk, machine.process(2)))).toBe(true)
    expect(take(disk, machine.process(1))).toMatchObject({ pid: 2 })
  })

  it('is taken over from a process that has ended', () => {
    const disk = new SimulatedDisk()
    const machine = new Machine()
    takeStoreLock(disk, '/lock', machine.process(1))
    machine.ended.add(1)
    expect(isLock(take(disk, machine.process(2)))).toBe(true)
  })

  it('leaves one folder behind, whatever happened before', () => {
    const disk = new SimulatedDisk()
    const machine = new Machine()
    for (let pid = 1; pid < 20; pid++) {
      const lock = takeStoreLock(disk, '/lock', machine.process(pid))
      if (pid % 2 === 0) lock.release()
      else machine.ended.add(pid)
    }
    expect(disk.list('/lock')).toEqual(['19'])
  })

  it('can be had again after a crash at any operation of taking and releasing it', () => {
    /** Whether the crash came. */
    const crash = (at: number, done: boolean | number): boolean => {
      const disk = new SimulatedDisk({ at, done })
      const machine = new Machine()
      try {
        takeStoreLock(disk, '/lock', machine.process(1)).release()
      } catch (error) {
        if (!disk.crashed) throw error
      }
      machine.ended.add(1)
      for (const survival of ['all', 'none', 'names and sizes', 1, 2, 3] as const) {
        expect(isLock(take(disk.restart(survival), machine.process(2)))).toBe(true)
      }
      return disk.crashed
    }
    let at = 1
    while (crash(at, false)) at++
    expect(at).toBeGreaterThan(5)
    while (--at > 0) for (const done of [true, 1]) crash(at, done)
  })

  it('is known again by its token, if an error came between taking it and knowing it', () => {
    for (let at = 1; at < 5; at++) {
      const disk = new SimulatedDisk({ at, done: true, type: 'fail' })
      const { process } = new Machine()
      expect(() => takeStoreLock(disk, '/lock', process(1), 'mine')).toThrow('EIO')
      const lock = takeStoreLock(disk, '/lock', process(1), 'mine')
      expect(take(disk, process(2))).toMatchObject({ pid: 1 })
      lock.release()
      expect(isLock(take(disk, process(2)))).toBe(true)
    }
  })

  it('is had by who took it, although another one writes its preparations while they are swept away', () => {
    const disk = new SimulatedDisk()
    const machine = new Machine()
    const slow = '/lock/taking-slow'
    disk.makeFolder('/lock')
    disk.makeFolder(slow)
    disk.performing = (what) => {
      if (what === `removeFolder ${slow}`) disk.put(`${slow}/owner.json`, Buffer.from('{}'))
    }
    const lock = take(disk, machine.process(1))
    expect(isLock(lock)).toBe(true)
    expect(take(disk, machine.process(2))).toMatchObject({ pid: 1 })
    disk.performing = () => {}
    machine.ended.add(1)
    expect(isLock(take(disk, machine.process(2)))).toBe(true)
    expect(disk.list('/lock')).toEqual(['2'])
  })

  it('does not mind what else lies in its folder', () => {
    const disk = new SimulatedDisk()
    const machine = new Machine()
    disk.makeFolder('/lock')
    disk.put('/lock/.DS_Store', Buffer.from('x'))
    takeStoreLock(disk, '/lock', machine.process(1)).release()
    expect(isLock(take(disk, machine.process(2)))).toBe(true)
  })
})

/** What stands there when the race begins. */
const beginnings = {
  nothing: () => {},
  'a lock that was released': (disk: SimulatedDisk, machine: Machine) =>
    takeStoreLock(disk, '/lock', machine.process(100)).release(),
  'a lock of a process that has ended': (disk: SimulatedDisk, machine: Machine) => {
    takeStoreLock(disk, '/lock', machine.process(100))
    machine.ended.add(100)
  },
}

/** What the first one who comes between does with the lock when it gets it; the second one keeps it. */
const manners = ['keeps it', 'releases it', 'ends with it'] as const

describe.each(Object.entries(beginnings))('a race for %s', (_, begin) => {
  /** Two others come between, each before some call of those before it; answers how many have the lock. */
  const race = (second: number, third: number, manner: (typeof manners)[number]): number => {
    const disk = new SimulatedDisk()
    const machine = new Machine()
    begin(disk, machine)
    const begun = disk.called
    const holders = new Set<number>()
    const contend = (pid: number): void => {
      const taken = take(disk, machine.process(pid))
      if (isLock(taken)) holders.add(pid)
      if (!isLock(taken) || pid !== 2 || manner === 'keeps it') return
      holders.delete(pid)
      if (manner === 'releases it') taken.release()
      else machine.ended.add(pid)
    }
    const moments = new Map([
      [begun + second, () => contend(2)],
      [begun + second + third, () => contend(3)],
    ])
    disk.before = (at) => {
      const come = moments.get(at)
      moments.delete(at)
      come?.()
    }
    contend(1)
    return holders.size
  }

  it.each(manners)('has one winner at most, if the one who comes between %s', (manner) => {
    let winners = 0
    for (let second = 1; second < 30; second++) {
      for (let third = 1; third < 45; third++) {
        const count = race(second, third, manner)
        expect(count).toBeLessThanOrEqual(1)
        winners += count
      }
    }
    expect(winners).toBeGreaterThan(0)
  })
})
