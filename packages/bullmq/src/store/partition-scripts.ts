import type { RedisScript } from '../lua/define-script.ts'
import type { DuePartitions } from './due-partitions.ts'
import { partitionKey } from './partitions.ts'
import { isMissing, listOf, parse } from './reply.ts'
import type { ScriptRunner } from './script-runner.ts'

/** Runs scripts on records of a partition, and passes on what the index of partitions has to be told. */
export class PartitionScripts {
  readonly prefix: string
  private readonly runner: ScriptRunner
  private readonly due: DuePartitions

  constructor(runner: ScriptRunner, due: DuePartitions, prefix: string) {
    this.runner = runner
    this.due = due
    this.prefix = prefix
  }

  /**
   * @param keys those that come before the partition's own
   * @returns what the script answers
   * @throws HeddleError `STORE_UNAVAILABLE`
   */
  async run(
    script: RedisScript,
    partition: number,
    keys: readonly string[],
    values: readonly string[],
  ): Promise<unknown> {
    const reply = await this.runner.run(script, [...keys, partitionKey(this.prefix, partition)], values)
    const [dueAt, text] = listOf(reply)
    if (!isMissing(dueAt)) this.due.tell(partition, dueAt)
    return parse(text)
  }
}
