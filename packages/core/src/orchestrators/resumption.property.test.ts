import { it } from 'vitest'
import { expectAgreement } from '../../test/agrees-with-reference.ts'
import { runResumed } from '../../test/resumed-run.ts'

it('makes the same visits, marks and data as the reference model when resumed from a serialised state after each step', async () => {
  await expectAgreement(runResumed)
}, 600_000)
