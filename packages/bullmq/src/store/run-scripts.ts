import { checkId, type RunRef } from '@heddle/core'
import type { RedisScript } from '../lua/define-script.ts'
import type { ArgumentList } from './argument-list.ts'
import type { PartitionScripts } from './partition-scripts.ts'
import { partitionOf, runKey } from './partitions.ts'
import { isMissing } from './reply.ts'

/** Runs scripts on runs: finds their keys. */
export class RunScripts {
  private readonly scripts: PartitionScripts

  constructor(scripts: PartitionScripts) {
    this.scripts = scripts
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
    const key = runKey(this.scripts.prefix, partition, runId)
    const answer = await this.scripts.run(script, partition, [key], [runId, incarnation, ...(values?.all ?? [])])
    return isMissing(answer) ? null : answer
  }
}
