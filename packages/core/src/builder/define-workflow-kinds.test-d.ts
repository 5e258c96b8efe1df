import { describe, expectTypeOf, it } from 'vitest'
import { route } from '../model/node-result.ts'
import type { StandardSchema } from '../model/standard-schema.ts'
import type { InputOf, OutputOf, OutputsOf, WaitsOf, Workflow } from '../ports/workflow.ts'
import { defineWorkflow } from './define-workflow.ts'
import { ofType } from './of-type.ts'

const begin = () => defineWorkflow('w', { input: ofType<number>() }).node('a', ({ input }) => [input, input])
declare const words: AsyncIterable<string>
declare const payload: StandardSchema<{ ok: boolean }, { ok: boolean; by: string }>
declare function resume<W, N extends keyof WaitsOf<W>>(workflow: W, name: N, value: WaitsOf<W>[N]): void
declare function run<W>(workflow: W, input: InputOf<W>): OutputOf<W>

describe('map', () => {
  it('types item, index and the list of outputs', () => {
    begin()
      .map('m', { after: 'a', over: ({ deps }) => deps.a, concurrency: 2 }, async ({ item, index, deps }) => {
        expectTypeOf(item).toEqualTypeOf<number>()
        expectTypeOf(index).toEqualTypeOf<number>()
        expectTypeOf(deps.a).toEqualTypeOf<number[]>()
        return String(item)
      })
      .node('b', { after: 'm' }, ({ deps }) => expectTypeOf(deps.m).toEqualTypeOf<string[]>())
  })

  it('has undefined among the outputs when failures are tolerated', () => {
    begin()
      .map('m', { after: 'a', over: ({ deps }) => new Set(deps.a), tolerated: { share: 0.5 } }, ({ item }) => item)
      .node('b', { after: 'm' }, ({ deps }) => expectTypeOf(deps.m).toEqualTypeOf<(number | undefined)[]>())
  })

  it('takes async iterables, and promises of items', () => {
    begin()
      .map('m', { after: 'a', over: () => words }, ({ item }) => expectTypeOf(item).toEqualTypeOf<string>())
      .map('n', { after: 'a', over: async ({ input }) => input }, ({ item }) =>
        expectTypeOf(item).toEqualTypeOf<number>(),
      )
  })

  it('refuses what has no items', () => {
    // @ts-expect-error a number has no items
    begin().map('m', { after: 'a', over: ({ deps }) => deps.a.length }, () => 1)
    // @ts-expect-error nor are the characters of a string meant
    begin().map('m', { after: 'a', over: () => 'text' }, () => 1)
  })
})

describe('wait', () => {
  it('has the payload as output, and is optional with a when', () => {
    begin()
      .wait('approval', { after: 'a', when: ({ deps }) => deps.a.length > 1, schema: payload, timeout: '7d' })
      .node('b', { after: ['a', 'approval'] }, ({ deps }) => {
        expectTypeOf(deps.approval).toEqualTypeOf<{ ok: boolean; by: string } | undefined>()
        // @ts-expect-error unguarded
        return deps.approval.ok
      })
  })

  it('names its timeout action', () => {
    const flow = begin().wait('approval', { after: 'a', schema: payload, timeout: '7d', timeoutAction: 'late' })
    flow.node('b', { after: 'approval', action: 'late' }, ({ input }) => {
      expectTypeOf(input).toEqualTypeOf<{ ok: boolean; by: string } | undefined>()
    })
    // @ts-expect-error no such action
    flow.node('b', { after: 'approval', action: 'never' }, () => 1)
  })

  it('types the payload of a resume, those of children included', () => {
    const child = defineWorkflow('child').wait('nested', { schema: ofType<string>() }).build()
    const flow = begin()
      .wait('approval', { after: 'a', schema: payload })
      .subflow('s', { after: 'a', workflow: child })
      .build()
    resume(flow, 'approval', { ok: true })
    resume(flow, 'nested', 'text')
    // @ts-expect-error ok is a boolean
    resume(flow, 'approval', { ok: 'yes' })
    // @ts-expect-error no such wait
    resume(flow, 'aproval', { ok: true })
  })
})

