import { defineWorkflow, ofType, type Workflow } from '@heddle/core'

/** A workflow of one slow node, whose work is told by whoever carries it out. */
export function slowWorkflow(work: (input: string, signal: AbortSignal) => Promise<string>): Workflow {
  return defineWorkflow('slow', { input: ofType<string>() })
    .node('work', ({ input, signal }) => work(input, signal))
    .build()
}
