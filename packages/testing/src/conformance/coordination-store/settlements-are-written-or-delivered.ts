import type { ClaimedVisit, OutcomeDelivery, RunJob, RunStanding, Settlement, SettleReply } from '@heddle/core'
import {
  changesOf,
  dispatchOf,
  eventOf,
  type CoordinationStoreBehaviour,
  type CoordinationStoreHarness,
} from '../coordination-store-harness.ts'

type Opened = Awaited<ReturnType<CoordinationStoreHarness['open']>>

/** The outcome of an attempt of a node's visit, as an event. */
function outcomeOf(
  { visit = { nodeId: '', iteration: [] }, dispatch = 0 }: RunJob,
  token: string,
): OutcomeDelivery['event'] {
  const id = `outcome/${visit.nodeId}/${dispatch}/${token}`
  const outcome = { status: 'completed' } as const
  return { id, touches: [`v:${visit.nodeId}`], type: 'outcome', visit, attempt: 1, dispatch, token, outcome }
}

/** A settlement of one outcome, after which a node "next" is dispatched. */
function settlementOf(
  event: OutcomeDelivery['event'],
  { revision, writtenBy }: Pick<RunStanding, 'revision' | 'writtenBy'>,
): Settlement {
  const visit = event.visit.nodeId
  return {
    nonce: `settlement ${event.id} ${writtenBy}`,
    deliveries: [{ event, values: { 'o:a': '"out"' } }],
    revision,
    writtenBy,
    claims: [],
    changes: changesOf({
      handled: [event.id],
      dropped: [visit],
      cells: { 'v:next': { status: 1 } },
      journal: [{ fact: { type: 'node.completed', nodeId: visit } }],
      dispatches: [dispatchOf('next')],
    }),
  }
}

/** A run with a claimed visit "a", and how it stands. */
async function claimed(
  { open }: CoordinationStoreHarness,
  token: string,
): Promise<{ readonly run: Opened; readonly job: RunJob; readonly standing: RunStanding }> {
  const run = await open({ dispatches: [dispatchOf('a')] })
  const [job] = run.jobs
  const { standing } = (await run.claim(job, token, { touches: ['v:a'] })) as ClaimedVisit
  if (job === undefined || standing === undefined) {
    throw new Error('a run that nobody works on does not tell how it stands')
  }
  return { run, job, standing }
}

const request = (nonce: string): { readonly nonce: string; readonly limitMs: number } => ({ nonce, limitMs: 5000 })

/** Whether a settlement was written as a whole or not at all, and where it was not, its outcome waits in the inbox. */
async function isWhole(harness: CoordinationStoreHarness, run: Opened, reply: SettleReply): Promise<boolean> {
  const { store } = harness
  const cells = await store.readCells(run.ref, ['v:next'])
  const dispatches = await store.readDispatches(run.ref)
  const values = await store.readValues(run.ref, ['o:a'])
  const isDispatched = dispatches.some(({ visit }) => visit.nodeId === 'next')
  const isWritten = 'v:next' in cells
  return values['o:a'] === '"out"' && isWritten === isDispatched && isWritten === (reply.status === 'committed')
}

/** Outcomes and what follows from them are written together, or the outcomes are delivered. */
export const settlementsAreWrittenOrDelivered: CoordinationStoreBehaviour = {
  name: 'an outcome is settled as a whole: what follows from it is written with it, or it waits for a turn',
  run: async (harness) => {
    const { store, expect, unique } = harness
    const { run, job, standing } = await claimed(harness, 't')
    const event = outcomeOf(job, 't')
    const reply = await store.settle(run.ref, settlementOf(event, standing), request(unique('nonce')))
    expect(await isWhole(harness, run, reply)).toBe(true)
    if (reply.status === 'committed') {
      expect(reply.jobs.map(({ visit }) => visit?.nodeId)).toEqual(['next'])
      expect((await store.readRun(run.ref.runId))?.revision).toBe(standing.revision + 1)
    } else expect(reply).toMatchObject({ verdicts: ['accepted'], turn: { inbox: [{ id: event.id }] } })
    expect((await store.deliver(run.ref, { event }, undefined)).verdict).toBe('duplicate')
  },
}

