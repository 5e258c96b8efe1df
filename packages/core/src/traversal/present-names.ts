import type { RunEvent } from '../model/run-event.ts'
import { visitKey, type VisitName } from '../model/visit.ts'
import { NewNames } from './new-names.ts'

/**
 * The events of a run under the names that its nodes have at the end of them: what was told before a migration is told as if the nodes had
 * had their new names then. Without a migration they are answered as they are.
 */
export function inPresentNames(events: readonly RunEvent[]): readonly RunEvent[] {
  let told: readonly RunEvent[] = events
  for (const [at, event] of events.entries()) {
    if (event.type !== 'run.migrated' || event.map === undefined || Object.keys(event.map).length === 0) continue
    const names = new NewNames(event.map)
    told = told.map((one, place) => (place < at ? renamed(one, names) : one))
  }
  return told
}

function renamed(event: RunEvent, names: NewNames): RunEvent {
  if ('edge' in event) {
    const [, source = '', target = '', ordinal = ''] = /^(.*)>(.*)#(\d+)$/u.exec(event.edge) ?? []
    return { ...event, edge: `${names.id(source)}>${names.id(target)}#${ordinal}` }
  }
  if (!('iteration' in event) || event.nodeId === undefined) return event
  const name = event as RunEvent & VisitName
  const { nodeId, insteadOf } = names.visit(name)
  const told = { ...name, nodeId, ...(insteadOf === undefined ? {} : { insteadOf }) }
  if (told.type === 'graph.expanded') return { ...told, expansion: names.expansion(told.expansion) }
  if (!('waitId' in told)) return told
  const start = told.name.length + 1
  const behind = told.waitId.slice(start + visitKey(name).length)
  return { ...told, waitId: `${told.waitId.slice(0, start)}${visitKey(told)}${behind}` }
}
