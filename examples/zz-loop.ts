import { FlowRuntime, GraphTraverser } from '@heddle/core'
import { graphs, handlersInto } from '/work/main/examples/seed-programs/graphs.ts'
import { ResumptionOrchestrator as SeedResumption } from '/work/main/examples/seed-programs/resumption.ts'
import { StepByStepOrchestrator as SeedStepByStep } from '/work/main/examples/seed-programs/step-by-step.ts'
console.log = () => {}
for (const [name, { blueprint, input }] of Object.entries(graphs)) {
  const calls: string[] = []
  const p = new FlowRuntime({ registry: handlersInto(calls) }).prepare(blueprint, input)
  const o = new SeedResumption(new SeedStepByStep())
  let n = 0, r: any
  do r = await o.run(p.traverser, p.executorFactory, p.state, p.services); while (p.traverser.hasMoreWork() && ++n < 8)
  console.error(name, n, r.status, calls.join())
}
