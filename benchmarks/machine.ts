import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import os from 'node:os'
import { findRedis } from '../packages/bullmq/test/redis-binary.ts'
import type { EngineName } from './engines/contract.ts'

/** Where and with what a benchmark ran. Holds no name of the machine and no path of it. */
export interface Machine {
  readonly date: string
  readonly cpu: string
  readonly memoryGb: number
  readonly system: string
  readonly node: string
  /** Version of the server, where one is needed. */
  readonly redis?: string
  /** Processes that wanted a core, on average over the minute before: what else ran disturbs the numbers. */
  readonly loadBefore: number
  readonly versions: Readonly<Record<EngineName, string>>
}

/** Describes this machine, now. */
export function describeMachine({
  usesBuild,
  needsRedis,
}: {
  readonly usesBuild: boolean
  readonly needsRedis: boolean
}): Machine {
  const cpus = os.cpus()
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: `${cpus.length} × ${cpus[0]?.model.trim() ?? 'unknown'}`,
    memoryGb: Math.round(os.totalmem() / 1024 ** 3),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.version,
    ...(needsRedis ? { redis: redisVersion() } : {}),
    loadBefore: os.loadavg()[0] ?? 0,
    versions: versionsOf(usesBuild),
  }
}

function redisVersion(): string {
  const { command, env } = findRedis()
  const { stdout } = spawnSync(command, ['--version'], { env: { ...process.env, ...env }, encoding: 'utf8' })
  return /v=([\d.]+)/u.exec(stdout)?.[1] ?? 'unknown'
}

interface Manifest {
  readonly version?: string
  readonly devDependencies?: Readonly<Record<string, string>>
}

function versionsOf(usesBuild: boolean): Record<EngineName, string> {
  const { devDependencies = {} } = readManifest('./package.json')
  const { version = '0.0.0' } = readManifest('../packages/core/package.json')
  const ofNpm = (...names: string[]): string =>
    names.map((name) => `${name} ${devDependencies[name] ?? 'unknown'}`).join(', ')
  return {
    floor: `by hand; ${ofNpm('bullmq')}`,
    heddle: `@heddle/core ${version} (${usesBuild ? 'built' : 'sources'})`,
    flowcraft: ofNpm('flowcraft', '@flowcraft/bullmq-adapter'),
    langgraph: ofNpm('@langchain/langgraph'),
  }
}

function readManifest(file: string): Manifest {
  return JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as Manifest
}
