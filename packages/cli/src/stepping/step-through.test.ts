import type { WorkflowBlueprint } from '@heddle/core'
import { expect, it } from 'vitest'
import { Printer } from '../output/printer.ts'
import { RunProgress } from '../progress/run-progress.ts'
import { stepThrough, type Command } from './step-through.ts'

/** Steps through a run of one wait, which is answered by what somebody types in turn. */
async function typed(...answers: readonly string[]): Promise<{ written: string; output: unknown }> {
  return typedAt({}, ...answers)
}

/** The same at a terminal. */
async function typedAt(
  terminal: { readonly isTTY?: boolean; readonly columns?: number },
  ...answers: readonly string[]
): Promise<{ written: string; output: unknown }> {
  const blueprint: WorkflowBlueprint = { id: 'w', nodes: [{ id: 'n', uses: 'wait' }], edges: [] }
  let written = ''
  const stream = {
    ...terminal,
    write: (text: string) => {
      written += text
    },
  }
  const left = [...answers]
  const { result } = await stepThrough({
    definition: {
      file: 'w.json',
      runnable: blueprint,
      blueprint,
      workflow: undefined,
      registry: {},
      hasRegistry: true,
      blueprints: {},
      dependencies: undefined,
    },
    settings: { input: undefined },
    answers: [],
    progress: new RunProgress(1),
    out: new Printer(stream, {}),
    ask: async ({ isWait }): Promise<Command> => {
      if (!isWait) return { type: 'next' }
      const text = left.shift()
      return text === undefined ? { type: 'quit' } : { type: 'answer', text }
    },
    signal: new AbortController().signal,
  })
  return { written, output: result.output }
}

it('says of an answer that is no JSON what is wrong with what was typed, and asks again', async () => {
  const { written, output } = await typed('yes', 'go=no', '', '"yes"')
  const [word, action] = written.split('\n').filter((line) => line.includes('is not JSON'))
  expect(word).toBe(
    `  The answer is not JSON: Unexpected token 'y' (line 1, column 1). A text needs quotes of its own: "text".`,
  )
  expect(action).toMatch(/^ {2}The answer is not JSON: Unexpected token 'o' \(line 1, column 2\)/u)
  expect(written).toContain('  Nothing was typed. Type the answer as JSON, null for instance')
  expect(output).toBe('yes')
})

it('takes an answer with an action, and one with a value that has signs of its own', async () => {
  expect((await typed('go={"a/b=c":1}')).output).toEqual({ 'a/b=c': 1 })
  expect((await typed('{"a=b":"x=1"}')).output).toEqual({ 'a=b': 'x=1' })
})

it('shows outputs at a terminal that does not know its width', async () => {
  const { written } = await typedAt({ isTTY: true, columns: 0 }, '"well"')
  expect(written).toContain('→ "well"')
})
