import { defineWorkflow, ofType, type Workflow } from '@heddle/core'

/** A workflow of four nodes, in one of its versions: each node adds which version of its handler it was. */
export function versionedWorkflow(version: string, work: () => Promise<void>): Workflow {
  const step = (made: readonly string[]) => async (): Promise<string[]> => {
    await work()
    return [...made, version]
  }
  return defineWorkflow('deployed', { input: ofType<number>(), version })
    .node('first', step([]))
    .node('second', { after: 'first' }, ({ input }) => step(input)())
    .node('third', { after: 'first' }, ({ input }) => step(input)())
    .node('last', { after: ['second', 'third'] }, ({ deps }) => step([...deps.second, ...deps.third])())
    .build()
}
