import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../../test/virtual-clock.ts'
import { memoryCoordinationStore } from '../memory/coordination-store.ts'
import type { InboxEvent, StoredOutcome } from '../model/stored-event.ts'
import type { ICoordinationStore } from '../ports/coordination-store.ts'
import type { StartRequest } from '../ports/run-records.ts'
import type { NewDispatch, TurnChanges, TurnGrant, TurnRef } from '../ports/turn-store.ts'

const run = { runId: 'r', incarnation: 'i1' }
const visit = { nodeId: 'a', iteration: [] }
const turnOf = (nonce: string) => ({ nonce, limitMs: 5000 })
const done: StoredOutcome = { status: 'completed' }

const request: StartRequest = {
  ...run,
  workflowId: 'w',
  definitionHash: 'h',
  input: '1',
  shared: {},
  onFailure: 'stop',
}

const dispatchOfA: NewDispatch = { visit, visitKey: 'a', attempt: 1, delayMs: 0, touches: ['run', 'v:a'] }

const nothing: TurnChanges = {
  cells: {},
  values: {},
  journal: [],
  handled: [],
  dispatches: [],
  dropped: [],
  waits: [],
  timers: [],
  children: [],
  messages: [],
  expansions: [],
  failures: [],
}

function outcomeEvent(dispatch: number, token: string): InboxEvent {
  const id = `a/${dispatch}/${token}`
  return { id, touches: ['v:a'], type: 'outcome', visit, attempt: 1, dispatch, token, outcome: done }
}

function refOf({ fence, nonce, revision }: TurnGrant): TurnRef {
  return { ...run, fence, nonce, revision }
}

async function open(): Promise<{ clock: VirtualClock; store: ICoordinationStore; grant: TurnGrant }> {
  const clock = new VirtualClock()
  const store = memoryCoordinationStore({ clock })
  await store.start(request)
  const { turn } = await store.deliver(run, undefined, turnOf('n1'))
  return { clock, store, grant: turn as TurnGrant }
}

/** A run whose node `a` is dispatched and can be claimed. */
async function openDispatched(): Promise<{ clock: VirtualClock; store: ICoordinationStore }> {
  const { clock, store, grant } = await open()
  const changes = { ...nothing, handled: ['begin'], dispatches: [dispatchOfA] }
  const reply = await store.commit(refOf(grant), changes, true)
  expect(reply).toMatchObject({ status: 'committed', jobs: [{ visit, dispatch: 1, id: 'i1/r/a/1' }] })
  return { clock, store }
}

async function openWait(timeoutMs?: number): Promise<{ clock: VirtualClock; store: ICoordinationStore }> {
  const { clock, store, grant } = await open()
  const wait = { waitId: 'ok:a', name: 'ok', ...visit }
  const opened = { wait, attempt: 1, touches: [], ...(timeoutMs === undefined ? {} : { timeoutMs }) }
  await store.commit(refOf(grant), { ...nothing, handled: ['begin'], waits: [opened] }, true)
  return { clock, store }
}

const claimBy = (token: string, dispatch = 1) => ({
  ...run,
  visitKey: 'a',
  dispatch,
  token,
  leaseMs: 8000,
  cells: [],
  values: [],
})
const attemptBy = (token: string, dispatch = 1) => ({ ...run, visitKey: 'a', dispatch, token })

describe('starting a run', () => {
  it('answers the same run again, and refuses another input or definition under its id', async () => {
    const store = memoryCoordinationStore()
    await expect(store.start(request)).resolves.toMatchObject({ status: 'started', incarnation: 'i1' })
    await expect(store.start({ ...request, incarnation: 'i2' })).resolves.toMatchObject({
      status: 'existing',
      incarnation: 'i1',
    })
    await expect(store.start({ ...request, input: '2' })).resolves.toEqual({ status: 'conflict', what: 'input' })
    await expect(store.start({ ...request, definitionHash: 'x' })).resolves.toEqual({
      status: 'conflict',
      what: 'definition',
    })
  })

  it('is refused by the tombstone of a cancel that came before it', async () => {
    const store = memoryCoordinationStore()
    await expect(store.cancel('r', 'parent ended', true)).resolves.toEqual({ status: 'tombstone' })
    await expect(store.start(request)).resolves.toEqual({ status: 'cancelled' })
    await expect(store.readRun('r')).resolves.toBeUndefined()
  })

  it('makes a new run of an id whose run was removed, and messages for the old one reach nobody', async () => {
    const { store } = await openDispatched()
    await store.remove(run)
    await store.start({ ...request, incarnation: 'i2' })
    await expect(store.claim(claimBy('t'))).resolves.toEqual({ status: 'unknown-run' })
    await expect(store.deliver(run, { event: outcomeEvent(1, 't') }, turnOf('n'))).resolves.toEqual({
      status: 'unknown-run',
    })
    expect((await store.readRun('r'))?.seq).toBe(0)
  })
})

