import {
  visitKey,
  type AttemptRef,
  type ClaimReply,
  type ClaimRequest,
  type CommitReply,
  type Delivery,
  type DeliverReply,
  type ReleaseReply,
  type RunJob,
  type Settlement,
  type SettleReply,
  type StartReply,
  type TendReply,
  type TurnChanges,
  type TurnGrant,
  type TurnRef,
  type TurnRequest,
} from '@heddle/core'
import type { Report } from './violation.ts'

interface HeldTurn {
  readonly fence: number
  readonly nonce: string
  revision: number
  readonly limitMs: number
  until: number
}

interface Dispatched {
  readonly dispatch: number
  token?: string
  leasedUntil: number
  hasRecorded: boolean
  /** Id of the outcome that was accepted. */
  accepted?: string
}

/** Who holds the turn of one run, and who attempts its visits, by what the store has answered; looks for answers that it must not give. */
export class ProtocolRules {
  private readonly runId: string
  private readonly report: Report
  private turn: HeldTurn | undefined
  private fence = 0
  private readonly commits: Set<string> = new Set()
  /** The run stops in order to be undone: nothing is attempted again. */
  private isRecalled = false
  private readonly dispatched: Map<string, Dispatched> = new Map()

  constructor(runId: string, report: Report) {
    this.runId = runId
    this.report = report
  }

  start(reply: StartReply): void {
    if (reply.status === 'started') this.noteJobs(reply.jobs)
  }

  deliver(delivery: Delivery | undefined, request: TurnRequest | undefined, reply: DeliverReply, now: number): void {
    const event = delivery?.event
    if (event?.type === 'outcome' && reply.verdict === 'accepted') this.acceptOutcome(event)
    if (reply.turn !== undefined && request !== undefined) this.grant(reply.turn, request.limitMs, now)
  }

  /** @returns whether changes were written by this operation, and not by one before */
  settle(settlement: Settlement, request: TurnRequest, reply: SettleReply, now: number): boolean {
    if (reply.status === 'unknown-run') return false
    const { deliveries, revision, changes, claims } = settlement
    if (reply.status === 'delivered') {
      for (const [at, { event }] of deliveries.entries()) {
        if (reply.verdicts[at] === 'accepted') this.acceptOutcome(event)
      }
      if (reply.turn !== undefined) this.grant(reply.turn, request.limitMs, now)
      return false
    }
    const { runId } = this
    const isNew = !this.commits.has(`${settlement.nonce}/${revision}`)
    if (isNew) {
      for (const { event } of deliveries) this.acceptOutcome(event)
      const fence = this.fence + 1
      this.grant({ fence, nonce: settlement.nonce, revision }, request.limitMs, now)
      this.commit({ runId, incarnation: '', fence, nonce: settlement.nonce, revision }, changes, reply, now)
      // What goes on is the turn that was asked for.
      if (this.turn !== undefined) this.turn = { ...this.turn, nonce: request.nonce }
    }
    for (const [at, wanted] of claims.entries()) {
      const dispatch = this.dispatchOf(reply.jobs, wanted.visitKey)
      this.claim({ runId, incarnation: '', dispatch, ...wanted }, reply.claimed[at] as ClaimReply, now)
    }
    return isNew
  }

  private dispatchOf(jobs: readonly RunJob[], key: string): number {
    return jobs.find(({ visit }) => visit !== undefined && visitKey(visit) === key)?.dispatch ?? 0
  }

  private acceptOutcome(event: Extract<Delivery['event'], { type: 'outcome' }>): void {
    const key = visitKey(event.visit)
    const current = this.dispatched.get(key)
    const what = `the outcome of dispatch ${event.dispatch} of visit "${key}" of run "${this.runId}" was accepted`
    if (current === undefined) this.report('G2', `${what}, although the visit was not under way`)
    else if (current.dispatch !== event.dispatch) {
      this.report('G2', `${what}, although dispatch ${current.dispatch} is the current one`)
    } else if (current.accepted !== undefined) this.report('G2', `${what}, although it had an outcome before`)
    else if (current.token !== event.token && current.hasRecorded) {
      this.report('G2', `${what}, although a later attempt has recorded steps`)
    } else current.accepted = event.id
  }

  private grant(
    { fence, nonce, revision }: Pick<TurnGrant, 'fence' | 'nonce' | 'revision'>,
    limitMs: number,
    now: number,
  ): void {
    const { turn } = this
    if (turn?.nonce === nonce) {
      if (turn.fence === fence) return
      this.report('turn', `the turn of run "${this.runId}" changed its fence from ${turn.fence} to ${fence}`)
    }
    if (turn !== undefined && turn.until > now) {
      this.report('turn', `turn ${fence} of run "${this.runId}" was given away while turn ${turn.fence} was held`)
    }
    if (fence <= this.fence) {
      this.report('turn', `the fence of run "${this.runId}" did not grow: ${fence} after ${this.fence}`)
    }
    this.fence = fence
    this.turn = { fence, nonce, revision, limitMs, until: now + limitMs }
  }

