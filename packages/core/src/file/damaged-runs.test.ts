import { expect, it } from 'vitest'
import { SimulatedDisk } from '../../test/simulated-disk.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import type { ILogger, LogMethod } from '../ports/logger.ts'
import type { RunHandle } from '../ports/run-handle.ts'
import { FlowRuntime } from '../runtime/flow-runtime.ts'
import { nodeProcesses } from './processes.ts'
import { FileStore } from './file-store.ts'

const asking: WorkflowBlueprint = { id: 'asking', nodes: [{ id: 'ask', uses: 'wait' }], edges: [] }

const calling: WorkflowBlueprint = {
  id: 'calling',
  nodes: [{ id: 'sub', uses: 'subflow', params: { blueprintId: 'asking' } }],
  edges: [],
}

const blueprints = { asking, calling }

/** A logger that keeps its errors. */
function keepingErrors(errors: object[]): ILogger {
  const drop: LogMethod = () => undefined
  const error: LogMethod = (entry) => void errors.push(entry as object)
  const logger: ILogger = { trace: drop, debug: drop, info: drop, warn: drop, error, child: () => logger }
  return logger
}

/** A process on a disk. */
function processOn(disk: SimulatedDisk, errors: object[] = []): FlowRuntime {
  const store = new FileStore({ dir: '/store', files: disk, processes: nodeProcesses, fsync: 'never' })
  return new FlowRuntime({ blueprints, store, logger: keepingErrors(errors) })
}

/** A disk with runs of these ids that wait, as a process has left them. */
async function diskWith(runs: Readonly<Record<string, WorkflowBlueprint>>): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk()
  const runtime = processOn(disk)
  for (const [runId, blueprint] of Object.entries(runs)) await runtime.run(blueprint, runId, { runId })
  await runtime.close()
  return disk
}

const journalOf = (runId: string): string => `/store/runs/${runId}/journal.log`

/** Changes one text of a journal, so that the checksum of its line is wrong. */
function damage(disk: SimulatedDisk, runId: string, text: string): Buffer {
  const whole = disk.bytesOf(journalOf(runId))
  const bytes = Buffer.from(whole)
  bytes.write('?', bytes.indexOf(text))
  disk.put(journalOf(runId), bytes)
  return whole
}

const byId = (handles: readonly RunHandle[]): Map<string, RunHandle> =>
  new Map(handles.map((handle) => [handle.runId, handle]))

const corrupt = (runId: string): object => ({ code: 'JOURNAL_CORRUPT', details: { runId, file: journalOf(runId) } })

it.each([
  ['in its first line', '"runId"'],
  ['in an entry', 'run.started'],
])('a journal that is damaged %s holds up no other run when runs are recovered, and is told', async (_where, text) => {
  const disk = await diskWith({ a: asking, b: asking, c: asking })
  damage(disk, 'b', text)
  const errors: object[] = []
  const runtime = processOn(disk, errors)
  const handles = byId(await runtime.recover())

  expect([...handles.keys()].toSorted()).toEqual(['a', 'b', 'c'])
  expect(errors).toMatchObject([{ runId: 'b', file: journalOf('b'), err: { code: 'JOURNAL_CORRUPT' } }])
  await expect(handles.get('b')?.status()).rejects.toMatchObject(corrupt('b'))
  await expect(handles.get('b')?.result()).rejects.toMatchObject(corrupt('b'))
  for (const runId of ['a', 'c']) {
    await handles.get(runId)?.resume('ask', 'yes')
    expect(await handles.get(runId)?.result()).toMatchObject({ status: 'completed', output: 'yes' })
  }
  await runtime.close()
})

it('a child run whose parent has ended is cancelled by recover, although the journal of another run is damaged', async () => {
  const disk = await diskWith({ a: asking, p: calling })
  const before = processOn(disk)
  const [childId = ''] = await childrenOf(disk)
  const waiting = disk.bytesOf(journalOf(childId))
  const parent = before.open(calling, 'p')
  await parent.cancel()
  await parent.result()
  await before.close()
  // The process died before anything of the child's end was written.
  disk.put(journalOf(childId), waiting)
  damage(disk, 'a', '"runId"')

  const runtime = processOn(disk)
  expect([...byId(await runtime.recover()).keys()]).toEqual(['a'])
  await runtime.close()
  expect(disk.bytesOf(journalOf(childId)).toString()).toContain('run.cancelled')
})

it('a run whose child run has a damaged journal is told with it, and goes on when it is opened after the file was put back', async () => {
  const disk = await diskWith({ a: asking, p: calling })
  const [childId = ''] = await childrenOf(disk)
  const whole = damage(disk, childId, '"runId"')
  const errors: object[] = []
  const runtime = processOn(disk, errors)
  const handles = byId(await runtime.recover())

  expect([...handles.keys()].toSorted()).toEqual([childId, 'a', 'p'].toSorted())
  expect(await handles.get('a')?.status()).toBe('awaiting')
  await expect(handles.get('p')?.result()).rejects.toMatchObject(corrupt(childId))
  await expect(handles.get(childId)?.result()).rejects.toMatchObject(corrupt(childId))
  expect(errors.map((entry) => (entry as { runId: string }).runId).toSorted()).toEqual([childId, 'p'].toSorted())

  disk.put(journalOf(childId), whole)
  const again = runtime.open(calling, 'p')
  await again.resume('ask', 'yes')
  expect(await again.result()).toMatchObject({ status: 'completed', output: 'yes' })
  await runtime.close()
})

it('the handle of a run whose journal was damaged answers once the file was put back', async () => {
  const disk = await diskWith({ a: asking })
  const whole = damage(disk, 'a', '"runId"')
  const runtime = processOn(disk)
  const [handle] = await runtime.recover()
  await expect(handle?.result()).rejects.toMatchObject(corrupt('a'))
  disk.put(journalOf('a'), whole)
  expect(await handle?.status()).toBe('awaiting')
  await runtime.close()
})

it('a store that cannot be listed at all is an error of recover', async () => {
  const disk = await diskWith({ a: asking })
  disk.put('/store/store.json', Buffer.from('{"format":99}\n'))
  const runtime = processOn(disk)
  await expect(runtime.recover()).rejects.toMatchObject({ code: 'STORE_FORMAT' })
  await runtime.close()
})

async function childrenOf(disk: SimulatedDisk): Promise<readonly string[]> {
  const found: string[] = []
  for await (const { runId, first } of new FileStore({ dir: '/store', files: disk }).list()) {
    if (first.fact['parentRunId'] !== undefined) found.push(runId)
  }
  return found
}