describe('webhook', () => {
  const announce = ({ token }: { readonly token: string }): unknown => token

  it('hands announce the token beside the context of the node', () => {
    begin().webhook('paid', {
      after: 'a',
      announce: ({ token, deps, input }) => {
        expectTypeOf(token).toEqualTypeOf<string>()
        expectTypeOf(deps.a).toEqualTypeOf<number[]>()
        expectTypeOf(input).toEqualTypeOf<number[]>()
      },
    })
  })

  it('has the payload as output, and is optional with a when', () => {
    begin()
      .webhook('paid', { after: 'a', schema: payload, timeout: '1h', announce })
      .webhook('signed', { after: 'paid', when: ({ deps }) => deps.paid.ok, schema: payload, announce })
      .node('b', { after: ['paid', 'signed'] }, ({ deps }) => {
        expectTypeOf(deps.paid).toEqualTypeOf<{ ok: boolean; by: string }>()
        expectTypeOf(deps.signed).toEqualTypeOf<{ ok: boolean; by: string } | undefined>()
        // @ts-expect-error unguarded
        return deps.signed.ok
      })
  })

  it('names its timeout action', () => {
    const flow = begin().webhook('paid', {
      after: 'a',
      schema: payload,
      timeout: '1h',
      timeoutAction: 'late',
      announce,
    })
    flow.node('b', { after: 'paid', action: 'late' }, ({ input }) => {
      expectTypeOf(input).toEqualTypeOf<{ ok: boolean; by: string } | undefined>()
    })
    // @ts-expect-error no such action
    flow.node('b', { after: 'paid', action: 'never' }, () => 1)
  })

  it('can be resumed under its id with what the schema accepts', () => {
    const flow = begin().webhook('paid', { after: 'a', schema: payload, announce }).build()
    resume(flow, 'paid', { ok: true })
    // @ts-expect-error ok is a boolean
    resume(flow, 'paid', { ok: 'yes' })
    // @ts-expect-error no such wait
    resume(flow, 'payed', { ok: true })
  })

  it('is refused without announce, after an unknown node, and with a duration that has no unit', () => {
    // @ts-expect-error nobody would learn the token
    begin().webhook('paid', { after: 'a', schema: payload })
    // @ts-expect-error no such node
    begin().webhook('paid', { after: 'aa', announce })
    // @ts-expect-error no unit
    begin().webhook('paid', { after: 'a', timeout: '1', announce })
    // @ts-expect-error the token is a text
    begin().webhook('paid', { announce: ({ token }: { readonly token: number }) => token })
  })
})

describe('sleep', () => {
  it('takes a duration or a moment, and hands its input on', () => {
    begin()
      .sleep('s', { after: 'a', for: '2s' })
      .sleep('t', { after: 's', until: ({ deps }) => new Date(deps.s.length) })
      .node('b', { after: 't' }, ({ input }) => expectTypeOf(input).toEqualTypeOf<number[]>())
    // @ts-expect-error neither
    begin().sleep('s', { after: 'a' })
    // @ts-expect-error no unit
    begin().sleep('s', { after: 'a', for: '2' })
  })
})

describe('subflow', () => {
  const child = defineWorkflow('child', { input: ofType<number[]>() })
    .node('x', ({ input }) => input.join(','))
    .build()

  it('hands on its input and has the output of the child', () => {
    begin()
      .subflow('s', { after: 'a', workflow: child })
      .node('b', { after: 's' }, ({ deps }) => expectTypeOf(deps.s).toEqualTypeOf<string>())
  })

  it('maps input and output', () => {
    defineWorkflow('w', { input: ofType<string>() })
      .subflow('s', {
        workflow: child,
        input: ({ input }) => [input.length],
        output: ({ output, input }) => ({ all: output, input }),
      })
      .node('b', { after: 's' }, ({ deps }) => expectTypeOf(deps.s).toEqualTypeOf<{ all: string; input: string }>())
  })

  it('refuses an input that does not fit', () => {
    // @ts-expect-error the run's input is a string
    defineWorkflow('w', { input: ofType<string>() }).subflow('s', { workflow: child })
    // @ts-expect-error the mapped input is a string
    defineWorkflow('w').subflow('s', { workflow: child, input: () => 'x' })
  })
})