describe('a turn', () => {
  it('is held by one at a time, and the same nonce is answered the same again', async () => {
    const { store, grant } = await open()
    expect((await store.deliver(run, undefined, turnOf('n2'))).turn).toBeUndefined()
    expect((await store.deliver(run, undefined, turnOf('n1'))).turn).toEqual(grant)
  })

  it('is never handed to a caller who cannot drive', async () => {
    const store = memoryCoordinationStore()
    await store.start(request)
    expect((await store.deliver(run, undefined, undefined)).turn).toBeUndefined()
  })

  it('goes to another with a higher fence once its holder is past the limit, and the late commit is refused', async () => {
    const { clock, store, grant } = await open()
    clock.advance(5001)
    const { turn } = await store.deliver(run, undefined, turnOf('n2'))
    expect(turn?.fence).toBe(grant.fence + 1)
    await expect(store.commit(refOf(grant), { ...nothing, handled: ['begin'] }, true)).resolves.toEqual({
      status: 'refused',
    })
    await expect(store.fetch(refOf(grant), { cells: ['run'] })).resolves.toEqual({ status: 'refused' })
  })

  it('commits once: the same commit sent again is answered from the record', async () => {
    const { store, grant } = await open()
    const changes = {
      ...nothing,
      handled: ['begin'],
      dispatches: [dispatchOfA],
      journal: [{ fact: { type: 'run.started' } }],
    }
    const first = await store.commit(refOf(grant), changes, true)
    await expect(store.commit(refOf(grant), changes, true)).resolves.toEqual(first)
    await expect(store.readRun('r')).resolves.toMatchObject({ revision: 1, seq: 1, underWay: 1 })
  })

  it('goes on with events that came meanwhile, and drops handled ones by id', async () => {
    const { store, grant } = await open()
    await store.cancel('r', 'enough', false)
    const reply = await store.commit(refOf(grant), { ...nothing, handled: ['begin'] }, true)
    expect(reply).toMatchObject({ turn: { nonce: 'n1', revision: 1, inbox: [{ type: 'cancel', reason: 'enough' }] } })
    expect((await store.deliver(run, undefined, turnOf('n2'))).turn).toBeUndefined()
  })

  it('is handed over when its holder has committed often enough', async () => {
    const { store, grant } = await open()
    await store.cancel('r', undefined, false)
    const reply = await store.commit(refOf(grant), { ...nothing, handled: ['begin'] }, false)
    expect(reply).not.toHaveProperty('turn')
    expect((await store.deliver(run, undefined, turnOf('n2'))).turn?.inbox).toMatchObject([{ type: 'cancel' }])
  })

  it('stalls its run with the reason after it failed three times on one revision, and is tried again later', async () => {
    const { clock, store, grant } = await open()
    await store.failTurn(refOf(grant), 'boom')
    for (const nonce of ['n2', 'n3']) {
      const { turn } = await store.deliver(run, undefined, turnOf(nonce))
      await store.failTurn(refOf(turn as TurnGrant), 'boom')
    }
    await expect(store.readRun('r')).resolves.toMatchObject({ stalledBy: 'boom' })
    expect((await store.deliver(run, undefined, turnOf('n4'))).turn).toBeUndefined()
    clock.advance(1000)
    const { turn } = await store.deliver(run, undefined, turnOf('n5'))
    await store.commit(refOf(turn as TurnGrant), { ...nothing, handled: ['begin'] }, true)
    await expect(store.readRun('r')).resolves.not.toHaveProperty('stalledBy')
  })
})

