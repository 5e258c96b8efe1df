import { isHeddleError } from '../errors/heddle-error.ts'
import type { InProcessRun } from '../execution/run/in-process-run.ts'
import { isLastEvent } from '../model/last-event.ts'
import type { IJournalStore, JournalSummary } from '../ports/journal-store.ts'
import type { RunHandle } from '../ports/run-handle.ts'
import type { Ports } from './create-engine.ts'
import { defined } from './journalled-definition.ts'
import type { RunJournals } from './run-journals.ts'
import type { KnownWorkflow } from './run-keeper.ts'
import type { UnwantedChildren } from './unwanted-children.ts'

/** What the runs of a store are gone on with after a restart. */
export interface RecoverRunsOptions {
  readonly store: IJournalStore
  readonly ports: Ports
  readonly journals: RunJournals
  readonly registered: () => readonly KnownWorkflow[]
  readonly unwanted: UnwantedChildren
  readonly isOpen: (runId: string) => boolean
  readonly open: (runId: string, workflow?: KnownWorkflow) => RunHandle
  /** The run once it is open here; rejects if it cannot be opened. */
  readonly whenOpen: (runId: string) => Promise<InProcessRun | undefined>
}

/**
 * Goes on with every run of a store that has not ended, child runs with their parents. Those whose workflow is not known stay as they are. A
 * child run whose parent has ended without it is cancelled: its process died between both ends.
 *
 * A run that cannot be gone on with, since its journal is damaged, holds up no other one: it is told to the logger as an error, and its
 * handle rejects with what is wrong. Whether a run whose journal is damaged had ended, and whether it is a child run, nobody can tell; so
 * each of them has a handle.
 *
 * @throws HeddleError what the store throws, damaged journals apart
 */
export async function recoverRuns(options: RecoverRunsOptions): Promise<readonly RunHandle[]> {
  const known = new Map(options.registered().map((workflow) => [defined(workflow).hash, workflow]))
  const handles: RunHandle[] = []
  const children: JournalSummary[] = []
  const live = new Set<string>()
  const damaged = await eachRun(options.store, async (summary) => {
    const { runId, first, last } = summary
    if (isLastEvent(last.fact)) return
    live.add(runId)
    if (first.fact['parentRunId'] !== undefined) children.push(summary)
    else handles.push(...(await recoverRun(options, runId, known)))
  })
  for (const runId of damaged) handles.push(await openBroken(options, runId))
  await options.unwanted.cancelOrphans(children.filter(({ first }) => !live.has(String(first.fact['parentRunId']))))
  return handles
}

/** @returns the runs whose journals cannot be read. @throws HeddleError what the store throws */
async function eachRun(
  store: IJournalStore,
  take: (summary: JournalSummary) => Promise<void>,
): Promise<readonly string[]> {
  try {
    for await (const summary of store.list()) await take(summary)
    return []
  } catch (error) {
    const runIds = isHeddleError(error, 'JOURNAL_CORRUPT') ? error.details['runIds'] : undefined
    if (!Array.isArray(runIds)) throw error
    return runIds.map(String)
  }
}

/** A run goes on that has a definition which is known: it may have been migrated since it began. */
async function recoverRun(
  options: RecoverRunsOptions,
  runId: string,
  known: ReadonlyMap<string, KnownWorkflow>,
): Promise<readonly RunHandle[]> {
  const { journals, ports, isOpen, open } = options
  if (isOpen(runId)) return [open(runId)]
  let workflow: KnownWorkflow | undefined
  try {
    const { definitionHash } = await journals.began(runId, ports.serializer)
    workflow = known.get(definitionHash)
  } catch (error) {
    if (!isHeddleError(error)) throw error
    return [await openBroken(options, runId)]
  }
  if (workflow === undefined) {
    ports.logger.warn({ runId }, 'a run waits for a process that knows its definition')
    return []
  }
  const handle = open(runId, workflow)
  void tellBroken(options, runId)
  return [handle]
}

/** The handle of a run that cannot be gone on with, after that was told. */
async function openBroken(options: RecoverRunsOptions, runId: string): Promise<RunHandle> {
  const handle = options.open(runId)
  await tellBroken(options, runId)
  return handle
}

/** Tells of a run that is being opened if it cannot be gone on with. */
async function tellBroken({ ports, whenOpen }: RecoverRunsOptions, runId: string): Promise<void> {
  const err = await problemOf(whenOpen(runId))
  if (err === undefined || isHeddleError(err, 'ALREADY_CLOSED')) return
  const file = isHeddleError(err) ? err.details['file'] : undefined
  ports.logger.error(
    { err, runId, ...(file === undefined ? {} : { file }) },
    'a run could not be gone on with; the others are not held up',
  )
}

async function problemOf(opening: Promise<InProcessRun | undefined>): Promise<unknown> {
  try {
    return (await opening)?.brokenBy
  } catch (error) {
    return error
  }
}
