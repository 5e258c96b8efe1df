import {
  visitKey,
  type ClaimRequest,
  type Delivery,
  type DeliveryVerdict,
  type ICoordinationStore,
  type InboxEvent,
  type LoopCell,
  type RunJob,
  type RunRef,
  type RunStateCell,
  type Settlement,
  type TurnChanges,
  type TurnGrant,
  type VisitCell,
} from '@heddle/core'

/** A store with a mistake in it, made of one without. */
export type StoreMutant = (store: ICoordinationStore) => Partial<ICoordinationStore>

/** Operations that a settlement stands for. */
const settled = ['deliver', 'commit', 'claim'] as const

/**
 * The store with some operations replaced. If one of them is an operation that a settlement stands for, outcomes take the way on which the
 * mistake lies: they are delivered, and nothing is written with them.
 */
export function mutate(store: ICoordinationStore, mutant: StoreMutant): ICoordinationStore {
  const replaced = mutant(store)
  const mutated = Object.assign(Object.create(store) as ICoordinationStore, replaced)
  if (replaced.settle === undefined && settled.some((name) => name in replaced)) mutated.settle = deliversEach(mutated)
  return mutated
}

function deliversEach(store: ICoordinationStore): ICoordinationStore['settle'] {
  return async (run, { deliveries }, request) => {
    const verdicts: DeliveryVerdict[] = []
    let turn: TurnGrant | undefined
    for (const [at, delivery] of deliveries.entries()) {
      const isLast = at === deliveries.length - 1
      const reply = await store.deliver(run, delivery, isLast ? request : undefined)
      if (reply.status === 'unknown-run') return { status: 'unknown-run' }
      verdicts.push(reply.verdict ?? 'rejected')
      turn = reply.turn
    }
    return { status: 'delivered', verdicts, ...(turn === undefined ? {} : { turn }) }
  }
}

type Outcome = Extract<InboxEvent, { type: 'outcome' }>

function outcomeOf(delivery: Delivery | undefined): Outcome | undefined {
  return delivery?.event.type === 'outcome' ? delivery.event : undefined
}

const keyOf = ({ runId }: RunRef, visit: string): string => `${runId} ${visit}`

/** Changes cells of a commit. */
function withCells(
  changes: TurnChanges,
  change: (name: string, cell: TurnChanges['cells'][string]) => object,
): TurnChanges {
  const cells = Object.entries(changes.cells).map(([name, cell]) => [name, { ...cell, ...change(name, cell) }])
  return { ...changes, cells: Object.fromEntries(cells) as TurnChanges['cells'] }
}

/** Who claimed each visit last. */
function noteClaims(store: ICoordinationStore): {
  readonly holders: ReadonlyMap<string, ClaimRequest>
  readonly claim: ICoordinationStore['claim']
} {
  const holders = new Map<string, ClaimRequest>()
  const claim: ICoordinationStore['claim'] = async (request) => {
    const reply = await store.claim(request)
    if (reply.status === 'claimed') holders.set(keyOf(request, request.visitKey), request)
    return reply
  }
  return { holders, claim }
}

/** A mark counts once more when the outcome that brought it is delivered again. */
export const countsMarksTwice: StoreMutant = (store) => {
  const again = new Set<string>()
  return {
    deliver: async (run, delivery, turn) => {
      const reply = await store.deliver(run, delivery, turn)
      if (reply.verdict === 'duplicate') again.add(run.runId)
      return reply
    },
    commit: (turn, changes, goOn) => {
      const isAgain = again.delete(turn.runId)
      const counted = withCells(changes, (name, cell) => {
        const { status, taken } = cell as VisitCell
        return isAgain && name.startsWith('v:') && status === 0 && taken !== undefined ? { taken: taken + 1 } : {}
      })
      return store.commit(turn, counted, goOn)
    },
  }
}