/** What a settlement dispatches can be claimed with it. */
export const settlementsClaimWhatTheyDispatch: CoordinationStoreBehaviour = {
  name: 'a settlement claims a visit that it dispatches, once, also if it is sent again',
  run: async (harness) => {
    const { store, expect, unique } = harness
    const { run, job, standing } = await claimed(harness, 't')
    const next = {
      visitKey: 'next',
      token: 'mine',
      leaseMs: 8000,
      cells: ['v:next'],
      values: ['o:a'],
      touches: ['v:next'],
    }
    const settlement = { ...settlementOf(outcomeOf(job, 't'), standing), claims: [next] }
    const turn = request(unique('nonce'))
    const reply = await store.settle(run.ref, settlement, turn)
    if (reply.status !== 'committed') return
    const { revision } = standing
    expect(reply.claimed).toMatchObject([
      {
        status: 'claimed',
        attempt: 1,
        cells: { 'v:next': { status: 1 } },
        values: { 'o:a': '"out"' },
        standing: { revision: revision + 1, writtenBy: settlement.nonce, cells: { 'v:next': { status: 1 } } },
      },
    ])
    const { seq } = (await store.readRun(run.ref.runId)) ?? {}
    expect(await store.settle(run.ref, settlement, turn)).toEqual(reply)
    expect((await store.readRun(run.ref.runId))?.seq).toBe(seq)
    const [nextJob] = reply.jobs
    expect((await run.claim(nextJob, 'another')).status).toBe('leased')
    const facts = (await store.readJournal(run.ref, 0, 100)).map(
      ({ fact }) => `${fact.type} ${fact['nodeId'] as string}`,
    )
    expect(facts.slice(-2)).toEqual(['node.completed a', 'node.started next'])
  },
}

/** A settlement that is sent again answers the same. */
export const settlementsSentAgainAnswerAgain: CoordinationStoreBehaviour = {
  name: 'a settlement that is sent again after its reply was lost writes nothing twice, and tells the jobs again',
  run: async (harness) => {
    const { store, expect, unique } = harness
    const { run, job, standing } = await claimed(harness, 't')
    const settlement = settlementOf(outcomeOf(job, 't'), standing)
    const turn = request(unique('nonce'))
    const first = await store.settle(run.ref, settlement, turn)
    const head = await store.readRun(run.ref.runId)
    const again = await store.settle(run.ref, settlement, turn)
    if (first.status === 'committed') expect(again).toEqual(first)
    else expect(again).toMatchObject({ status: 'delivered', verdicts: ['duplicate'] })
    expect(await store.readRun(run.ref.runId)).toEqual(head)
  },
}

/** What keeps a settlement from being written, and comes between the claim and the settlement. */
const between: Readonly<Record<string, (harness: CoordinationStoreHarness, run: Opened) => Promise<void>>> = {
  'somebody else has committed': async ({ store }, run) => {
    await store.deliver(run.ref, { event: eventOf('e') }, undefined)
    await run.commit(await run.takeTurn(), { handled: ['e'] })
  },
  'an event waits in the inbox': async ({ store }, run) => {
    await store.deliver(run.ref, { event: eventOf('e') }, undefined)
  },
  'somebody holds the turn': async ({ store }, run) => {
    await store.deliver(run.ref, { event: eventOf('e') }, undefined)
    await run.takeTurn()
  },
  'the lease has ended, and somebody else has claimed the visit': async ({ pass }, run) => {
    await pass(9000)
    await run.claim(run.jobs[0], 'later')
  },
}

/** A settlement is not written if the run is not as its sender knows it; its outcome is delivered all the same. */
export const settlementsThatCameTooLateAreDelivered: readonly CoordinationStoreBehaviour[] = Object.entries(
  between,
).map(([what, happen]) => ({
  name: `a settlement writes nothing of what follows if ${what}; its outcome is delivered`,
  run: async (harness) => {
    const { store, expect, unique } = harness
    const { run, job, standing } = await claimed(harness, 't')
    await happen(harness, run)
    const settlement = settlementOf(outcomeOf(job, 't'), standing)
    const reply = await store.settle(run.ref, settlement, request(unique('nonce')))
    expect(reply).toMatchObject({ status: 'delivered', verdicts: ['accepted'] })
    expect(await isWhole(harness, run, reply)).toBe(true)
  },
}))

/** A settlement by a reading of a history that the store has lost is not written. */
export const settlementsOfAnotherHistoryAreDelivered: CoordinationStoreBehaviour = {
  name: 'a settlement is not written if the revision that its sender has read was written by another turn',
  run: async (harness) => {
    const { store, expect, unique } = harness
    const { run, job, standing } = await claimed(harness, 't')
    const settlement = settlementOf(outcomeOf(job, 't'), { ...standing, writtenBy: unique('other') })
    const reply = await store.settle(run.ref, settlement, request(unique('nonce')))
    expect(reply).toMatchObject({ status: 'delivered', verdicts: ['accepted'] })
    expect(await isWhole(harness, run, reply)).toBe(true)
  },
}

