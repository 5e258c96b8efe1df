import { defineWorkflow, ofType } from '@heddle/core'
import { expect, it } from 'vitest'
import { createStepper } from '../src/index.ts'

const askAnExpensiveModel = (topic: string): Promise<string> => Promise.reject(new Error(`too expensive: ${topic}`))

const review = defineWorkflow('review', { input: ofType<{ topic: string }>() })
  .node('draft', ({ input }) => askAnExpensiveModel(input.topic))
  .node('score', { after: 'draft' }, ({ deps }) => deps.draft.length)
  .wait('approval', { after: 'score', schema: ofType<{ ok: boolean }>() })
  .node('publish', { after: 'approval' }, ({ input }) => (input.ok ? 'published' : 'kept'))
  .build()

it('does what the first example of the README says, on a typed workflow', async () => {
  const stepper = createStepper(review, { input: { topic: 'tea' }, stubs: { draft: 'A text about tea.' } })
  await stepper.until('score')
  const score: number | undefined = stepper.result.outputs.score
  expect(score).toBe(17)
  await stepper.until((result) => result.status === 'awaiting')
  await stepper.resume('approval', { ok: true })
  await stepper.until('publish')
  expect(stepper.result.output).toBe('published')
  for (let step = 0; step < 3; step++) await stepper.back()
  expect(stepper.status).toBe('awaiting')
  await stepper.resume('approval', { ok: false })
  await stepper.until('publish')
  expect(stepper.result.output).toBe('kept')
})

it('refuses stubs, waits and payloads that the workflow does not have', async () => {
  // @ts-expect-error the draft is a text
  const stepper = createStepper(review, { input: { topic: 'tea' }, stubs: { draft: 5 } })
  // @ts-expect-error ok is a boolean
  await expect(stepper.resume('approval', { ok: 1 })).rejects.toMatchObject({ code: 'WAIT_NOT_OPEN' })
  // @ts-expect-error no such wait
  await expect(stepper.resume('approvals', { ok: true })).rejects.toMatchObject({ code: 'WAIT_NOT_OPEN' })
})
