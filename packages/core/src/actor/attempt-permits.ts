import type { CompiledGraph } from '../graph/compiled-graph.ts'
import type { KeyLimit, KeyLimits } from '../model/key-limit.ts'
import { limitedKey } from '../model/limited-key.ts'
import { jobIdOf, laterJob, type RunJob } from '../model/run-job.ts'
import type { VisitName } from '../model/visit.ts'
import type { PermitChange, PermitRequest } from '../ports/permits.ts'
import type { AttemptRef } from '../ports/run-records.ts'
import type { ActorOptions } from './actor-options.ts'
import { nodeIndex } from './locate-visit.ts'

/** The key that limits the attempts of a visit, as far as the graph is known here. */
export function permitKeyOf(
  keyLimits: KeyLimits,
  graph: CompiledGraph,
  { nodeId, iteration, item, compensates }: VisitName,
): string | undefined {
  const node = nodeIndex(graph, nodeId, iteration)
  return node === undefined
    ? undefined
    : limitedKey(keyLimits, graph.nodes[node], item !== undefined || compensates === true)
}

/**
 * Permits of attempts, in the store. One is taken before the visit is claimed and given back after the attempt; a job that has to wait for
 * one is dropped, since the store brings it again.
 */
export class AttemptPermits {
  private readonly options: ActorOptions

  constructor(options: ActorOptions) {
    this.options = options
  }

  /** Takes a permit for an attempt; answers `undefined` if it has to wait. */
  async take(key: string, job: RunJob, ref: AttemptRef): Promise<HeldPermit | undefined> {
    const { store, limits, keyLimits = {} } = this.options
    const { incarnation, runId, visitKey, dispatch, token } = ref
    const request: PermitRequest = {
      key,
      id: jobIdOf(incarnation, runId, visitKey, dispatch),
      token,
      limit: keyLimits[key] as KeyLimit,
      leaseMs: limits.leaseMs,
      job: { ...laterJob(job, 0) },
    }
    const reply = await store.takePermit(request)
    await this.pass(reply)
    return reply.status === 'waiting' ? undefined : new HeldPermit(this, request)
  }

  /** Prolongs the lease of a permit; answers whether it is still held. */
  async renew(request: PermitRequest): Promise<boolean> {
    return (await this.options.store.renewPermit(request)) === 'renewed'
  }

  /** Gives a permit back. Never throws: its lease ends. */
  async giveBack(request: PermitRequest, isUnused: boolean): Promise<void> {
    const { store, logger } = this.options
    const { key, id, token } = request
    try {
      await this.pass(await store.returnPermit({ key, id, token }, isUnused))
    } catch (error) {
      logger.warn({ err: error, runId: request.job.runId, key }, 'a permit could not be given back; its lease ends')
    }
  }

  /** Looks after the permits of a key that is due. */
  async tend(key: string): Promise<void> {
    await this.pass(await this.options.store.tendPermits(key))
  }

  /** Never throws: a job that does not come is woken again. */
  private async pass({ jobs, dueAt }: PermitChange): Promise<void> {
    const { enqueue, onDue, logger } = this.options
    if (dueAt !== undefined) onDue?.(dueAt)
    if (jobs.length === 0) return
    try {
      await enqueue(jobs)
    } catch (error) {
      const runIds = jobs.map(({ runId }) => runId)
      logger.warn({ err: error, runIds }, 'jobs for which there are permits could not be sent; tried again')
    }
  }
}

/** A permit that an attempt of this process has. */
export class HeldPermit {
  private readonly permits: AttemptPermits
  private readonly request: PermitRequest
  private isUsed = false
  private renewal: Promise<boolean> | undefined

  constructor(permits: AttemptPermits, request: PermitRequest) {
    this.permits = permits
    this.request = request
  }

  /** An attempt begins with it: it counts towards the rate. */
  use(): void {
    this.isUsed = true
  }

  /** @returns whether it is still held */
  async renew(): Promise<boolean> {
    this.renewal = this.permits.renew(this.request)
    try {
      return await this.renewal
    } finally {
      this.renewal = undefined
    }
  }

  /** Gives it back, when a renewal under way has been answered: one that came later would take it again. */
  async giveBack(): Promise<void> {
    if (this.renewal !== undefined) await Promise.allSettled([this.renewal])
    await this.permits.giveBack(this.request, !this.isUsed)
  }
}
