import { it } from 'vitest'
import { EventDrivenOrchestrator } from '/work/main/packages/core/src/orchestrators/event-driven.ts'
import { FlowRuntime } from '/work/main/packages/core/src/runtime/flow-runtime.ts'
import { expand } from '/work/main/packages/core/src/model/node-result.ts'
import { consoleLogger } from '/work/main/packages/core/src/defaults/console-logger.ts'
it('x', async () => {
  const runtime = new FlowRuntime({
    logger: consoleLogger(),
    registry: {
      a: () =>
        expand(
          {
            nodes: [{ id: 'n', uses: 'b' }],
            edges: [
              { source: 'a', target: 'n' },
              { source: 'n', target: 'b' },
            ],
          },
          1,
        ),
      b: ({ deps }) => deps,
    },
  })
  const p = runtime.prepare({
    id: 'x',
    nodes: [
      { id: 'a', uses: 'a' },
      { id: 'b', uses: 'b' },
    ],
    edges: [{ source: 'a', target: 'b' }],
  })
  runtime.eventBus.on('*', (e) => console.log(JSON.stringify(e)))
  const r = await Promise.race([
    new EventDrivenOrchestrator().run(p.traverser, p.executorFactory, p.state, p.services),
    new Promise((ok) => setTimeout(ok, 1500)),
  ])
  console.log(JSON.stringify(r))
})
