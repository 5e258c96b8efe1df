import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { ICoordinationStore } from '@heddle/core'
import { takePartitionsScript } from '../../src/lua/take-partitions.ts'
import type { RedisClient } from '../../src/store/redis-client.ts'

/** When a sweeper dies: it has taken partitions out of the index, or due runs, or dispatched visits again and sent no job. */
export const doomMoments = ['partitions', 'runs', 'jobs'] as const

/** One of them. */
export type DoomMoment = (typeof doomMoments)[number]

/**
 * An order to die, as a file of a folder that all processes see: whichever worker comes to its moment first takes it, and no other one
 * does.
 */
export class Doom {
  private readonly folder: string
  private readonly file: string

  constructor(folder: string) {
    this.folder = folder
    this.file = path.join(folder, 'doom')
  }

  /** Gives an order. At a time there is one. */
  order(moment: DoomMoment): void {
    writeFileSync(`${this.file}-new`, moment)
    renameSync(`${this.file}-new`, this.file)
  }

  /** Whether the order was not carried out yet. */
  get isOpen(): boolean {
    return existsSync(this.file)
  }

  /** Takes an order back. */
  recall(): void {
    rmSync(this.file, { force: true })
  }

  /** Who died last by an order, and when in milliseconds since 1970. */
  last(): { readonly process: number; readonly at: number } | undefined {
    const deaths = readdirSync(this.folder)
      .map((name) => /^dead-(\d+)-(\d+)$/u.exec(name) ?? [])
      .filter(({ length }) => length > 0)
      .map(([, at, pid]) => ({ process: Number(pid), at: Number(at) }))
    return deaths.sort((one, other) => other.at - one.at)[0]
  }

  /** Kills this process if that is ordered for this moment, and nobody else was faster. */
  meet(moment: DoomMoment): void {
    try {
      if (!this.isOpen || readFileSync(this.file, 'utf8') !== moment) return
      renameSync(this.file, path.join(this.folder, `dead-${Date.now()}-${process.pid}`))
    } catch {
      // Somebody else has taken the order, or it was taken back.
      return
    }
    process.kill(process.pid, 'SIGKILL')
  }
}

/** A client of a worker that may be doomed. */
export function doomedClient(client: RedisClient, doom: Doom): RedisClient {
  const fcall: RedisClient['fcall'] = async (name, keyCount, all) => {
    const reply = await client.fcall(name, keyCount, all)
    if (name === takePartitionsScript.functionName && (reply as [unknown[]])[0].length > 0) doom.meet('partitions')
    return reply
  }
  return { ...client, fcall }
}

/** The store of a worker that may be doomed. */
export function doomedStore<T extends ICoordinationStore>(store: T, doom: Doom): T {
  const takeDue: T['takeDue'] = async (limit, holdMs) => {
    const due = await store.takeDue(limit, holdMs)
    if (due.runIds.length > 0) doom.meet('runs')
    return due
  }
  const tend: T['tend'] = async (runId, options) => {
    const reply = await store.tend(runId, options)
    if (reply !== undefined && reply.jobs.length > 0) doom.meet('jobs')
    return reply
  }
  return Object.assign(Object.create(store) as T, { takeDue, tend })
}