  private isHeldBy({ fence, nonce, revision }: TurnRef): boolean {
    const { turn } = this
    return turn?.fence === fence && turn.nonce === nonce && turn.revision === revision
  }

  /** @returns whether it was written by this operation, and not by one before */
  commit(ref: TurnRef, changes: TurnChanges, reply: CommitReply, now: number): boolean {
    if (reply.status === 'refused') return false
    const { fence, nonce, revision } = ref
    const key = `${nonce}/${revision}`
    if (this.commits.has(key)) return false
    if (!this.isHeldBy(ref)) {
      const holder =
        this.turn === undefined ? 'nobody has' : `turn ${this.turn.fence} at revision ${this.turn.revision} has`
      this.report(
        'turn',
        `a commit of turn ${fence} at revision ${revision} of run "${this.runId}" was accepted: ${holder} it`,
      )
    }
    this.commits.add(key)
    for (const visit of [...changes.dropped, ...changes.cutOff]) this.dispatched.delete(visit)
    if (changes.recall !== undefined) this.isRecalled = true
    this.noteJobs(reply.jobs)
    if (reply.ended === true) this.dispatched.clear()
    const { turn } = this
    if (reply.turn === undefined || turn === undefined) this.turn = undefined
    else {
      turn.revision = reply.turn.revision
      turn.until = now + turn.limitMs
    }
    return true
  }

  private noteJobs(jobs: readonly RunJob[]): void {
    for (const { visit, dispatch } of jobs) {
      if (visit === undefined || dispatch === undefined) continue
      this.dispatched.set(visitKey(visit), { dispatch, leasedUntil: 0, hasRecorded: false })
    }
  }

  failTurn(ref: TurnRef): void {
    if (this.isHeldBy(ref)) this.turn = undefined
  }

  tend({ jobs }: TendReply, now: number): void {
    const again = jobs.filter(({ visit, dispatch }) => {
      if (visit === undefined) return false
      const key = visitKey(visit)
      const current = this.dispatched.get(key)
      if (current === undefined || current.dispatch === dispatch) return false
      if (current.leasedUntil > now) {
        this.report(
          'lease',
          `visit "${key}" of run "${this.runId}" was dispatched again while a worker had a lease on it`,
        )
      }
      return true
    })
    this.noteJobs(again)
    if (this.turn !== undefined && this.turn.until <= now) this.turn = undefined
  }

  claim({ visitKey: key, dispatch, token, leaseMs }: ClaimRequest, reply: ClaimReply, now: number): void {
    if (reply.status !== 'claimed') return
    const current = this.dispatched.get(key)
    const what = `dispatch ${dispatch} of visit "${key}" of run "${this.runId}" was claimed`
    if (current === undefined || current.dispatch !== dispatch || current.accepted !== undefined) {
      this.report('G2', `${what}, although it was over`)
      return
    }
    if (current.token !== token) {
      if (current.leasedUntil > now) {
        this.report('lease', `${what} by a second worker while the first one had a lease on it`)
      }
      current.token = token
      current.hasRecorded = false
    }
    current.leasedUntil = now + leaseMs
  }

  renew({ visitKey: key, token }: AttemptRef, leaseMs: number, reply: 'renewed' | 'abort', now: number): void {
    if (reply === 'abort') return
    const current = this.dispatched.get(key)
    if (current === undefined || current.token !== token) {
      this.report('lease', `a lease on visit "${key}" of run "${this.runId}" was renewed for somebody who had none`)
    } else current.leasedUntil = now + leaseMs
  }

  release({ visitKey: key, dispatch, token }: AttemptRef, reply: ReleaseReply): void {
    const current = this.dispatched.get(key)
    const isCurrent = current?.dispatch === dispatch && current.token === token && current.accepted === undefined
    const what = `the attempt of dispatch ${dispatch} of visit "${key}" of run "${this.runId}"`
    if (reply.status === 'stale') {
      if (isCurrent && !this.isRecalled) {
        this.report('G4', `${what} could not be given up, although it was the current one`)
      }
      return
    }
    const { job } = reply
    if (job.dispatch === undefined) return
    if (!isCurrent) {
      const isRepeated = current?.dispatch === job.dispatch && current.token === undefined
      if (!isRepeated) this.report('lease', `${what} was given up although it was over`)
    } else if (job.dispatch > dispatch) this.noteJobs([job])
    else this.report('G4', `${what} was given up, but its visit was not dispatched again`)
  }

  recordStep({ visitKey: key, token }: AttemptRef, reply: 'recorded' | 'existing' | 'stale'): void {
    if (reply !== 'recorded') return
    const current = this.dispatched.get(key)
    if (current === undefined || current.token !== token) {
      this.report('G2', `a step of visit "${key}" of run "${this.runId}" was recorded for an attempt that was over`)
    } else current.hasRecorded = true
  }
}
