import type { IKeyPrimitives } from '@heddle/core'
import { changeKeyScript } from '../lua/change-key.ts'
import { partitionKey, partitionOf } from './partitions.ts'
import type { ScriptRunner } from './script-runner.ts'
import type { StoreConnection } from './store-connection.ts'

/** `IKeyPrimitives` on Redis. Keys may be any text. */
export class PlainKeys implements IKeyPrimitives {
  private readonly runner: ScriptRunner
  private readonly connection: StoreConnection
  private readonly prefix: string

  constructor(runner: ScriptRunner, connection: StoreConnection, prefix: string) {
    this.runner = runner
    this.connection = connection
    this.prefix = prefix
  }

  private keysOf(key: string): [value: string, requests: string] {
    const start = partitionKey(this.prefix, partitionOf(key))
    return [`${start}:key:${key}`, `${start}:requests:${key}`]
  }

  private async change(what: string, key: string, ttlSeconds: number, value = ''): Promise<number> {
    const ttlMs = Math.ceil(ttlSeconds * 1000)
    const reply = await this.runner.run(changeKeyScript, this.keysOf(key), [
      what,
      crypto.randomUUID(),
      String(ttlMs),
      value,
    ])
    return Number(reply)
  }

  increment(key: string, ttlSeconds: number): Promise<number> {
    return this.change('increment', key, ttlSeconds)
  }

  async setIfNotExist(key: string, value: string, ttlSeconds: number): Promise<boolean> {
    return (await this.change('set', key, ttlSeconds, value)) === 1
  }

  async extendTTL(key: string, ttlSeconds: number): Promise<boolean> {
    return (await this.change('extend', key, ttlSeconds)) === 1
  }

  async get(key: string): Promise<string | undefined> {
    const [name] = this.keysOf(key)
    return (await this.connection.command((client) => client.hget(name, 'value'))) ?? undefined
  }

  async delete(key: string): Promise<void> {
    await this.connection.command((client) => client.del(...this.keysOf(key)))
  }
}