describe('loop', () => {
  const body = defineWorkflow('body', { input: ofType<number>() })
    .node('x', ({ input }) => input + 1)
    .build()

  it('types until by the output of the body', () => {
    defineWorkflow('w', { input: ofType<number>() })
      .loop('l', { body, until: ({ output, iteration }) => output > 3 || iteration.length > 5, maxIterations: 10 })
      .node('b', { after: 'l' }, ({ deps }) => expectTypeOf(deps.l).toEqualTypeOf<number>())
  })

  it('makes deps optional for later iterations and maps the first input', () => {
    begin().loop('l', {
      after: 'a',
      body,
      input: ({ deps }) => deps.a.length,
      while: ({ deps }) => {
        expectTypeOf(deps.a).toEqualTypeOf<number[] | undefined>()
        return false
      },
    })
  })

  it('refuses a body that does not take the input or its own output, and two criteria', () => {
    // @ts-expect-error a list is not a number
    begin().loop('l', { after: 'a', body, until: () => true })
    const text = defineWorkflow('text', { input: ofType<number>() })
      .node('x', ({ input }) => `${input}`)
      .build()
    // @ts-expect-error the next iteration would take a string
    defineWorkflow('w', { input: ofType<number>() }).loop('l', { body: text, until: () => true })
    // @ts-expect-error until and while
    defineWorkflow('w', { input: ofType<number>() }).loop('l', { body, until: () => true, while: () => true })
  })
})

describe('edge', () => {
  const agent = () =>
    defineWorkflow('agent', { input: ofType<string[]>() })
      .node('model', ({ input }) => (input.length < 3 ? route('call', input) : route('done', input)))
      .node('tools', { after: 'model', action: 'call' }, ({ input }) => [...input, 'x'])
      .node('answer', { after: 'model', action: 'done' }, ({ input }) => input.join(' '))

  it('leads back to a start node that takes what comes', () => {
    agent().edge('tools', 'model').build()
    // @ts-expect-error a string is not what "model" takes
    agent().edge('answer', 'model')
    agent().edge('answer', 'model', { transform: '[result]' })
  })

  it('refuses unknown nodes and actions', () => {
    // @ts-expect-error there is no node "ghost"
    agent().edge('tools', 'ghost')
    // @ts-expect-error there is no node "ghost"
    agent().edge('ghost', 'model')
    // @ts-expect-error no such action
    agent().edge('model', 'model', { action: 'again' })
    agent().edge('model', 'model', { action: 'call' })
  })

  it('leads back to a node with predecessors only if that is a header, whose deps are optional', () => {
    const flow = begin()
    flow
      .node('h', { after: 'a', header: true }, ({ input, deps }) => {
        expectTypeOf(input).toEqualTypeOf<number[]>()
        expectTypeOf(deps).toEqualTypeOf<{ readonly a: number[] | undefined }>()
        return route('again', input)
      })
      .edge('h', 'h', { action: 'again' })
    // @ts-expect-error define it with header: true
    flow.node('h', { after: 'a' }, ({ input }) => input).edge('h', 'h')
  })

  it('leads to a node without predecessors, which may then be skipped', () => {
    const flow = begin()
      .node('b', () => 1)
      .node('c', ({ input }) => input)
      .edge('b', 'c', { condition: 'result > 1' })
    flow.node('d', { after: ['b', 'c'] }, ({ deps }) => {
      expectTypeOf(deps).toEqualTypeOf<{ readonly b: number; readonly c: number | undefined }>()
    })
    flow.build({ output: 'c' })
  })
})

describe('build', () => {
  const flow = () =>
    begin()
      .node('b', { after: 'a' }, () => 'x')
      .node('c', { after: 'a', when: () => true }, () => true)

  it('gives the output of the named node, of the only terminal one, or the record of several', () => {
    const named = flow().build({ output: 'b' })
    expectTypeOf<OutputOf<typeof named>>().toEqualTypeOf<string>()
    const skippable = flow().build({ output: 'c' })
    expectTypeOf<OutputOf<typeof skippable>>().toEqualTypeOf<boolean | undefined>()
    const several = flow().build()
    expectTypeOf<OutputOf<typeof several>>().toEqualTypeOf<{ readonly b: string; readonly c: boolean | undefined }>()
    const joined = flow()
      .node('d', { after: ['b', 'c'] }, () => 1)
      .build()
    expectTypeOf<OutputOf<typeof joined>>().toEqualTypeOf<number>()
    expectTypeOf<OutputsOf<typeof joined>['c']>().toEqualTypeOf<boolean | undefined>()
    expectTypeOf(joined).toExtend<Workflow>()
  })

  it('refuses unknown output and start nodes, and starting in the middle', () => {
    // @ts-expect-error there is no node "ghost"
    flow().build({ output: 'ghost' })
    // @ts-expect-error there is no node "ghost"
    flow().build({ start: ['ghost'] })
    // @ts-expect-error b has a predecessor
    flow().build({ start: ['b'] })
    flow().build({ start: ['a'] })
  })

  it('types the input of a run', () => {
    run(flow().build(), 5)
    // @ts-expect-error the input is a number
    run(flow().build(), 'five')
  })
})

