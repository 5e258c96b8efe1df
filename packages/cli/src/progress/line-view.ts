import type { RunEvent } from '@heddle/core'
import type { Printer } from '../output/printer.ts'
import { followEvent } from './follow-event.ts'
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
    const line = followEvent(event, this.progress, this.printer.styles)
    if (line !== undefined && (line.isNotable || this.progress.isOwn(event))) this.printer.line(line.text)
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