describe('a claim', () => {
  it('takes a dispatch once; the same token is answered again, another one finds it leased', async () => {
    const { store } = await openDispatched()
    await expect(store.claim(claimBy('t1'))).resolves.toMatchObject({ status: 'claimed', attempt: 1, input: '1' })
    await expect(store.claim(claimBy('t1'))).resolves.toMatchObject({ status: 'claimed' })
    await expect(store.claim(claimBy('t2'))).resolves.toEqual({ status: 'leased' })
    expect((await store.readRun('r'))?.seq).toBe(1)
  })

  it('is refused before the time of the dispatch', async () => {
    const { store, grant } = await open()
    await store.commit(
      refOf(grant),
      { ...nothing, handled: ['begin'], dispatches: [{ ...dispatchOfA, delayMs: 700 }] },
      true,
    )
    await expect(store.claim(claimBy('t1'))).resolves.toEqual({ status: 'early', delayMs: 700 })
  })

  it('is refused for a dispatch that is not the current one', async () => {
    const { store } = await openDispatched()
    await expect(store.claim(claimBy('t1', 7))).resolves.toEqual({ status: 'stale' })
  })

  it('keeps its lease as long as it is renewed, and renewal answers abort once the run has ended', async () => {
    const { clock, store } = await openDispatched()
    await store.claim(claimBy('t1'))
    for (let third = 0; third < 10; third++) {
      clock.advance(2667)
      await expect(store.renew(attemptBy('t1'), 8000)).resolves.toBe('renewed')
    }
    await store.cancel('r', undefined, false)
    const { turn } = await store.deliver(run, undefined, turnOf('n2'))
    await store.commit(
      refOf(turn as TurnGrant),
      { ...nothing, handled: ['cancel'], end: { status: 'cancelled', journal: [] } },
      true,
    )
    await expect(store.renew(attemptBy('t1'), 8000)).resolves.toBe('abort')
  })

  it('takes no records of an attempt that is not current any more', async () => {
    const { clock, store } = await openDispatched()
    await store.claim(claimBy('t1'))
    await expect(store.recordStep(attemptBy('t1'), 's', '1')).resolves.toBe('recorded')
    await expect(store.recordStep(attemptBy('t1'), 's', '2')).resolves.toBe('existing')
    clock.advance(8001)
    await store.claim(claimBy('t2'))
    await expect(store.recordStep(attemptBy('t1'), 'z', '1')).resolves.toBe('stale')
    await expect(store.claim(claimBy('t2'))).resolves.toMatchObject({ steps: { s: '1' } })
  })
})

describe('an outcome', () => {
  it('is taken once; the same event is a duplicate, another one for the same dispatch is rejected and reported', async () => {
    const { store } = await openDispatched()
    await store.claim(claimBy('t1'))
    const delivery = { event: outcomeEvent(1, 't1'), values: { 'o:a': '1' } }
    await expect(store.deliver(run, delivery, undefined)).resolves.toMatchObject({ verdict: 'accepted' })
    await expect(store.deliver(run, delivery, undefined)).resolves.toMatchObject({ verdict: 'duplicate' })
    await expect(store.deliver(run, { event: outcomeEvent(1, 't2') }, undefined)).resolves.toMatchObject({
      verdict: 'rejected',
    })
    const journal = await store.readJournal(run, 0, 10)
    expect(journal.map(({ fact }) => fact.type)).toEqual(['node.started', 'outcome.rejected'])
  })

  it('stays a duplicate after its event was handled', async () => {
    const { store } = await openDispatched()
    await store.claim(claimBy('t1'))
    const { turn } = await store.deliver(run, { event: outcomeEvent(1, 't1') }, turnOf('n2'))
    await store.commit(refOf(turn as TurnGrant), { ...nothing, handled: ['a/1/t1'], dropped: ['a'] }, true)
    await expect(store.deliver(run, { event: outcomeEvent(1, 't1') }, undefined)).resolves.toMatchObject({
      verdict: 'duplicate',
    })
  })

  it('that comes after a new dispatch is rejected, and its values are not stored', async () => {
    const { clock, store } = await openDispatched()
    await store.claim(claimBy('t1'))
    clock.advance(8001)
    const tended = await store.tend('r', { maxLostAttempts: 5, resendAfterMs: 5000 })
    expect(tended?.jobs).toMatchObject([{ visit, dispatch: 2 }])
    const late = { event: outcomeEvent(1, 't1'), values: { 'o:a': 'late' } }
    await expect(store.deliver(run, late, undefined)).resolves.toMatchObject({ verdict: 'rejected' })
    await expect(store.readValues(run, ['o:a'])).resolves.toEqual({})
    await expect(store.claim(claimBy('t2', 2))).resolves.toMatchObject({ status: 'claimed', attempt: 1 })
  })

  it('of an attempt whose lease has ended counts as long as the next one has recorded nothing', async () => {
    const first = await openDispatched()
    await first.store.claim(claimBy('t1'))
    first.clock.advance(8001)
    await first.store.claim(claimBy('t2'))
    await expect(first.store.deliver(run, { event: outcomeEvent(1, 't1') }, undefined)).resolves.toMatchObject({
      verdict: 'accepted',
    })
    const second = await openDispatched()
    await second.store.claim(claimBy('t1'))
    second.clock.advance(8001)
    await second.store.claim(claimBy('t2'))
    await second.store.recordStep(attemptBy('t2'), 's', '1')
    await expect(second.store.deliver(run, { event: outcomeEvent(1, 't1') }, undefined)).resolves.toMatchObject({
      verdict: 'rejected',
    })
  })
})