describe('what undoes a node', () => {
  const workflow = defineWorkflow('undo', { input: ofType<{ price: number }>(), onFailure: 'compensate' })
    .node('charge', ({ input }) => ({ receipt: `for ${input.price}` }))
    .map('items', { after: 'charge', over: ({ deps }) => [deps.charge.receipt] }, ({ item }) => item.length)
    .node('book', { after: 'items' }, () => 'booked')
    .fallback('note', { of: 'book' }, () => 'noted')

  it('knows input, deps and output of the node, and that the output is missing if the outcome is unknown', () => {
    workflow.compensate('charge', ({ input, isOutcomeKnown, output, error, visitIdempotencyKey }) => {
      expectTypeOf(input).toEqualTypeOf<{ price: number }>()
      expectTypeOf(output).toEqualTypeOf<{ receipt: string } | undefined>()
      if (isOutcomeKnown) expectTypeOf(output).toEqualTypeOf<{ receipt: string }>()
      else expectTypeOf(output).toEqualTypeOf<undefined>()
      expectTypeOf(error.message).toEqualTypeOf<string>()
      expectTypeOf(visitIdempotencyKey).toEqualTypeOf<string>()
    })
    workflow.compensate('book', ({ deps }) => expectTypeOf(deps.items).toEqualTypeOf<number[]>())
  })

  it('undoes a map item by item', () => {
    workflow.compensate('items', ({ item, index, output }) => {
      expectTypeOf(item).toEqualTypeOf<string>()
      expectTypeOf(index).toEqualTypeOf<number>()
      expectTypeOf(output).toEqualTypeOf<number | undefined>()
    })
  })

  it('may be given for a fallback, and for no unknown node', () => {
    workflow.compensate('note', ({ output }) => expectTypeOf(output).toEqualTypeOf<string | undefined>())
    // @ts-expect-error there is no node "chrge"
    workflow.compensate('chrge', () => undefined)
  })

  it('keeps the types of the workflow', () => {
    const built = workflow.compensate('charge', () => undefined).build()
    expectTypeOf<OutputOf<typeof built>>().toEqualTypeOf<string>()
  })

  it('may be an option, where the output is not known yet', () => {
    workflow.node(
      'ship',
      {
        after: 'book',
        compensate: ({ deps, output, isOutcomeKnown }) => {
          expectTypeOf(deps.book).toEqualTypeOf<string>()
          expectTypeOf(output).toEqualTypeOf<unknown>()
          expectTypeOf(isOutcomeKnown).toEqualTypeOf<boolean>()
        },
      },
      ({ deps }) => deps.book.length,
    )
  })
})

describe('the example of the documentation', () => {
  it('type-checks', () => {
    const review = defineWorkflow('review-article', { input: ofType<{ url: string }>() })
      .node('fetch', async ({ input, signal }) => (await fetch(input.url, { signal })).text())
      .node('chapters', { after: 'fetch' }, ({ deps }) => deps.fetch.split('\n\n'))
      .map(
        'summaries',
        {
          after: 'chapters',
          over: ({ deps }) => deps.chapters,
          concurrency: 4,
          retry: { maxAttempts: 3, backoff: '2s' },
        },
        async ({ item }) => item.slice(0, 10),
      )
      .node('score', { after: 'summaries', timeout: '30s' }, ({ deps }) => deps.summaries.join('\n').length)
      .wait('approval', { after: 'score', when: ({ deps }) => deps.score < 0.7, schema: payload, timeout: '7d' })
      .node('publish', { after: ['score', 'approval'], join: 'all' }, ({ deps }) => ({
        published: deps.approval?.ok ?? true,
      }))
      .build()
    expectTypeOf<OutputOf<typeof review>>().toEqualTypeOf<{ published: boolean }>()
  })
})
