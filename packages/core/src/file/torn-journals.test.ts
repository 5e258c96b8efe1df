import { appendFile, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it } from 'vitest'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { ILogger, LogMethod } from '../ports/logger.ts'
import { FlowRuntime } from '../runtime/flow-runtime.ts'
import { FileStore } from './file-store.ts'

const asking: WorkflowBlueprint = { id: 'asking', nodes: [{ id: 'ask', uses: 'wait' }], edges: [] }

const quiet: LogMethod = () => undefined

it('tells the logger when a run is opened whose journal ended in an interrupted append, and goes on with it', async () => {
  const dir = await mkdtemp(path.join(tmpdir(), 'torn-'))
  const warnings: unknown[] = []
  const logger: ILogger = {
    trace: quiet,
    debug: quiet,
    info: quiet,
    error: quiet,
    warn: (fields: string | object, message?: string) => void warnings.push([fields, message]),
    child: () => logger,
  }
  try {
    await using first = new FlowRuntime({ store: new FileStore({ dir }) })
    await first.run(asking, undefined, { runId: 'r' })
    await first.close()
    const file = path.join(dir, 'runs', 'r', 'journal.log')
    const { size } = await stat(file)
    await appendFile(file, '0badc0de 1 [{"seq":')
    await using second = new FlowRuntime({ store: new FileStore({ dir }), logger })
    const run = second.open(asking, 'r')
    await run.resume('ask', 'fine')
    expect((await run.result()).output).toBe('fine')
    expect(warnings).toEqual([
      [
        { runId: 'r', offset: size, droppedBytes: 19, file },
        'the journal of the run ended in an interrupted append, which was cut off',
      ],
    ])
  } finally {
    await rm(dir, { recursive: true })
  }
})
