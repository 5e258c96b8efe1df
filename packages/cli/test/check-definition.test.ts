import type { Workflow, WorkflowBlueprint } from '@heddle/core'
import { describe, expect, it } from 'vitest'
import { checkDefinition, isValid } from '../src/definition/check-definition.ts'
import type { Definition } from '../src/definition/definition.ts'
import { review } from './fixtures/review.ts'

const nothing: Omit<Definition, 'runnable' | 'blueprint'> = {
  file: 'a.json',
  workflow: undefined,
  registry: {},
  hasRegistry: false,
  blueprints: {},
  dependencies: undefined,
}

const calls: WorkflowBlueprint = { id: 'calls', nodes: [{ id: 'call', uses: 'fetch' }], edges: [] }

describe('checking a definition', () => {
  it('finds nothing in a workflow of the builder', () => {
    const definition = { ...nothing, runnable: review, blueprint: review.blueprint, workflow: review }
    expect(checkDefinition(definition, true)).toEqual([])
  })

  it('checks handlers where they are known, or needed for a run', () => {
    const definition = { ...nothing, runnable: calls, blueprint: calls }
    expect(checkDefinition(definition, false)).toEqual([])
    expect(checkDefinition(definition, true)).toMatchObject([{ code: 'UNKNOWN_HANDLER', nodeId: 'call' }])
    expect(checkDefinition({ ...definition, hasRegistry: true, registry: { fetsh: () => 1 } }, false)).toMatchObject([
      { code: 'UNKNOWN_HANDLER', message: expect.stringContaining('Did you mean "fetsh"?') as string },
    ])
  })

  it('names the subflow that a problem lies in, at any depth and once', () => {
    const inner: Workflow = { blueprint: calls, registry: {} }
    const middle: Workflow = {
      blueprint: { id: 'middle', nodes: [{ id: 'sub', uses: 'subflow', params: { blueprintId: 'calls' } }], edges: [] },
      registry: {},
      subflows: { calls: inner },
    }
    const definition = {
      ...nothing,
      runnable: middle,
      blueprint: middle.blueprint,
      workflow: middle,
      blueprints: { inner },
    }
    const problems = checkDefinition(definition, true)
    expect(problems).toMatchObject([{ code: 'UNKNOWN_HANDLER', blueprintId: 'calls' }])
    expect(isValid(problems)).toBe(false)
  })
})