/** The outcome of an attempt that is over counts for the attempt that is under way. */
export const acceptsStaleOutcomes: StoreMutant = (store) => {
  const { holders, claim } = noteClaims(store)
  return {
    claim,
    deliver: async (run, delivery, turn) => {
      const reply = await store.deliver(run, delivery, turn)
      const event = outcomeOf(delivery)
      if (reply.verdict !== 'rejected' || event === undefined) return reply
      const holder = holders.get(keyOf(run, visitKey(event.visit)))
      if (holder === undefined) return reply
      const { dispatch, token } = holder
      return store.deliver(run, { ...delivery, event: { ...event, id: `${event.id}!`, dispatch, token } }, turn)
    },
  }
}

/** Whoever comes with a commit may write it. */
export const checksNoFence: StoreMutant = (store) => {
  const grants = new Map<string, TurnGrant>()
  return {
    deliver: async (run, delivery, turn) => {
      const reply = await store.deliver(run, delivery, turn)
      if (reply.turn !== undefined) grants.set(run.runId, reply.turn)
      return reply
    },
    commit: async (turn, changes, goOn) => {
      const reply = await store.commit(turn, changes, goOn)
      if (reply.status === 'committed' && reply.turn !== undefined) grants.set(turn.runId, reply.turn)
      const current = grants.get(turn.runId)
      if (reply.status === 'committed' || current === undefined) return reply
      const { fence, nonce, revision } = current
      return store.commit({ ...turn, fence, nonce, revision }, changes, goOn)
    },
  }
}

/** A settlement counts as decided by the run as it stands, whoever has written that. */
export const settlesWhateverIsWritten: StoreMutant = (store) => {
  const last = new Map<string, Pick<Settlement, 'revision' | 'writtenBy'>>()
  const note = (run: RunRef, revision: number, writtenBy: string): void => {
    last.set(run.incarnation, { revision, writtenBy })
  }
  return {
    commit: async (turn, changes, goOn) => {
      const reply = await store.commit(turn, changes, goOn)
      if (reply.status === 'committed') note(turn, turn.revision + 1, turn.nonce)
      return reply
    },
    settle: async (run, settlement, request) => {
      const known = last.get(run.incarnation)
      const isBehind = known !== undefined && known.revision > settlement.revision
      const sent = isBehind ? { ...settlement, ...known } : settlement
      const reply = await store.settle(run, sent, request)
      if (reply.status === 'committed') note(run, sent.revision + 1, sent.nonce)
      return reply
    },
  }
}

/** Now and then a commit writes its journal and not its cells. */
export const writesHalfACommit: StoreMutant = (store) => {
  let commits = 0
  return {
    commit: (turn, changes, goOn) =>
      store.commit(turn, ++commits % 7 === 0 ? { ...changes, cells: {} } : changes, goOn),
  }
}

/** As many events are dropped as were handled: the last ones. */
export const dropsEventsByCount: StoreMutant = (store) => {
  const inboxes = new Map<string, string[]>()
  const inboxOf = ({ runId }: RunRef): string[] => {
    const inbox = inboxes.get(runId) ?? []
    inboxes.set(runId, inbox)
    return inbox
  }
  return {
    deliver: async (run, delivery, turn) => {
      const reply = await store.deliver(run, delivery, turn)
      if (reply.verdict === 'accepted' && delivery !== undefined) inboxOf(run).push(delivery.event.id)
      return reply
    },
    commit: (turn, changes, goOn) => {
      const inbox = inboxOf(turn)
      const known = changes.handled.filter((id) => inbox.includes(id))
      const others = changes.handled.filter((id) => !known.includes(id))
      const dropped = known.length === 0 ? [] : inbox.splice(-known.length)
      return store.commit(turn, { ...changes, handled: [...others, ...dropped] }, goOn)
    },
  }
}

/** A job that was sent counts as arrived: it is not sent again. */
export const clearsTheOutboxWhenItSends: StoreMutant = (store) => {
  const sent = new Set<string>()
  return {
    commit: async (turn, changes, goOn) => {
      const reply = await store.commit(turn, changes, goOn)
      if (reply.status === 'committed') for (const { id } of reply.jobs) sent.add(id)
      return reply
    },
    tend: async (runId, options) => {
      const reply = await store.tend(runId, options)
      return reply && { ...reply, jobs: reply.jobs.filter(({ id }) => !sent.has(id)) }
    },
  }
}

