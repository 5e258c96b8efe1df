import {
  visitKey,
  type Cell,
  type Delivery,
  type DeliverReply,
  type DeliveryVerdict,
  type FailurePolicy,
  type FetchReply,
  type FetchRequest,
  type ParentLink,
  type RunRef,
  type RunStanding,
  type TurnGrant,
  type TurnRef,
  type TurnRequest,
  type VisitName,
} from '@heddle/core'
import { deliverScript } from '../lua/deliver.ts'
import { failTurnScript } from '../lua/fail-turn.ts'
import { fetchScript } from '../lua/fetch.ts'
import { ArgumentList, wholeMs } from './argument-list.ts'
import { cellsOf } from './stored-cells.ts'
import { eventText, parseEvent } from './inbox-event.ts'
import { isMissing, listOf, optionalText, pairsOf, parse, present, textOf, textsOf } from './reply.ts'
import type { RunScripts } from './run-scripts.ts'

/** `ITurnStore.deliver`. @throws HeddleError `STORE_UNAVAILABLE` */
export async function deliver(
  scripts: RunScripts,
  run: RunRef,
  delivery: Delivery | undefined,
  turn: TurnRequest | undefined,
): Promise<DeliverReply> {
  const values = new ArgumentList().add(turn?.nonce ?? '', turn === undefined ? 0 : wholeMs(turn.limitMs))
  if (delivery === undefined) values.add('')
  else addDelivery(values, delivery)
  const reply = await scripts.run(deliverScript, run, values)
  if (reply === null) return { status: 'unknown-run' }
  const [verdict, granted] = listOf(reply)
  return {
    status: 'delivered',
    ...(isMissing(verdict) ? {} : { verdict: verdict as DeliveryVerdict }),
    ...(isMissing(granted) ? {} : { turn: grantOf(granted) }),
  }
}

function addDelivery(list: ArgumentList, { event, values = {} }: Delivery): void {
  const { id, type } = event
  if (type === 'outcome') {
    const { visit, dispatch, token } = event
    list.add(id, 'outcome', eventText(event), visitKey(visit), JSON.stringify(visit), dispatch, token)
  } else if (type === 'resumed' && event.source.type === 'child') {
    list.add(id, 'child', eventText(event), event.source.childRunId, '', 0, '')
  } else list.add(id, 'other', eventText(event), '', '', 0, '')
  list.record(values, (text) => text)
}

/** A turn as a script describes it. */
export function grantOf(reply: unknown): TurnGrant {
  const [fence, nonce, events, standing] = listOf(reply)
  return {
    fence: Number(fence),
    nonce: textOf(nonce),
    inbox: textsOf(events).map(parseEvent),
    ...standingOf(standing),
  }
}

/** How a run stands, as a script describes it. */
export function standingOf(reply: unknown): RunStanding {
  const [revision, writtenBy, names, texts, facts, expansions, failure] = listOf(reply)
  const [onFailure, workflowId, definitionHash, parentText] = listOf(facts)
  const parent = optionalText(parentText)
  const firstFailure = optionalText(failure)
  return {
    revision: Number(revision),
    writtenBy: textOf(writtenBy),
    cells: cellsOf(textsOf(names), texts),
    onFailure: textOf(onFailure) as FailurePolicy,
    workflowId: textOf(workflowId),
    definitionHash: textOf(definitionHash),
    ...(parent === undefined ? {} : { parent: parse<ParentLink>(parent) }),
    expansions: textsOf(expansions),
    ...(firstFailure === undefined ? {} : { firstFailure }),
  }
}

/** What names a turn to a script. */
export function turnOf({ fence, nonce, revision }: TurnRef): ArgumentList {
  return new ArgumentList().add(fence, nonce, revision)
}

/** `ITurnStore.fetch`. @throws HeddleError `STORE_UNAVAILABLE` */
export async function fetch(scripts: RunScripts, turn: TurnRef, request: FetchRequest): Promise<FetchReply> {
  const { cells = [], values = [], claimed = false } = request
  const isAll = cells === 'all'
  const names = isAll ? [] : cells
  const given = turnOf(turn).add(isAll ? '1' : '0', claimed ? '1' : '0')
  const reply = await scripts.run(fetchScript, turn, given.list(names).list(values))
  if (reply === null) return { status: 'refused' }
  const [texts, all, shared, valueTexts, dispatches] = listOf(reply)
  return {
    status: 'fetched',
    cells: isAll ? allCells(all, shared) : cellsOf(names, texts),
    values: present(values, valueTexts, textOf),
    claimed: textsOf(dispatches).map((text) => {
      const { visit, attempt } = parse<{ readonly visit: string; readonly attempt: number }>(text)
      return { visit: parse<VisitName>(visit), attempt }
    }),
  }
}

/** Cells and shared values of a run, all by name. */
export function allCells(cells: unknown, shared: unknown): Record<string, Cell> {
  const own = pairsOf(cells).map(([name, text]): [string, Cell] => [name, parse<Cell>(text)])
  const values = pairsOf(shared).map(([key, text]): [string, Cell] => [`s:${key}`, parse<Cell>(text)])
  return Object.fromEntries([...own, ...values])
}

/** `ITurnStore.failTurn`. @throws HeddleError `STORE_UNAVAILABLE` */
export async function failTurn(scripts: RunScripts, turn: TurnRef, reason: string): Promise<void> {
  await scripts.run(failTurnScript, turn, turnOf(turn).add(reason))
}
