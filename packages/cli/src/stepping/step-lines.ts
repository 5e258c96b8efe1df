import { visitKey, type ReadyNode, type RunEvent } from '@heddle/core'
import { jsonText } from '../output/plain-json.ts'
import { printableLine } from '../output/printable.ts'
import type { Printer, Styles } from '../output/printer.ts'
import { shorten } from '../output/shorten.ts'
import { timeSpan } from '../output/time-span.ts'
import { followEvent } from '../progress/follow-event.ts'
import type { RunProgress } from '../progress/run-progress.ts'

/** Columns of an output where there is no terminal to say them. */
const plainColumns = 200

/** At most this many ready nodes are named. */
const maxReady = 20

/** `step 3: ready are fetch, score@1`. */
export function readyLine(step: number, ready: readonly ReadyNode[], styles: Styles): string {
  const names = ready.map(visitKey)
  const shown = names.slice(0, maxReady).join(', ')
  const left = names.length > maxReady ? ` and ${names.length - maxReady} more` : ''
  const what =
    names.length === 0 ? styles.dim('nothing is ready; waits for what is under way') : `ready: ${shown}${left}`
  return `${styles.bold(`step ${step}`)} ${what}`
}

/** What the log of a run leaves out, and a step shows: what a node waits for, and the items of a map. */
function suspensionLine(event: RunEvent, styles: Styles): string | undefined {
  switch (event.type) {
    case 'map.opened':
      return `${styles.cyan('opened   ')} ${visitKey(event)}: ${event.count} items`
    case 'timer.set':
      return `${styles.cyan('sleeping ')} ${visitKey(event)} for ${timeSpan(event.delayMs)}`
    case 'child.started':
      return `${styles.cyan('child run')} ${visitKey(event)}: workflow "${printableLine(event.blueprintId)}"`
    case 'node.completed':
      return event.item === undefined ? undefined : `${styles.green('completed')} ${visitKey(event)}`
    default:
      return undefined
  }
}

type MarkEvent = Extract<RunEvent, { readonly type: 'edge.taken' | 'edge.skipped' | 'edge.failed' }>

/** Writes what happens in a step: each node that settles, its output, then the marks of the step. */
export class StepLines {
  private readonly out: Printer
  private readonly progress: RunProgress
  private marks: MarkEvent[] = []

  constructor(out: Printer, progress: RunProgress) {
    this.out = out
    this.progress = progress
  }

  take(event: RunEvent): void {
    if (event.type === 'edge.taken' || event.type === 'edge.skipped' || event.type === 'edge.failed') {
      if (this.progress.isOwn(event)) this.marks.push(event)
      return
    }
    const followed = followEvent(event, this.progress, this.out.styles)
    const text = suspensionLine(event, this.out.styles) ?? followed?.text
    if (text === undefined) return
    this.out.line(`  ${text}`)
    if (event.type === 'node.completed' && event.output !== undefined) this.writeOutput(event.output)
  }

  /** Writes the marks of the step that is over. */
  flush(): void {
    const { styles } = this.out
    const paint = { 'edge.taken': styles.green, 'edge.skipped': styles.dim, 'edge.failed': styles.red }
    for (const { type, edge } of this.marks) {
      this.out.line(`    ${styles.dim('edge')} ${printableLine(edge)} ${paint[type](type.slice('edge.'.length))}`)
    }
    this.marks = []
  }

  private writeOutput(output: unknown): void {
    const { styles, columns = plainColumns } = this.out
    this.out.line(styles.dim(shorten(`    → ${jsonText(output)}`, columns - 1)))
  }
}
