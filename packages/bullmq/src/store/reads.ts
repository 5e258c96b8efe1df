import type {
  Cell,
  ChildRecord,
  DispatchRecord,
  FailurePolicy,
  OpenWait,
  ParentLink,
  RunHead,
  RunRef,
  SharedCell,
  StoredEvent,
  VisitName,
  WaitRecord,
} from '@heddle/core'
import { readRecordsScript } from '../lua/read-records.ts'
import { readRunScript } from '../lua/read-run.ts'
import { ArgumentList } from './argument-list.ts'
import { sharedOf } from './stored-cells.ts'
import { listOf, optionalNumber, optionalText, pairsOf, parse, present, textOf, textsOf } from './reply.ts'
import type { RunScripts } from './run-scripts.ts'
import { allCells } from './turns.ts'

/** `IRunRecords.readRun`. @throws HeddleError `STORE_UNAVAILABLE` */
export async function readRun(scripts: RunScripts, runId: string): Promise<RunHead | undefined> {
  const reply = await scripts.run(readRunScript, { runId, incarnation: '' })
  if (reply === null) return undefined
  const [fields, seq, underWay, waits, children, failures, expansions, due] = listOf(reply)
  const [incarnation, workflowId, definitionHash, status, onFailure, revision, startedAt, ...rest] = listOf(fields)
  const [ended, parentText, stalled, output] = rest
  const endedAt = optionalNumber(ended)
  const parent = optionalText(parentText)
  const stalledBy = optionalText(stalled)
  const outputValue = optionalText(output)
  const dueAt = optionalNumber(due)
  return {
    runId,
    incarnation: textOf(incarnation),
    workflowId: textOf(workflowId),
    definitionHash: textOf(definitionHash),
    status: textOf(status) as RunHead['status'],
    onFailure: textOf(onFailure) as FailurePolicy,
    revision: Number(revision),
    seq: Number(seq),
    startedAt: Number(startedAt),
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(parent === undefined ? {} : { parent: parse<ParentLink>(parent) }),
    ...(stalledBy === undefined ? {} : { stalledBy }),
    underWay: Number(underWay),
    waits: listOf(waits).map((wait) => openWaitOf(listOf(wait))),
    children: textsOf(children),
    failures: textsOf(failures),
    ...(outputValue === undefined ? {} : { outputValue }),
    expansions: textsOf(expansions),
    ...(dueAt === undefined ? {} : { dueAt }),
  }
}

function openWaitOf([text, until]: readonly unknown[]): OpenWait {
  const deadline = optionalNumber(until)
  return { ...parse<OpenWait>(text), ...(deadline === undefined ? {} : { deadline }) }
}

function read(scripts: RunScripts, run: RunRef, what: string): Promise<unknown> {
  return scripts.run(readRecordsScript, run, new ArgumentList().add(what))
}

function readNamed(scripts: RunScripts, run: RunRef, what: string, names: readonly string[]): Promise<unknown> {
  return scripts.run(readRecordsScript, run, new ArgumentList().add(what).list(names))
}

/** `IRunRecords.readCells`. @throws HeddleError `STORE_UNAVAILABLE` */
export async function readCells(
  scripts: RunScripts,
  run: RunRef,
  names: readonly string[] | 'all',
): Promise<Readonly<Record<string, Cell>>> {
  if (names === 'all') {
    const [cells, shared] = listOf(await read(scripts, run, 'all'))
    return allCells(cells, shared)
  }
  const texts = await readNamed(scripts, run, 'cells', names)
  return present(names, texts, (text) => parse<Cell>(text))
}

/** `IRunRecords.readShared`. @throws HeddleError `STORE_UNAVAILABLE` */
export async function readShared(scripts: RunScripts, run: RunRef): Promise<Readonly<Record<string, SharedCell>>> {
  return sharedOf(await read(scripts, run, 'shared'))
}

/** `IRunRecords.readValues`. @throws HeddleError `STORE_UNAVAILABLE` */
export async function readValues(
  scripts: RunScripts,
  run: RunRef,
  names: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  return present(names, await readNamed(scripts, run, 'values', names), textOf)
}

/** `IRunRecords.readJournal`. @throws HeddleError `STORE_UNAVAILABLE` */
export async function readJournal(
  scripts: RunScripts,
  run: RunRef,
  afterSeq: number,
  limit: number,
): Promise<readonly StoredEvent[]> {
  if (limit <= 0) return []
  const last = Math.min(afterSeq + limit - 1, Number.MAX_SAFE_INTEGER)
  const texts = await scripts.run(readRecordsScript, run, new ArgumentList().add('journal', afterSeq, last))
  return textsOf(texts).map((text, place) => {
    const end = text.indexOf(' ')
    return { ...parse<StoredEvent>(text.slice(end + 1)), seq: afterSeq + place + 1, at: Number(text.slice(0, end)) }
  })
}

interface Placed {
  readonly place: number
}

/** Records of a hash in the order in which they came about, with their ids. */
async function readInOrder<T extends Placed>(
  scripts: RunScripts,
  run: RunRef,
  what: string,
): Promise<(T & { id: string })[]> {
  const records = pairsOf(await read(scripts, run, what)).filter(([id]) => !id.startsWith('\u0001'))
  return records.map(([id, text]) => ({ ...parse<T>(text), id })).sort((one, other) => one.place - other.place)
}

/** `IRunRecords.readWaits`. @throws HeddleError `STORE_UNAVAILABLE` */
export async function readWaits(scripts: RunScripts, run: RunRef): Promise<readonly WaitRecord[]> {
  const waits = await readInOrder<Placed & Pick<WaitRecord, 'name' | 'status'>>(scripts, run, 'waits')
  return waits.map(({ id, name, status }) => ({ waitId: id, name, status }))
}

/** `IRunRecords.readChildren`. @throws HeddleError `STORE_UNAVAILABLE` */
export async function readChildren(scripts: RunScripts, run: RunRef): Promise<readonly ChildRecord[]> {
  const children = await readInOrder<Placed & { readonly of: string; readonly call?: string }>(scripts, run, 'children')
  return children.map(({ id, of, call }) => ({
    childRunId: id,
    visit: parse<VisitName>(of),
    ...(call === undefined ? {} : { call }),
  }))
}

interface StoredDispatch {
  readonly dispatch: number
  readonly attempt: number
  readonly notBefore: number
  readonly visit: string
  readonly token?: string
}

/** `IRunRecords.readDispatches`. @throws HeddleError `STORE_UNAVAILABLE` */
export async function readDispatches(scripts: RunScripts, run: RunRef): Promise<readonly DispatchRecord[]> {
  const records = pairsOf(await read(scripts, run, 'dispatches')).map(([, text]) => parse<StoredDispatch>(text))
  return records
    .sort((one, other) => one.dispatch - other.dispatch)
    .map(({ visit, dispatch, attempt, notBefore, token }) => ({
      visit: parse<VisitName>(visit),
      dispatch,
      attempt,
      notBefore,
      isClaimed: token !== undefined,
    }))
}
