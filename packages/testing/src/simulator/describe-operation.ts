import {
  visitKey,
  type AttemptRef,
  type ClaimReply,
  type ClaimRequest,
  type CommitReply,
  type Delivery,
  type DeliverReply,
  type DueRuns,
  type PermitChange,
  type PermitReply,
  type PermitRequest,
  type ReleaseReply,
  type RunJob,
  type Settlement,
  type SettleReply,
  type TendReply,
  type TurnChanges,
  type TurnRef,
} from '@heddle/core'
import type { Operation } from './checks/operation.ts'

/** How many facts of a commit are named. */
const namedFacts = 6

/** A job in a line of a trace. */
export function describeJob({ runId, visit, dispatch }: RunJob): string {
  return visit === undefined ? `${runId} (wake)` : `${runId} ${visitKey(visit)} #${dispatch ?? 0}`
}

/** An operation and its reply in a line of a trace, without what is random in them. */
export function describeOperation({ name, parameters }: Operation, reply: unknown): string {
  const [first, second] = parameters
  const runId = typeof first === 'string' ? first : ((first as { readonly runId?: string } | undefined)?.runId ?? '')
  const status = (reply as { readonly status?: string } | undefined)?.status
  const told = `${name} ${runId}`.trimEnd()
  switch (name) {
    case 'claim':
      return `${told} ${describeClaim(first as ClaimRequest)} → ${(reply as ClaimReply).status}`
    case 'deliver':
      return `${told} ${describeDelivery(second as Delivery | undefined, reply as DeliverReply)}`
    case 'settle':
      return `${told} ${describeSettlement(second as Settlement, reply as SettleReply)}`
    case 'commit':
      return `${told} ${describeCommit(first as TurnRef, second as TurnChanges, reply as CommitReply)}`
    case 'tend': {
      const jobs = (reply as TendReply | undefined)?.jobs ?? []
      return `${told} → ${jobs.length === 0 ? 'no jobs' : jobs.map(describeJob).join(', ')}`
    }
    case 'release':
      return `${told} ${(first as AttemptRef).visitKey} → ${describeRelease(reply as ReleaseReply)}`
    case 'renew':
      return `${told} ${(first as ClaimRequest).visitKey} → ${String(reply)}`
    case 'takeDue': {
      const { runIds, permitKeys = [] } = reply as DueRuns
      const due = [...runIds, ...permitKeys.map((key) => `permits of ${key}`)]
      return `${told} → ${due.length === 0 ? 'nothing is due' : due.join(', ')}`
    }
    case 'takePermit':
      return `${told} of ${(first as PermitRequest).key} for ${(first as PermitRequest).job.runId} → ${(reply as PermitReply).status}`
    case 'returnPermit':
    case 'tendPermits': {
      const key = typeof first === 'string' ? first : (first as PermitRequest).key
      const { jobs } = reply as PermitChange
      return `${name} of ${key} → ${jobs.length === 0 ? 'nobody is woken' : jobs.map(describeJob).join(', ')}`
    }
    default:
      return status === undefined ? told : `${told} → ${status}`
  }
}

function describeRelease(reply: ReleaseReply): string {
  return reply.status === 'released' ? describeJob(reply.job) : reply.status
}

function describeClaim({ visitKey: key, dispatch }: ClaimRequest): string {
  return `${key} #${dispatch}`
}

function describeDelivery(delivery: Delivery | undefined, { verdict, turn }: DeliverReply): string {
  const event = delivery?.event
  const what =
    event === undefined
      ? 'nothing new'
      : event.type === 'outcome'
        ? `${visitKey(event.visit)} #${event.dispatch} ${event.outcome.status}`
        : event.type
  const granted = turn === undefined ? '' : `, turn ${turn.fence} with ${turn.inbox.length} events`
  return `${what} → ${verdict ?? 'delivered'}${granted}`
}

function describeSettlement({ deliveries, revision, changes }: Settlement, reply: SettleReply): string {
  const outcomes = deliveries.map(({ event: { visit, dispatch, outcome } }) => {
    return `${visitKey(visit)} #${dispatch} ${outcome.status}`
  })
  const verdicts = reply.status === 'delivered' ? `: ${reply.verdicts.join(', ')}` : ''
  const granted = reply.status === 'delivered' && reply.turn !== undefined ? `, turn ${reply.turn.fence}` : ''
  return `${outcomes.join(', ')} at revision ${revision}: ${describeFacts(changes)} → ${reply.status}${verdicts}${granted}`
}

function describeCommit({ fence, revision }: TurnRef, changes: TurnChanges, { status }: CommitReply): string {
  return `turn ${fence} at revision ${revision}: ${describeFacts(changes)} → ${status}`
}

function describeFacts(changes: TurnChanges): string {
  const facts = [...changes.journal, ...(changes.end?.journal ?? [])].map(({ fact }) => {
    const { type, nodeId, edge } = fact
    return `${type} ${(nodeId ?? edge ?? '') as string}`.trimEnd()
  })
  const more = facts.length > namedFacts ? `, and ${facts.length - namedFacts} more` : ''
  return `${facts.slice(0, namedFacts).join(', ')}${more}`
}
