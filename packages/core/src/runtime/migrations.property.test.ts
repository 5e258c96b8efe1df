import { it } from 'vitest'
import { expectSameAfterMigrations } from '../../test/migrated-run.ts'

/** How many random graphs are cut after each group of their journal; `HEDDLE_GRAPHS` asks for more. */
const graphCount: number = Math.ceil(Number(process.env['HEDDLE_GRAPHS'] ?? 5000) / 100)

it('a run that is migrated after any group of events, and once more later, ends like the undisturbed one', async () => {
  await expectSameAfterMigrations(graphCount)
}, 600_000)
