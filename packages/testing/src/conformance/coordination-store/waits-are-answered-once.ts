import type { CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** A wait is answered once; the same answer sent again is accepted, another one is told so. */
export const waitsAreAnsweredOnce: CoordinationStoreBehaviour = {
  name: 'a wait is answered once; the same answer sent again is accepted, another one is told so',
  run: async ({ store, open, expect }) => {
    const visit = { nodeId: 'ask', iteration: [] }
    const wait = { waitId: 'ok:ask', name: 'ok', ...visit }
    const run = await open({ waits: [{ wait, attempt: 1, touches: ['v:ask'] }] })
    expect((await store.readRun(run.ref.runId))?.waits).toEqual([wait])
    expect(await run.answer('ghost')).toBe('not-open')
    expect(await run.answer('ok', { answerId: 'one', payload: '{"ok":true}', action: 'go' })).toBe('accepted')
    expect(await run.answer('ok', { answerId: 'one' })).toBe('accepted')
    expect([await run.answer('ok'), await run.answer('ok:ask')]).toEqual(['answered', 'answered'])
    const events = await run.inbox()
    expect(events.length).toBe(1)
    const [event] = events
    expect(event).toMatchObject({
      type: 'resumed',
      visit,
      source: { type: 'wait', waitId: 'ok:ask', name: 'ok' },
      resumption: { type: 'answered', action: 'go' },
    })
    const value = event?.type === 'resumed' ? (event.resumption.value ?? '') : ''
    expect(await store.readValues(run.ref, [value])).toEqual({ [value]: '{"ok":true}' })
    expect((await store.readRun(run.ref.runId))?.waits).toEqual([])
  },
}
