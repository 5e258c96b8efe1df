import { describe, expectTypeOf, it } from 'vitest'
import type { ErrorData } from '../model/error-data.ts'
import { route } from '../model/node-result.ts'
import type { StandardSchema } from '../model/standard-schema.ts'
import type { InputOf, OutputOf, OutputsOf } from '../ports/workflow.ts'
import { defineWorkflow } from './define-workflow.ts'
import { ofType } from './of-type.ts'
import { append, merge, shared, sum } from './reducers.ts'

const numberFlow = () => defineWorkflow('numbers', { input: ofType<number>() })
declare const trimmed: StandardSchema<string, { text: string }>

describe('input', () => {
  it('is the type of the run on a start node, after the schema', () => {
    const flow = defineWorkflow('w', { input: trimmed })
      .node('a', ({ input, deps }) => {
        expectTypeOf(input).toEqualTypeOf<{ text: string }>()
        expectTypeOf<keyof typeof deps>().toBeNever()
        return input.text.length
      })
      .build()
    expectTypeOf<InputOf<typeof flow>>().toEqualTypeOf<string>()
    expectTypeOf<OutputOf<typeof flow>>().toEqualTypeOf<number>()
  })

  it('is unknown when none is declared', () => {
    defineWorkflow('w').node('a', ({ input }) => expectTypeOf(input).toBeUnknown())
  })

  it('is the output of the only predecessor, and the record of several', () => {
    numberFlow()
      .node('a', async ({ input }) => String(input))
      .node('b', { after: 'a' }, ({ input }) => {
        expectTypeOf(input).toEqualTypeOf<string>()
        return [input]
      })
      .node('c', { after: ['a', 'b'] }, ({ input, deps }) => {
        expectTypeOf(input).toEqualTypeOf<{ readonly a: string; readonly b: string[] }>()
        expectTypeOf(deps).toEqualTypeOf<{ readonly a: string; readonly b: string[] }>()
      })
      .node('d', { after: ['b'] }, ({ input }) => expectTypeOf(input).toEqualTypeOf<string[]>())
  })

  it('is unknown by field with expressions', () => {
    numberFlow()
      .node('a', () => 1)
      .node('b', { after: 'a', inputs: { x: 'deps.a' } }, ({ input }) =>
        expectTypeOf(input).toEqualTypeOf<{ readonly x: unknown }>(),
      )
      .node('c', { after: 'a', inputs: 'deps.a' }, ({ input }) => expectTypeOf(input).toBeUnknown())
  })
})

describe('deps', () => {
  it('have the keys of after and no others', () => {
    numberFlow()
      .node('a', () => 1)
      .node('b', () => 'x')
      .node('c', { after: 'a' }, ({ deps }) => {
        expectTypeOf(deps).toEqualTypeOf<{ readonly a: number }>()
        // @ts-expect-error b is not a predecessor
        void deps.b
      })
  })

  it('refuse a use of the wrong type', () => {
    numberFlow()
      .node('a', () => 1)
      // @ts-expect-error a is a number
      .node('b', { after: 'a' }, ({ deps }) => expectTypeOf<string>(deps.a))
  })

  it('refuse an unknown predecessor', () => {
    numberFlow()
      .node('a', () => 1)
      // @ts-expect-error there is no node "ghost"
      .node('b', { after: 'ghost' }, () => 2)
    numberFlow()
      .node('a', () => 1)
      // @ts-expect-error there is no node "ghost"
      .node('b', { after: ['a', 'ghost'] }, () => 2)
  })
})

