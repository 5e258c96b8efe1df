import type {
  KeyLimit,
  PermitChange,
  PermitHolder,
  PermitReply,
  PermitRequest,
  PermitState,
  RunJob,
} from '@heddle/core'
import type { RedisScript } from '../lua/define-script.ts'
import { readPermitsScript } from '../lua/read-permits.ts'
import { renewPermitScript } from '../lua/renew-permit.ts'
import { returnPermitScript } from '../lua/return-permit.ts'
import { takePermitScript } from '../lua/take-permit.ts'
import { tendPermitsScript } from '../lua/tend-permits.ts'
import { wholeMs } from './argument-list.ts'
import type { PartitionScripts } from './partition-scripts.ts'
import { partitionOf } from './partitions.ts'
import { isMissing, listOf, optionalNumber, pairsOf, parse, textOf, textsOf } from './reply.ts'

/** How many holders are named. */
const namedHolders = '100'

/** `IPermits` on Redis: the records of a key are in a partition of their own choice, apart from those of the runs that ask. */
export class Permits {
  private readonly scripts: PartitionScripts

  constructor(scripts: PartitionScripts) {
    this.scripts = scripts
  }

  private run(script: RedisScript, key: string, values: readonly string[] = []): Promise<unknown> {
    return this.scripts.run(script, partitionOf(key), [], [key, ...values])
  }

  /** `IPermits.takePermit`. @throws HeddleError `STORE_UNAVAILABLE` */
  async take(request: PermitRequest): Promise<PermitReply> {
    const [status, jobs, dueAt] = listOf(await this.run(takePermitScript, request.key, valuesOf(request)))
    return { status: status === 'taken' ? 'taken' : 'waiting', ...changeOf(jobs, dueAt) }
  }

  /** `IPermits.renewPermit`. @throws HeddleError `STORE_UNAVAILABLE` */
  async renew(request: PermitRequest): Promise<'renewed' | 'lost'> {
    const [status] = listOf(await this.run(renewPermitScript, request.key, valuesOf(request)))
    return status === 'renewed' ? status : 'lost'
  }

  /** `IPermits.returnPermit`. @throws HeddleError `STORE_UNAVAILABLE` */
  async giveBack(
    { key, id, token }: Pick<PermitRequest, 'key' | 'id' | 'token'>,
    isUnused: boolean,
  ): Promise<PermitChange> {
    const [jobs, dueAt] = listOf(await this.run(returnPermitScript, key, [id, token, isUnused ? '1' : '0']))
    return changeOf(jobs, dueAt)
  }

  /** `IPermits.tendPermits`. @throws HeddleError `STORE_UNAVAILABLE` */
  async tend(key: string): Promise<PermitChange> {
    const [jobs, dueAt] = listOf(await this.run(tendPermitsScript, key))
    return changeOf(jobs, dueAt)
  }

  /** `IPermits.readPermits`. @throws HeddleError `STORE_UNAVAILABLE` */
  async read(key: string, id: string): Promise<PermitState | undefined> {
    const reply = await this.run(readPermitsScript, key, [id, namedHolders])
    if (isMissing(reply)) return undefined
    const [concurrency, max, perMs, holders, held, waiting, since, opensAt] = listOf(reply)
    const waitsSince = optionalNumber(since)
    const rateOpensAt = optionalNumber(opensAt)
    return {
      limit: limitOf(optionalNumber(concurrency), optionalNumber(max), optionalNumber(perMs)),
      holders: pairsOf(holders).map(holderOf),
      held: Number(held),
      waiting: Number(waiting),
      ...(waitsSince === undefined ? {} : { waitsSince }),
      ...(rateOpensAt === undefined ? {} : { rateOpensAt }),
    }
  }
}

function valuesOf({ id, token, limit, leaseMs, job }: PermitRequest): string[] {
  const { concurrency = '', rate } = limit
  const { max = '', perMs = '' } = rate ?? {}
  return [id, token, String(wholeMs(leaseMs)), ...[concurrency, max, perMs].map(String), JSON.stringify(job)]
}

function changeOf(jobs: unknown, dueAt: unknown): PermitChange {
  const at = optionalNumber(dueAt)
  return { jobs: textsOf(jobs).map((text) => parse<RunJob>(text)), ...(at === undefined ? {} : { dueAt: at }) }
}

function limitOf(concurrency?: number, max?: number, perMs?: number): KeyLimit {
  return {
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(max === undefined || perMs === undefined ? {} : { rate: { max, perMs } }),
  }
}

function holderOf([since, text]: readonly [since: string, text: string]): PermitHolder {
  const { runId, visit } = parse<RunJob>(textOf(text))
  return { runId, ...(visit === undefined ? {} : { visit }), since: Number(since) }
}