/** The outcome of an attempt that is over settles nothing. */
export const staleOutcomesSettleNothing: CoordinationStoreBehaviour = {
  name: 'the outcome of an attempt that is over settles nothing: it is refused, and nothing is written but that',
  run: async (harness) => {
    const { store, expect, unique } = harness
    const { run, job, standing } = await claimed(harness, 't')
    const settlement = settlementOf(outcomeOf(job, 'another'), standing)
    const reply = await store.settle(run.ref, settlement, request(unique('nonce')))
    expect(reply).toEqual({ status: 'delivered', verdicts: ['rejected'] })
    expect(await store.readValues(run.ref, ['o:a'])).toEqual({})
    expect((await store.readDispatches(run.ref)).map(({ visit }) => visit.nodeId)).toEqual(['a'])
    const { incarnation, runId } = run.ref
    const other = { runId, incarnation: `${incarnation}!` }
    expect(await store.settle(other, settlement, request(unique('nonce')))).toEqual({ status: 'unknown-run' })
  },
}

/** A settlement that comes again late takes nothing from those who came after it. */
export const settlementsSentAgainLateClaimNothing: CoordinationStoreBehaviour = {
  name: 'a settlement that is sent again after its claim was lost tells its jobs again, and claims no later dispatch',
  run: async (harness) => {
    const { store, expect, unique, pass } = harness
    const { run, job, standing } = await claimed(harness, 't')
    const next = { visitKey: 'next', token: 'mine', leaseMs: 1000, cells: [], values: [] }
    const settlement = { ...settlementOf(outcomeOf(job, 't'), standing), claims: [next] }
    const turn = request(unique('nonce'))
    const reply = await store.settle(run.ref, settlement, turn)
    if (reply.status !== 'committed') return
    await pass(1500)
    const tended = await store.tend(run.ref.runId, { maxLostAttempts: 5, resendAfterMs: 5000 })
    const later = tended?.jobs.find(({ visit }) => visit?.nodeId === 'next')
    expect(await store.settle(run.ref, settlement, turn)).toMatchObject({
      status: 'committed',
      jobs: reply.jobs,
      claimed: [{ status: 'stale' }],
    })
    expect((await run.claim(later, 'theirs')).status).toBe('claimed')
  },
}

/** Outcomes are settled together or not at all. */
export const outcomesAreSettledTogether: CoordinationStoreBehaviour = {
  name: 'outcomes of which one is stale settle nothing together: each has a verdict of its own',
  run: async (harness) => {
    const { store, expect, unique, open } = harness
    const run = await open({ dispatches: [dispatchOf('a'), dispatchOf('b')] })
    const [a, b] = run.jobs
    await run.claim(a, 'a')
    const { standing } = (await run.claim(b, 'b', { touches: [] })) as ClaimedVisit
    if (a === undefined || b === undefined || standing === undefined) throw new Error('both visits can be claimed')
    const settlement = settlementOf(outcomeOf(a, 'a'), standing)
    const stale = { event: outcomeOf(b, 'another') }
    const both = { ...settlement, deliveries: [...settlement.deliveries, stale] }
    const reply = await store.settle(run.ref, both, request(unique('nonce')))
    expect(reply).toMatchObject({ status: 'delivered', verdicts: ['accepted', 'rejected'] })
    expect(await isWhole(harness, run, reply)).toBe(true)
  },
}

/** The turn that a settlement was handed instead has a name of its own. */
export const turnsAreNoSettlements: CoordinationStoreBehaviour = {
  name: 'a settlement that comes again after its turn has committed something else does not count as written',
  run: async (harness) => {
    const { store, expect, unique } = harness
    const { run, job, standing } = await claimed(harness, 't')
    await store.deliver(run.ref, { event: eventOf('e') }, undefined)
    const settlement = settlementOf(outcomeOf(job, 't'), standing)
    const turn = request(unique('nonce'))
    const reply = await store.settle(run.ref, settlement, turn)
    if (reply.status !== 'delivered' || reply.turn === undefined) throw new Error('the turn is to be had')
    await run.commit(reply.turn, { handled: reply.turn.inbox.map(({ id }) => id), dropped: ['a'] })
    expect(await store.settle(run.ref, settlement, turn)).toEqual({ status: 'delivered', verdicts: ['duplicate'] })
  },
}
