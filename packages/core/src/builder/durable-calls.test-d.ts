import { describe, expectTypeOf, it } from 'vitest'
import type { StandardSchema } from '../model/standard-schema.ts'
import type { NodeContext } from '../ports/node-context.ts'
import { defineWorkflow } from './define-workflow.ts'
import { ofType } from './of-type.ts'

declare const approval: StandardSchema<unknown, { readonly ok: boolean }>

const billing = defineWorkflow('billing', { input: ofType<{ order: number }>() })
  .node('bill', ({ input }) => `invoice ${input.order}`)
  .build()

describe('durable calls', () => {
  it('answer what their functions, schemas and workflows make', () => {
    const workflow = defineWorkflow('typed', { input: ofType<number>() })
      .node('a', async ({ input, step, sleep, waitFor, invoke, emit }) => {
        expectTypeOf(await step('s', () => input)).toEqualTypeOf<number>()
        expectTypeOf(await step('t', async () => ({ at: new Date() }))).toEqualTypeOf<{ at: Date }>()
        expectTypeOf(sleep('nap', '30s')).toEqualTypeOf<Promise<void>>()
        expectTypeOf(await waitFor('w', { schema: approval, timeout: '2d' })).toEqualTypeOf<{ readonly ok: boolean }>()
        expectTypeOf(await waitFor('x')).toEqualTypeOf<unknown>()
        expectTypeOf(await invoke('i', 'billing', 5)).toEqualTypeOf<unknown>()
        expectTypeOf(emit('told')).toEqualTypeOf<Promise<void>>()
        return invoke('bill', billing, { order: 7 }, { timeout: '1h' })
      })
      .build()
    expectTypeOf<NonNullable<(typeof workflow)['~types']>['output']>().toEqualTypeOf<string>()
  })

  it('refuse an input that the workflow does not take, and what is no duration', () => {
    const refused = async ({ invoke, sleep, step }: NodeContext): Promise<void> => {
      // @ts-expect-error -- the order is a number
      await invoke('bill', billing, { order: 'seven' })
      // @ts-expect-error -- a workflow with an input has to be given one
      await invoke('bill', billing)
      // @ts-expect-error -- no unit
      await sleep('nap', '30')
      // @ts-expect-error -- a step is a function
      await step('s', 5)
    }
    expectTypeOf(refused).toBeFunction()
  })

  it('are there in map items and fallbacks', () => {
    defineWorkflow('places', { input: ofType<readonly number[]>() })
      .map('m', { over: ({ input }) => input }, ({ item, step }) => step('double', () => item * 2))
      .fallback('f', { of: 'm' }, async ({ sleep }) => {
        await sleep('nap', 10)
        return []
      })
      .build()
  })
})
