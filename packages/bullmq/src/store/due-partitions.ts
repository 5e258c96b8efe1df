import type { ILogger } from '@heddle/core'
import type { StoreConnection } from './store-connection.ts'
import type { StoreSettings } from './store-options.ts'

/**
 * The index of partitions by the time at which a run of theirs is due. It is in a slot of its own, so no script can keep it: whoever
 * makes a run due earlier than the index was told tells it afterwards. What a process that dies in between does not tell is found by
 * looking at every partition now and then.
 */
export class DuePartitions {
  /** The index, the last request to it, and who looks at what: in one slot. */
  readonly keys: readonly [index: string, lastRequest: string, looking: string]
  private readonly connection: StoreConnection
  private readonly logger: ILogger
  private readonly underWay: Set<Promise<void>> = new Set()

  constructor(connection: StoreConnection, { prefix, logger }: Pick<StoreSettings, 'prefix' | 'logger'>) {
    this.connection = connection
    this.keys = [`${prefix}:{due}`, `${prefix}:{due}:lastTaken`, `${prefix}:{due}:looking`]
    this.logger = logger
  }

  /** Tells the index that a run of a partition is due at this time; a later one that it has is replaced. Nobody waits for it. */
  tell(partition: number, at: unknown): void {
    const telling = this.write(partition, at).finally(() => {
      this.underWay.delete(telling)
    })
    this.underWay.add(telling)
  }

  private async write(partition: number, at: unknown): Promise<void> {
    try {
      await this.connection.command((client) => client.zadd(this.keys[0], 'LT', at as string, partition))
    } catch (error) {
      this.logger.debug({ err: error, partition }, 'a due time was not told; it is found by looking')
    }
  }

  /** Waits until what was told before is there. */
  async settle(): Promise<void> {
    if (this.underWay.size > 0) await Promise.all(this.underWay)
  }
}