describe('what may be skipped', () => {
  it('is optional behind a join, and stays so downstream', () => {
    numberFlow()
      .node('a', () => 1)
      .node('maybe', { after: 'a', when: ({ deps }) => deps.a > 0 }, () => 'x')
      .node('behind', { after: 'maybe' }, ({ deps }) => {
        expectTypeOf(deps.maybe).toEqualTypeOf<string>()
        return true
      })
      .node('join', { after: ['a', 'maybe', 'behind'] }, ({ deps }) => {
        expectTypeOf(deps).toEqualTypeOf<{
          readonly a: number
          readonly maybe: string | undefined
          readonly behind: boolean | undefined
        }>()
        return 1
      })
      .node('last', { after: ['a', 'join'] }, ({ deps }) => expectTypeOf(deps.join).toEqualTypeOf<number>())
  })

  it('cannot be used unguarded', () => {
    numberFlow()
      .node('a', () => 1)
      .node('maybe', { after: 'a', when: async () => true }, () => 'x')
      // @ts-expect-error maybe is possibly undefined
      .node('join', { after: ['a', 'maybe'] }, ({ deps }) => deps.maybe.length)
  })

  it('is what only an action or a condition leads to', () => {
    numberFlow()
      .node('grade', ({ input }) => (input > 1 ? route('approve', 'yes') : route('revise', 2)))
      .node('publish', { after: 'grade', action: 'approve' }, ({ deps }) => {
        expectTypeOf(deps.grade).toEqualTypeOf<string | number>()
        return 'published'
      })
      .node('log', { after: 'grade', condition: 'result > 1' }, () => 1)
      .node('join', { after: ['publish', 'log', 'grade'] }, ({ deps }) => {
        expectTypeOf(deps.publish).toEqualTypeOf<string | undefined>()
        expectTypeOf(deps.log).toEqualTypeOf<number | undefined>()
        expectTypeOf(deps.grade).toEqualTypeOf<string | number>()
        return null
      })
  })

  it('is a predecessor whose edge has an action, one that is named in the record', () => {
    numberFlow()
      .node('a', () => 1)
      .node('grade', () => route('ok', 'x'))
      .node('join', { after: ['a', 'grade'], action: { grade: 'ok' } }, ({ deps }) => {
        expectTypeOf(deps).toEqualTypeOf<{ readonly a: number; readonly grade: string | undefined }>()
      })
  })

  it('is each predecessor of any, atLeast and settled, and none of every', () => {
    const flow = numberFlow()
      .node('a', () => 1)
      .node('b', { after: 'a', when: () => false }, () => 'x')
    type Both = { readonly a: number | undefined; readonly b: string | undefined }
    flow.node('c', { after: ['a', 'b'], join: 'any' }, ({ deps }) => expectTypeOf(deps).toEqualTypeOf<Both>())
    flow.node('c', { after: ['a', 'b'], join: 'settled' }, ({ deps }) => expectTypeOf(deps).toEqualTypeOf<Both>())
    flow.node('c', { after: ['a', 'b'], join: { atLeast: 1 } }, ({ deps }) => expectTypeOf(deps).toEqualTypeOf<Both>())
    flow.node('c', { after: ['a', 'b'], join: 'every' }, ({ deps }) => {
      expectTypeOf(deps).toEqualTypeOf<{ readonly a: number; readonly b: string }>()
    })
    flow.node('c', { after: 'a', join: 'settled' }, ({ deps }) =>
      expectTypeOf(deps.a).toEqualTypeOf<number | undefined>(),
    )
  })

  it('is a node that another one cancels', () => {
    numberFlow()
      .node('a', () => 1)
      .node('b', { cancels: 'a' }, () => 1)
      .node('c', { after: ['a', 'b'] }, ({ deps }) => {
        expectTypeOf(deps).toEqualTypeOf<{ readonly a: number | undefined; readonly b: number }>()
      })
  })
})

describe('ids', () => {
  it('are unique', () => {
    const flow = numberFlow().node('a', () => 1)
    // @ts-expect-error 'node "a" is defined twice'
    flow.node('a', () => 2)
    // @ts-expect-error 'node "a" is defined twice'
    flow.node('a', { after: 'a' }, () => 2)
    // @ts-expect-error 'node "a" is defined twice'
    flow.wait('a', { after: 'a' })
    // @ts-expect-error the same for a fallback
    flow.fallback('f', { of: 'a' }, () => 1).node('f', () => 1)
  })

  it('of handlers are not names of built-in kinds', () => {
    // @ts-expect-error "map" is the name of a built-in kind of node
    numberFlow().node('map', () => 1)
    numberFlow().wait('wait')
  })
})