/** A visit that a worker is attempting is given to another worker too. */
export const ignoresLeases: StoreMutant = (store) => {
  const { holders, claim } = noteClaims(store)
  return {
    claim: async (request) => {
      const reply = await claim(request)
      const holder = holders.get(keyOf(request, request.visitKey))
      return reply.status === 'leased' && holder !== undefined ? store.claim(holder) : reply
    },
  }
}

/** Whoever gives up an attempt that is over gives up the one that is under way. */
export const givesUpOthersAttempts: StoreMutant = (store) => {
  const { holders, claim } = noteClaims(store)
  return {
    claim,
    release: async (attempt) => {
      const reply = await store.release(attempt)
      const holder = holders.get(keyOf(attempt, attempt.visitKey))
      return reply.status === 'stale' && holder !== undefined ? store.release(holder) : reply
    },
  }
}

/** An attempt is given up, and its visit is not dispatched again before its lease ends. */
export const forgetsWhatIsGivenUp: StoreMutant = (store) => {
  const jobs = new Map<string, RunJob>()
  const note = (list: readonly RunJob[]): void => {
    for (const job of list) if (job.visit !== undefined) jobs.set(keyOf(job, visitKey(job.visit)), job)
  }
  return {
    commit: async (turn, changes, goOn) => {
      const reply = await store.commit(turn, changes, goOn)
      if (reply.status === 'committed') note(reply.jobs)
      return reply
    },
    release: async (attempt) => {
      const job = jobs.get(keyOf(attempt, attempt.visitKey))
      return job === undefined ? { status: 'stale' } : { status: 'released', job }
    },
  }
}

/** One number of the journal is left out. */
export const leavesOutANumber: StoreMutant = (store) => ({
  readJournal: async (run, afterSeq, limit) => {
    const entries = await store.readJournal(run, afterSeq, limit)
    return entries.map((entry) => (entry.seq < 12 ? entry : { ...entry, seq: entry.seq + 1 }))
  },
})

/** What the journal said is forgotten at some time. */
export const rewritesTheJournal: StoreMutant = (store) => ({
  readJournal: async (run, afterSeq, limit) => {
    const entries = await store.readJournal(run, afterSeq, limit)
    return afterSeq === 0 && entries.length > 30 ? entries.toSpliced(4, 1) : entries
  },
})

/** A run ends when one visit is left. */
export const completesTooEarly: StoreMutant = (store) => ({
  commit: (turn, changes, goOn) => {
    const run = changes.cells['run'] as RunStateCell | undefined
    const isLate = changes.end === undefined && run?.live === 1 && turn.revision > 4
    const end = { status: 'completed', journal: [{ fact: { type: 'run.completed' } }] } as const
    return store.commit(turn, isLate ? { ...changes, end } : changes, goOn)
  },
})

/** A loop in which two visits are live counts one. */
export const endsLoopsTooEarly: StoreMutant = (store) => ({
  commit: (turn, changes, goOn) => {
    const counted = withCells(changes, (name, cell) => {
      const { live } = cell as LoopCell
      return name.startsWith('l:') && live === 2 ? { live: 1 } : {}
    })
    return store.commit(turn, counted, goOn)
  },
})

/** An update of a shared value that was changed meanwhile is written over the change. */
export const overwritesSharedValues: StoreMutant = (store) => ({
  deliver: (run, delivery, turn) => {
    const event = outcomeOf(delivery)
    if (event?.outcome.status !== 'completed') return store.deliver(run, delivery, turn)
    const { reads: _reads, ...outcome } = event.outcome
    return store.deliver(run, { ...delivery, event: { ...event, outcome } }, turn)
  },
})

/** A commit for one run is also counted for another. */
export const mixesUpRuns: StoreMutant = (store) => ({
  readRun: async (runId) => {
    const head = await store.readRun(runId)
    const other = runId === 'run-1' ? await store.readRun('run-0') : undefined
    return head === undefined || other === undefined || other.revision < 3
      ? head
      : { ...head, revision: head.revision + 1 }
  },
})
