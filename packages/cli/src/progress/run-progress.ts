import { visitKey, type RunEvent } from '@heddle/core'

/** Where a node stands. Of a node in a loop it is where its last visit stands. */
export type NodeStanding =
  'running' | 'waiting' | 'retrying' | 'completed' | 'handled' | 'failed' | 'skipped' | 'cancelled'

/** A node that is under way. */
export interface ActiveNode {
  readonly key: string
  readonly standing: 'running' | 'waiting' | 'retrying'
  /** Epoch milliseconds. */
  readonly since: number
  readonly attempt: number
  /** 0 to 1, as its handler told. */
  readonly fraction?: number
  readonly message?: string
  /** Of a map. */
  readonly items?: { readonly settled: number; readonly count: number }
}

/** Whether a run has ended with this event. */
export function isLastEvent({ type }: RunEvent): boolean {
  return type === 'run.completed' || type === 'run.failed' || type === 'run.cancelled'
}

type NodeEvent = Extract<RunEvent, { readonly nodeId: string; readonly iteration: readonly number[] }>

/** Follows one run by its events: how many nodes stand where, and which are under way. Its child runs are not counted. */
export class RunProgress {
  private readonly standings: Map<string, NodeStanding> = new Map()
  private readonly active: Map<string, ActiveNode> = new Map()
  private readonly tally: Map<NodeStanding, number> = new Map()
  private runId: string | undefined
  private nodes: number
  /** Epoch milliseconds of the first event. */
  startedAt: number | undefined
  /** Epoch milliseconds of the end of the run. */
  endedAt: number | undefined

  /** @param nodes how many nodes the blueprint has */
  constructor(nodes: number) {
    this.nodes = nodes
  }

  get total(): number {
    return this.nodes
  }

  count(standing: NodeStanding): number {
    return this.tally.get(standing) ?? 0
  }

  /** Nodes of which nothing more is expected, unless a loop comes back to them. */
  get settled(): number {
    const { completed, handled, failed, skipped, cancelled } = this.counts()
    return completed + handled + failed + skipped + cancelled
  }

  counts(): Readonly<Record<NodeStanding, number>> {
    const of = (standing: NodeStanding): number => this.count(standing)
    return {
      running: of('running'),
      waiting: of('waiting'),
      retrying: of('retrying'),
      completed: of('completed'),
      handled: of('handled'),
      failed: of('failed'),
      skipped: of('skipped'),
      cancelled: of('cancelled'),
    }
  }

  /** What is under way, the longest first. */
  activeNodes(): readonly ActiveNode[] {
    return [...this.active.values()]
  }

  /** Whether an event belongs to the run itself and not to a child of it. */
  isOwn(event: RunEvent): boolean {
    this.runId ??= event.runId
    return event.runId === this.runId
  }

  /** How long the visit of an event is under way, in milliseconds; 0 for one that never started. */
  spanMs(event: NodeEvent): number {
    return event.at - (this.active.get(visitKey(event))?.since ?? event.at)
  }

  /**
   * Names the run, and takes into account what had happened in it before.
   *
   * @param past the events with which its journal begins; those of a fork happened in the run that it was forked from, under its id
   */
  begin(runId: string, past: readonly RunEvent[]): void {
    this.runId = runId
    for (const event of past) this.takeOwn(event)
  }

  /** Takes one event into account. */
  take(event: RunEvent): void {
    if (this.isOwn(event)) this.takeOwn(event)
  }

  private takeOwn(event: RunEvent): void {
    // A fork has taken no time yet when it begins: what stands before was the other run's.
    if (event.type === 'run.forked') this.startedAt = event.at
    else if (event.runId === this.runId) this.startedAt ??= event.at
    if (isLastEvent(event)) this.endedAt = event.at
    if (event.type === 'graph.expanded') this.nodes += event.expansion.nodes.length
    else if (event.type === 'map.item') this.settleItem(event)
    else if (!('item' in event) || event.item === undefined) this.takeVisit(event)
  }

  private takeVisit(event: RunEvent): void {
    switch (event.type) {
      case 'node.started':
        this.activate(event, { standing: 'running', attempt: event.attempt })
        return
      case 'node.suspended':
        this.activate(event, { standing: event.waitsFor === 'wait' ? 'waiting' : 'running' })
        return
      case 'node.retrying':
        this.activate(event, { standing: 'retrying' })
        return
      case 'node.progress':
        this.activate(event, {
          fraction: event.fraction,
          ...(event.message === undefined ? {} : { message: event.message }),
        })
        return
      case 'map.opened':
        this.activate(event, { items: { settled: 0, count: event.count } })
        return
      case 'node.completed':
      case 'node.skipped':
      case 'node.cancelled':
        this.settle(
          event,
          event.type === 'node.completed' ? 'completed' : event.type === 'node.skipped' ? 'skipped' : 'cancelled',
        )
        return
      case 'node.failed':
        this.settle(event, event.handledBy === undefined ? 'failed' : 'handled')
        break
      default:
    }
  }

  private activate(event: NodeEvent, change: Partial<ActiveNode>): void {
    const key = visitKey(event)
    const before = this.active.get(key) ?? { key, standing: 'running', since: event.at, attempt: 1 }
    const now = { ...before, ...change }
    this.active.set(key, now)
    this.stand(event.nodeId, now.standing)
  }

  private settleItem(event: NodeEvent): void {
    const key = visitKey({ nodeId: event.nodeId, iteration: event.iteration })
    const map = this.active.get(key)
    if (map?.items === undefined) return
    this.active.set(key, { ...map, items: { ...map.items, settled: map.items.settled + 1 } })
  }

  private settle(event: NodeEvent, standing: NodeStanding): void {
    this.active.delete(visitKey(event))
    this.stand(event.nodeId, standing)
  }

  private stand(nodeId: string, standing: NodeStanding): void {
    const before = this.standings.get(nodeId)
    if (before === standing) return
    if (before !== undefined) this.tally.set(before, this.count(before) - 1)
    this.standings.set(nodeId, standing)
    this.tally.set(standing, this.count(standing) + 1)
  }
}
