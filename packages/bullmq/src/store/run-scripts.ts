import { checkId, type RunRef } from '@heddle/core'
import type { RedisScript } from '../lua/define-script.ts'
import type { ArgumentList } from './argument-list.ts'
import type { DuePartitions } from './due-partitions.ts'
import { partitionKey, partitionOf, runKey } from './partitions.ts'
import { isMissing, listOf, parse } from './reply.ts'
import type { ScriptRunner } from './script-runner.ts'

/** Runs scripts on runs: finds their keys, and passes on what the index of partitions has to be told. */
export class RunScripts {
  private readonly runner: ScriptRunner
  private readonly due: DuePartitions
  private readonly prefix: string

  constructor(runner: ScriptRunner, due: DuePartitions, prefix: string) {
    this.runner = runner
    this.due = due
    this.prefix = prefix
  }

  /**
   * Runs a script on the incarnation of a run.
   *
   * @param ref an empty incarnation stands for whichever the run has
   * @returns what the script answers; `null` for a run that is not known, as for an id that no run can have
   * @throws HeddleError `STORE_UNAVAILABLE`
   */
  async run(script: RedisScript, { runId, incarnation }: RunRef, values?: ArgumentList): Promise<unknown> {
    if (checkId(runId) !== undefined) return null
    const partition = partitionOf(runId)
    const keys = [runKey(this.prefix, partition, runId), partitionKey(this.prefix, partition)]
    const reply = await this.runner.run(script, keys, [runId, incarnation, ...(values?.all ?? [])])
    const [dueAt, text] = listOf(reply)
    if (!isMissing(dueAt)) this.due.tell(partition, dueAt)
    const answer = parse<unknown>(text)
    return isMissing(answer) ? null : answer
  }
}
