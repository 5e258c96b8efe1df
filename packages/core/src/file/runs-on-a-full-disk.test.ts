import { afterEach, expect, it, vi } from 'vitest'
import { allLinesOf, ChildProcesses, type PrintedLine } from '../../test/child-process.ts'
import { roundsRegistry, roundsWorkflows, stepKey } from '../../test/rounds-of-steps.ts'
import { temporaryFolder } from '../../test/temporary-folder.ts'
import type { StoredEvent } from '../model/stored-event.ts'
import { FlowRuntime } from '../runtime/flow-runtime.ts'
import { FileStore } from './file-store.ts'

// Much is done in each test, and the machine may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 30_000 })

const program = new URL('../../test/run-process.ts', import.meta.url)
const processes = new ChildProcesses()
const folder = temporaryFolder()

afterEach(() => processes.kill())

type WorkflowName = keyof typeof roundsWorkflows

const runProcess = (workflow: WorkflowName, limit?: string): Promise<readonly PrintedLine[]> =>
  allLinesOf(processes.start(program, [folder.dir, workflow], limit))

type Journals = ReadonlyMap<string, readonly StoredEvent[]>

/** What stands in the journals of all runs now, by run: each without a gap. */
async function onDisk(): Promise<Journals> {
  const store = new FileStore(folder)
  const journals = new Map<string, readonly StoredEvent[]>()
  for await (const { runId } of store.list()) {
    const entries = (await store.readEntries(runId, 0, 10_000)) ?? []
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, at) => at + 1))
    journals.set(runId, entries)
  }
  return journals
}

const recordedIn = (journals: Journals): ReadonlySet<unknown> =>
  new Set(
    [...journals.values()]
      .flat()
      .flatMap(({ fact }) =>
        fact.type === 'step.recorded' ? [stepKey(fact as unknown as Parameters<typeof stepKey>[0])] : [],
      ),
  )

const valuesOf = (lines: readonly PrintedLine[], field: string): unknown[] =>
  lines.flatMap((line) => (field in line ? [line[field]] : []))

/** What a process has told although the disk does not have it: steps whose values were handed on, and events. */
function notOnDisk(lines: readonly PrintedLine[], journals: Journals): unknown[] {
  const recorded = recordedIn(journals)
  const isEarly = ({ told, seq }: PrintedLine): boolean => Number(seq) > (journals.get(String(told))?.length ?? 0)
  const early = lines.filter((line) => 'told' in line && isEarly(line))
  return [...valuesOf(lines, 'kept').filter((key) => !recorded.has(key)), ...early]
}

/** What a process prints at last that nothing keeps from its end. */
async function undisturbed(workflow: WorkflowName): Promise<PrintedLine> {
  const runtime = new FlowRuntime({ registry: roundsRegistry(() => undefined), blueprints: roundsWorkflows })
  const { status, outputs } = await runtime.run(roundsWorkflows[workflow], 'input')
  return JSON.parse(JSON.stringify({ status, outputs })) as PrintedLine
}

const full = { code: 'STORE_UNAVAILABLE', retryable: true, bottom: expect.stringContaining('EFBIG') as unknown }

it.skipIf(process.platform === 'win32').each<[string, WorkflowName]>([
  ['its own journal', 'rounds'],
  ['that of its child run', 'parent'],
])(
  'a run that meets a full disk in %s is refused with nothing acknowledged that is not there, and goes on with every recorded step once there is room',
  async (_whose, workflow) => {
    const ran = new Set<unknown>()
    let recorded: ReadonlySet<unknown> = new Set()
    // Of 512 or 1,024 bytes each. The second process finds the disk as full as the first one has left it.
    for (const limit of ['ulimit -f 60', 'ulimit -f 60', 'ulimit -f 150', undefined]) {
      const lines = await runProcess(workflow, limit)
      const again = valuesOf(lines, 'ran').filter((key) => recorded.has(key))
      expect(again, `${limit} ran again what was recorded`).toEqual([])
      const journals = await onDisk()
      expect(notOnDisk(lines, journals)).toEqual([])
      expect(lines).toContainEqual(limit === undefined ? await undisturbed(workflow) : full)
      recorded = recordedIn(journals)
      for (const key of valuesOf(lines, 'ran')) ran.add(key)
    }
    expect([ran.size, recorded.size]).toEqual([240, 240])
  },
)