describe('actions', () => {
  it('are those that the handler routes by', () => {
    const flow = numberFlow()
      .node('grade', async ({ input }) => (input > 1 ? route('approve', 1) : route('revise', 1)))
      .node('plain', () => 1)
    flow.node('x', { after: 'grade', action: 'approve' }, () => 1)
    // @ts-expect-error no such action
    flow.node('x', { after: 'grade', action: 'aprove' }, () => 1)
    // @ts-expect-error no such action in a record
    flow.node('x', { after: ['grade', 'plain'], action: { grade: 'aprove' } }, () => 1)
    // @ts-expect-error "plain" has no actions
    flow.node('x', { after: 'plain', action: 'approve' }, () => 1)
  })

  it('of several predecessors are those that all of them have', () => {
    const flow = numberFlow()
      .node('a', ({ input }) => (input > 1 ? route('x', 1) : route('y', 1)))
      .node('b', ({ input }) => (input > 1 ? route('x', 1) : route('z', 1)))
    flow.node('c', { after: ['a', 'b'], action: 'x' }, () => 1)
    // @ts-expect-error b does not route y
    flow.node('c', { after: ['a', 'b'], action: 'y' }, () => 1)
  })
})

describe('errors', () => {
  it('come along an error edge as data, and make the other edges optional', () => {
    numberFlow()
      .node('a', () => 1)
      .node('b', () => 2)
      .node('rescue', { after: 'a', on: 'error' }, ({ input, deps }) => {
        expectTypeOf(input).toEqualTypeOf<ErrorData>()
        expectTypeOf(deps.a).toEqualTypeOf<ErrorData>()
      })
      .node('join', { after: ['a', 'b'] }, ({ deps }) => {
        expectTypeOf(deps).toEqualTypeOf<{ readonly a: number | undefined; readonly b: number }>()
      })
  })

  it('are caught before others rely on the node', () => {
    numberFlow()
      .node('a', () => 1)
      .node('b', { after: 'a' }, () => 1)
      // @ts-expect-error other nodes rely on "a" already
      .node('rescue', { after: 'a', on: 'error' }, () => 1)
  })

  it('are handled by a fallback that returns what the node would', () => {
    const flow = numberFlow().node('a', ({ input }) => (input > 1 ? String(input) : null))
    const built = flow
      .fallback('cached', { of: 'a', retry: { maxAttempts: 2 } }, ({ input, error }) => {
        expectTypeOf(input).toEqualTypeOf<number>()
        expectTypeOf(error).toEqualTypeOf<ErrorData>()
        return 'cached'
      })
      .node('b', { after: 'a' }, ({ deps }) => expectTypeOf(deps.a).toEqualTypeOf<string | null>())
      .build()
    expectTypeOf<OutputsOf<typeof built>['cached']>().toEqualTypeOf<string | undefined>()
    // @ts-expect-error a number is not what "a" returns
    flow.fallback('cached', { of: 'a' }, () => 5)
    // @ts-expect-error there is no node "ghost"
    flow.fallback('cached', { of: 'ghost' }, () => 'x')
  })

  it('may be handled by one fallback for several nodes', () => {
    const flow = defineWorkflow('w', { input: ofType<boolean>() })
      .node('a', (): string | number => 'x')
      .node('b', { after: 'a' }, () => 'y')
    flow.fallback('f', { of: ['a', 'b'] }, ({ input }) => {
      expectTypeOf(input).toEqualTypeOf<boolean | string | number>()
      return 'z'
    })
    // @ts-expect-error a number is not what "b" returns
    flow.fallback('f', { of: ['a', 'b'] }, () => 1)
  })
})

describe('context and dependencies', () => {
  it('are typed by the declared keys', () => {
    defineWorkflow('w', {
      context: {
        log: append<string>(),
        draft: shared<{ text: string }>(),
        seen: merge<{ a: number; b: number }>(),
        count: sum(0),
      },
      dependencies: ofType<{ db: { get(id: string): number } }>(),
    }).node('a', ({ context, dependencies }) => {
      expectTypeOf(context.get('log')).toEqualTypeOf<readonly string[] | undefined>()
      expectTypeOf(context.get('draft')).toEqualTypeOf<{ text: string } | undefined>()
      context.set('log', ['x'])
      context.set('seen', { a: 1 })
      context.update('count', (count = 0) => count + 1)
      // @ts-expect-error the items are strings
      context.set('log', [1])
      // @ts-expect-error no such key
      context.get('lgo')
      return dependencies.db.get('x')
    })
  })

  it('allow any key when none is declared', () => {
    defineWorkflow('w').node('a', ({ context }) => expectTypeOf(context.get('anything')).toBeUnknown())
  })

  it('give params their types', () => {
    defineWorkflow('w').node('a', { params: { limit: 3 }, when: ({ params }) => params.limit > 1 }, ({ params }) => {
      expectTypeOf(params.limit).toEqualTypeOf<number>()
    })
  })
})
