import { it } from 'vitest'
import { expectAgreement, expectCancelAgreement } from '../../test/agrees-with-reference.ts'
import { runResumed } from '../../test/resumed-run.ts'

it('makes the same visits, marks and data as the reference model when resumed from a serialised state after each step', async () => {
  await expectAgreement(runResumed)
}, 600_000)

it('cancels the same visits as the reference model when resumed from a serialised state after each step', async () => {
  await expectCancelAgreement(runResumed)
}, 600_000)
