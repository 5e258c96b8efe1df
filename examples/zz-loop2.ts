import { FlowRuntime, GraphTraverser } from '@heddle/core'
import { graphs, handlersInto } from './seed-programs/graphs.ts'
import { ResumptionOrchestrator as SeedResumption } from './seed-programs/resumption.ts'
import { StepByStepOrchestrator as SeedStepByStep } from './seed-programs/step-by-step.ts'
console.log = () => {}
for (const [name, { blueprint, input }] of Object.entries(graphs)) {
  const calls: string[] = []
  const p = new FlowRuntime({ registry: handlersInto(calls) }).prepare(blueprint, input)
  await new SeedStepByStep().run(p.traverser, p.executorFactory, p.state, p.services)
  const o = new SeedResumption()
  const r = await o.run(new GraphTraverser(blueprint), p.executorFactory, p.state, p.services)
  console.error(name, r.status, calls.join(), JSON.stringify(r.outputs))
}