describe('tending a run', () => {
  const options = { maxLostAttempts: 2, resendAfterMs: 5000 }

  it('sends an unclaimed job again, less and less often', async () => {
    const { clock, store } = await openDispatched()
    const sent: number[] = []
    for (let second = 1; second <= 60; second++) {
      clock.advance(1000)
      const { runIds } = await store.takeDue(10, 5000)
      for (const runId of runIds) if (((await store.tend(runId, options))?.jobs.length ?? 0) > 0) sent.push(second)
    }
    expect(sent).toEqual([5, 15, 35])
  })

  it('fails a visit whose attempts are lost too often', async () => {
    const { clock, store } = await openDispatched()
    for (let dispatch = 1; dispatch <= 3; dispatch++) {
      await store.claim(claimBy(`t${dispatch}`, dispatch))
      clock.advance(8001)
      await store.tend('r', options)
    }
    const { turn } = await store.deliver(run, undefined, turnOf('n2'))
    expect(turn?.inbox).toMatchObject([{ type: 'lost', visit, lost: 3 }])
  })

  it('hands over an inbox that nobody handles', async () => {
    const { clock, store } = await openDispatched()
    await store.claim(claimBy('t1'))
    await store.deliver(run, { event: outcomeEvent(1, 't1') }, undefined)
    await expect(store.takeDue(10, 5000)).resolves.toMatchObject({ runIds: ['r'] })
    await expect(store.tend('r', options)).resolves.toMatchObject({ needsTurn: true })
    await expect(store.tend('r', options)).resolves.toMatchObject({ needsTurn: true })
    expect((await store.takeDue(10, 5000)).runIds).toEqual([])
    clock.advance(1000)
    expect((await store.takeDue(10, 5000)).runIds).toEqual(['r'])
  })
})

describe('a wait', () => {
  const answer = { nameOrId: 'ok', answerId: 'x', payload: '1' }

  it('is answered once; the same answer sent again is accepted again', async () => {
    const { store } = await openWait()
    await expect(store.answerWait('r', answer)).resolves.toMatchObject({ status: 'accepted' })
    await expect(store.answerWait('r', answer)).resolves.toMatchObject({ status: 'accepted' })
    await expect(store.answerWait('r', { ...answer, answerId: 'y' })).resolves.toEqual({ status: 'answered' })
    const { turn } = await store.deliver(run, undefined, turnOf('n2'))
    expect(turn?.inbox).toMatchObject([{ type: 'resumed', resumption: { type: 'answered' } }])
  })

  it('expires at its deadline, and cannot be answered then', async () => {
    const { clock, store } = await openWait(1000)
    clock.advance(1000)
    await store.tend('r', { maxLostAttempts: 5, resendAfterMs: 5000 })
    await expect(store.answerWait('r', answer)).resolves.toEqual({ status: 'expired' })
  })

  it('that is unknown is not open, and one of an unknown run says so', async () => {
    const { store } = await openWait()
    await expect(store.answerWait('r', { ...answer, nameOrId: 'no' })).resolves.toEqual({ status: 'not-open' })
    await expect(store.answerWait('zzz', answer)).resolves.toEqual({ status: 'unknown-run' })
  })
})
