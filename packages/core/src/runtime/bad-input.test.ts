import { describe, expect, it } from 'vitest'
import { graphOf } from '../../test/blueprints.ts'
import { SuperjsonSerializer } from '../defaults/superjson-serializer.ts'
import type { StandardSchema } from '../model/standard-schema.ts'
import type { NodeContext } from '../ports/node-context.ts'
import { parseBlueprint } from '../graph/blueprint-shape.ts'
import { FlowRuntime } from './flow-runtime.ts'
import type { RunOptions } from './options.ts'

/** A schema that lets through objects with a text `name`. */
const named: StandardSchema<{ name: string }> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) => {
      const isNamed = typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string'
      return isNamed
        ? { value: value as { name: string } }
        : { issues: [{ message: 'expected a text', path: ['name'] }] }
    },
  },
}

const ok = (): string => 'ok'

describe('bad input', () => {
  it('says that a text is not JSON', () => {
    expect(() => parseBlueprint('{ "id": ')).toThrow(expect.objectContaining({ code: 'INVALID_BLUEPRINT' }))
  })

  it('warns of a field that no blueprint has', () => {
    const { warnings } = parseBlueprint({ id: 'x', nodes: [{ id: 'a', uses: 'a', retries: 3 }], edges: [] })
    expect(warnings).toMatchObject([{ code: 'UNKNOWN_FIELD' }])
  })

  it('refuses an invalid blueprint with all its problems at once', async () => {
    const runtime = new FlowRuntime({ registry: { a: ok } })
    const blueprint = {
      id: 'x',
      nodes: [
        { id: 'a', uses: 'a' },
        { id: 'a', uses: 'aa' },
        { id: 'b c', uses: 'a' },
      ],
      edges: [{ source: 'a', target: 'ghost' }],
    }
    const run = runtime.run(blueprint)
    await expect(run).rejects.toMatchObject({ code: 'INVALID_BLUEPRINT' })
    const error = await run.catch((error_: unknown) => error_ as { details: { problems: unknown[] } })
    expect((error as { details: { problems: unknown[] } }).details.problems.length).toBeGreaterThanOrEqual(4)
  })

  it('fails a node whose promise never settles by its timeout, even if it ignores the signal', async () => {
    const runtime = new FlowRuntime({ registry: { hang: () => new Promise(() => {}) } })
    const result = await runtime.run(
      graphOf([], { nodes: [{ id: 'hang', uses: 'hang' }], config: { hang: { timeoutMs: 5 } } }),
    )
    expect(result).toMatchObject({
      status: 'failed',
      errors: [{ code: 'NODE_TIMEOUT', details: { nodeId: 'hang', timeoutMs: 5 } }],
    })
  })

  it('fails a node that throws something other than an Error, and says what', async () => {
    const runtime = new FlowRuntime({
      registry: {
        bad: () => {
          // oxlint-disable-next-line typescript/only-throw-error, no-throw-literal -- this is what the test is about
          throw { reason: 42 }
        },
      },
    })
    const result = await runtime.run(graphOf([], { nodes: [{ id: 'bad', uses: 'bad' }] }))
    expect(result.errors).toMatchObject([{ code: 'NODE_FAILED', cause: { reason: 42 } }])
    expect(result.errors[0]?.message).toContain('{"reason":42}')
  })

  it('fails a node that throws a value which throws when it is looked at', async () => {
    const trap = new Proxy(
      {},
      {
        get() {
          throw new Error('trap')
        },
      },
    )
    const runtime = new FlowRuntime({
      registry: {
        bad: () => {
          // oxlint-disable-next-line typescript/only-throw-error -- this is what the test is about
          throw trap
        },
      },
    })
    const result = await runtime.run(graphOf([], { nodes: [{ id: 'bad', uses: 'bad' }] }))
    expect(result).toMatchObject({ status: 'failed', errors: [{ code: 'NODE_FAILED', details: { nodeId: 'bad' } }] })
  })

  it('refuses an answer that cannot be stored, and leaves the wait open', async () => {
    const runtime = new FlowRuntime({ registry: { a: ok } })
    await runtime.run(graphOf(['a>hold'], { nodes: [{ id: 'hold', uses: 'wait' }] }), 1, { runId: 'r' })
    const run = runtime.open('r')
    await expect(run.resume('hold', ok)).rejects.toMatchObject({ code: 'INVALID_PAYLOAD' })
    await run.resume('hold', 'fine')
    expect(await run.result()).toMatchObject({ status: 'completed', outputs: { hold: 'fine' } })
  })

  it('fails a node whose output cannot be stored, names the path, and keeps the rest of the state', async () => {
    const runtime = new FlowRuntime({ registry: { a: ok, bad: () => ({ user: { callbacks: [1, ok] } }), after: ok } })
    const result = await runtime.run(graphOf(['a>bad', 'bad>after']))
    expect(result).toMatchObject({
      status: 'failed',
      outputs: { a: 'ok' },
      errors: [{ code: 'NOT_SERIALISABLE', details: { path: '$.user.callbacks[1]' } }],
    })
  })

  it('refuses an expression with a syntax error before anything runs, with edge, position and expression', async () => {
    let calls = 0
    const runtime = new FlowRuntime({ registry: { a: () => calls++, b: ok } })
    const run = runtime.run(graphOf(['a>b?result. >> 3']))
    await expect(run).rejects.toMatchObject({ code: 'INVALID_BLUEPRINT' })
    await expect(run).rejects.toThrow(/a>b#0/u)
    expect(calls).toBe(0)
  })

  it('refuses an input that does not match the schema, with path and reason', async () => {
    const runtime = new FlowRuntime()
    const workflow = {
      blueprint: graphOf([], { nodes: [{ id: 'a', uses: 'a' }] }),
      registry: { a: ok },
      inputSchema: named,
    }
    await expect(runtime.run(workflow, { name: 7 })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { issues: [{ path: '$.name', message: 'expected a text' }] },
    })
  })

  it('refuses options with which a run would never start or never end as was meant', async () => {
    const runtime = new FlowRuntime({ registry: { work: () => 1 } })
    const blueprint = { id: 'one', nodes: [{ id: 'a', uses: 'work' }], edges: [] }
    const refused: RunOptions[] = [
      ...[0, -1, 1.5, Number.NaN].map((concurrency) => ({ concurrency })),
      ...[Number.NaN, -1, Infinity].map((deadlineMs) => ({ deadlineMs })),
      { onFailure: 'nope' as 'stop' },
    ]
    for (const options of refused) {
      const [option] = Object.keys(options)
      const expected = { code: 'INVALID_OPTION', details: { option } }
      await expect(runtime.run(blueprint, 1, options)).rejects.toMatchObject(expected)
      await expect(runtime.start(blueprint, 1, options)).rejects.toMatchObject(expected)
      expect(() => runtime.prepare(blueprint, 1, options)).toThrow(`${option} must be`)
    }
    await expect(runtime.run(blueprint, 1, { concurrency: Infinity, deadlineMs: 0 })).resolves.toBeDefined()
  })

  it('refuses a run id that was used with another definition or input, and answers the same run otherwise', async () => {
    const runtime = new FlowRuntime({ registry: { a: ok, b: ok } })
    const first = await runtime.start(graphOf(['a>b']), 1, { runId: 'same' })
    await expect(runtime.start(graphOf(['a>b']), 1, { runId: 'same' })).resolves.toBe(first)
    await expect(runtime.start(graphOf(['b>a']), 1, { runId: 'same' })).rejects.toMatchObject({
      code: 'RUN_CONFLICT',
      details: { what: 'definition' },
    })
    await expect(runtime.start(graphOf(['a>b']), 2, { runId: 'same' })).rejects.toMatchObject({
      code: 'RUN_CONFLICT',
      details: { what: 'input' },
    })
  })

  it.each(['', 'a b', 'a:b', '__proto__', '}', 'x'.repeat(129)])('refuses the run id %j', async (runId) => {
    const runtime = new FlowRuntime({ registry: { a: ok, b: ok } })
    await expect(runtime.run(graphOf(['a>b']), 1, { runId })).rejects.toMatchObject({ code: 'INVALID_ID' })
  })

  it('refuses a snapshot of a state over the size limit', async () => {
    const registry = { big: () => 'x'.repeat(2000) }
    const runtime = new FlowRuntime({ registry, serializer: new SuperjsonSerializer({ maxBytes: 3000 }) })
    const blueprint = graphOf(['big>hold', 'big2>hold'], {
      nodes: [
        { id: 'big2', uses: 'big' },
        { id: 'hold', uses: 'wait' },
      ],
    })
    const run = await runtime.start(blueprint)
    for (let turn = 0; turn < 50; turn++) await Promise.resolve()
    await expect(run.snapshot()).rejects.toEqual(expect.objectContaining({ code: 'STATE_TOO_LARGE' }))
  })

  it('refuses to resume a run with another definition', async () => {
    const runtime = new FlowRuntime({ registry: { a: ok, b: ok } })
    const hold = { id: 'hold', uses: 'wait' }
    await runtime.run(graphOf(['a>hold'], { nodes: [hold] }), 1, { runId: 'r' })
    const snapshot = await runtime.open('r').snapshot()
    await expect(runtime.start(graphOf(['b>hold'], { nodes: [hold] }), 1, { snapshot })).rejects.toMatchObject({
      code: 'DEFINITION_MISMATCH',
    })
  })

  it('fails a visit on an expression that fails at run time, without a retry', async () => {
    let calls = 0
    const registry = {
      a: ({ attempt }: NodeContext) => {
        calls = attempt
        return { n: 1 }
      },
      b: ok,
    }
    const runtime = new FlowRuntime({ registry })
    const result = await runtime.run(
      graphOf(['a>b?result.missing.field > 1'], { config: { a: { retry: { maxAttempts: 3 } } } }),
    )
    expect(result).toMatchObject({ status: 'failed', errors: [{ code: 'EXPRESSION_FAILED' }] })
    expect(calls).toBe(1)
  })
})
