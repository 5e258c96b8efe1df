import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { nodeProcesses } from './processes.ts'

describe('nodeProcesses', () => {
  const self = nodeProcesses.self()

  it('knows that this process has not ended', () => {
    expect(self.pid).toBe(process.pid)
    expect(nodeProcesses.hasEnded(self)).toBe(false)
  })

  it('knows when a process has ended, and cannot tell of one on another machine', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
    const other = { pid: Number(child.pid), host: self.host }
    expect(nodeProcesses.hasEnded(other)).toBe(false)
    const exit = once(child, 'exit')
    child.kill('SIGKILL')
    await exit
    expect(nodeProcesses.hasEnded(other)).toBe(true)
    expect(nodeProcesses.hasEnded({ ...other, host: 'elsewhere' })).toBe(false)
  })

  it.runIf(process.platform === 'linux')('knows a process that got the id of one that has ended', () => {
    expect(nodeProcesses.hasEnded({ ...self, startedAt: `${self.startedAt}0` })).toBe(true)
    expect(nodeProcesses.hasEnded({ ...self, startedAt: 'before the machine was started again:1' })).toBe(true)
  })
})
