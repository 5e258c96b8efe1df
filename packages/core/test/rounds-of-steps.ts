import { setImmediate as nextTurn } from 'node:timers/promises'
import { route } from '../src/model/node-result.ts'
import type { WorkflowBlueprint } from '../src/model/blueprint.ts'
import type { NodeContext, Registry } from '../src/ports/node-context.ts'
import { graphOf } from './blueprints.ts'

const count = 60

/** A loop in which two nodes run side by side. */
const rounds: WorkflowBlueprint = {
  ...graphOf(['begin>left', 'begin>right', 'left>join', 'right>join', 'join>begin:again', 'join>end:done']),
  id: 'rounds',
  start: ['begin'],
}

/** The same as a child run. */
const parent: WorkflowBlueprint = {
  ...graphOf(['sub>end'], { nodes: [{ id: 'sub', uses: 'subflow', params: { blueprintId: 'rounds' } }] }),
  id: 'parent',
}

/** Workflows that write a long journal, by id. */
export const roundsWorkflows: Readonly<Record<'rounds' | 'parent', WorkflowBlueprint>> = { rounds, parent }

/** What is told of a step: that it runs, or that its value came back to its handler. */
export type StepReport = { readonly ran: string } | { readonly kept: string }

/** The handlers of {@link roundsWorkflows}. Each of the two nodes takes two steps, whose values have many lengths. */
export function roundsRegistry(report: (line: StepReport) => void): Registry {
  const steps = async ({ nodeId, iteration, step }: NodeContext): Promise<string> => {
    const made: string[] = []
    for (const name of ['one', 'two']) {
      const key = stepKey({ nodeId, iteration, call: name })
      const makeValue = async (): Promise<string> => {
        report({ ran: key })
        await nextTurn() // so that snapshots are saved meanwhile
        return key.padEnd(20 + (((iteration[0] ?? 0) * 97) % 300), '.')
      }
      made.push(await step(name, makeValue))
      report({ kept: key })
    }
    return made.join(' ')
  }
  return {
    begin: ({ iteration }: NodeContext) => iteration[0],
    left: steps,
    right: steps,
    join: ({ iteration, deps }: NodeContext) => route((iteration[0] ?? 0) < count - 1 ? 'again' : 'done', deps),
    end: ({ input }: NodeContext) => input,
  }
}

/** The name of a step in all rounds. */
export function stepKey({
  nodeId,
  iteration,
  call,
}: {
  readonly nodeId: string
  readonly iteration: readonly number[]
  readonly call: string
}): string {
  return `${nodeId} ${iteration.join('.')} ${call}`
}
