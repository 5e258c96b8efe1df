import { it } from 'vitest'
import { expectSameFromEveryCut } from '../../test/rebuilt-run.ts'

/** How many random graphs are cut after each group of their journal; `HEDDLE_GRAPHS` asks for more. */
const graphCount: number = Math.ceil(Number(process.env['HEDDLE_GRAPHS'] ?? 5000) / 25)

it('ends in the same state when a run is rebuilt from its journal cut after any group of events, and goes on', async () => {
  await expectSameFromEveryCut(graphCount)
}, 600_000)
