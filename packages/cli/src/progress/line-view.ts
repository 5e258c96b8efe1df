import type { RunEvent } from '@heddle/core'
import type { Printer } from '../output/printer.ts'
import { eventLine } from './event-line.ts'
import type { ProgressView } from './progress-view.ts'
import type { RunProgress } from './run-progress.ts'

/** One line for each node that settles: for pipes and logs. */
export class LineView implements ProgressView {
  private readonly printer: Printer
  private readonly progress: RunProgress

  constructor(printer: Printer, progress: RunProgress) {
    this.printer = printer
    this.progress = progress
  }

  take(event: RunEvent): void {
    const spanMs =
      'iteration' in event && 'nodeId' in event && event.type !== 'warning' ? this.progress.spanMs(event) : 0
    this.progress.take(event)
    const line = eventLine(event, spanMs, this.printer.styles)
    if (line === undefined) return
    if (this.progress.isOwn(event)) this.printer.line(line.text)
    else if (line.isNotable) this.printer.line(`${line.text} ${this.printer.styles.dim('(in a child run)')}`)
  }

  note(line: string): void {
    this.printer.line(line)
  }

  foreign(text: string): void {
    this.printer.document(text)
  }

  end(): void {
    // Nothing is drawn in place.
  }
}
