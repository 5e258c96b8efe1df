import { defineWorkflow, ofType } from '@heddle/core'
import { createStepper } from '@heddle/testing'

const review = defineWorkflow('review', { input: ofType<string>() })
  .node('draft', ({ input }) => `a long text about ${input}`)
  .sleep('night', { after: 'draft', for: '8h' })
  .node('words', { after: ['draft', 'night'] }, ({ deps }) => deps.draft.split(' ').length)
  .build()

const stepper = createStepper(review, { input: 'tea', stubs: { draft: 'two words' } })
await stepper.next()
console.log(
  stepper.status,
  stepper.ready().map(({ nodeId }) => nodeId),
)

await stepper.until('words')
console.log(stepper.status, stepper.result.output, stepper.clock.now() / 3_600_000)

await stepper.back()
console.log(stepper.status)
