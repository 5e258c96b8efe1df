import { describe, expect, it } from 'vitest'
import { withFiles } from './run-cli.ts'
import { documentOf, here, withStore } from './store-folder.ts'

/** A run that fails, and asks before it undoes what it did. */
const trip = `
export default {
  id: 'trip',
  nodes: [
    { id: 'room', uses: 'book', config: { compensate: 'giveBack' } },
    { id: 'car', uses: 'book', config: { compensate: 'asks' } },
    { id: 'flight', uses: 'noSeat' },
  ],
  edges: [
    { source: 'room', target: 'car' },
    { source: 'car', target: 'flight' },
  ],
  policy: { onFailure: 'compensate' },
}
export const registry = {
  book: () => 'booked',
  noSeat: () => {
    throw new Error('no seat is left')
  },
  giveBack: ({ context }) => context.set('room', 'given back'),
  asks: ({ waitFor }) => waitFor('may I'),
}
`

describe('heddle cancel of a run that is being compensated', { timeout: 60_000 }, () => {
  it('does not wait for what may never come, undoes the rest, and says so', async () => {
    await withFiles({ 'trip.mjs': trip }, (at) =>
      withStore(async (dir) => {
        const file = at('trip.mjs')
        expect(await here('run', file, '--store', dir, '--run-id', 't')).toMatchObject({ exitCode: 3 })
        const { exitCode, stderr } = await here('cancel', 't', file, '--store', dir)
        expect([exitCode, stderr]).toEqual([
          1,
          'warning: run t was being compensated, so what it did was undone: it is failed.\n',
        ])
        expect(await documentOf('inspect', 't', '--store', dir)).toMatchObject({ status: 'failed', waits: [] })
      }),
    )
  })
})
