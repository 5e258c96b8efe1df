import { createLogUpdate } from 'log-update'
import type { RunEvent } from '@heddle/core'
import type { Printer } from '../output/printer.ts'
import { printableText } from '../output/printable.ts'
import { followEvent } from './follow-event.ts'
import { drawFrame } from './frame.ts'
import type { ProgressView } from './progress-view.ts'
import type { RunProgress } from './run-progress.ts'

/** How often the view is drawn, in milliseconds. */
const frameMs = 100

const cursor = { hidden: '\u001B[?25l', shown: '\u001B[?25h' }

/** Draws the nodes under way in place, on a terminal. What goes wrong becomes a line above, which stays. */
export class LiveView implements ProgressView {
  private readonly printer: Printer
  private readonly progress: RunProgress
  private readonly title: string
  private readonly log: ReturnType<typeof createLogUpdate>
  private readonly timer: NodeJS.Timeout
  private turn = 0
  private isOver = false
  private unfinished = ''
  /** Whether a cancel is under way. */
  isEnding = false

  constructor(printer: Printer, progress: RunProgress, title: string) {
    this.printer = printer
    this.progress = progress
    this.title = title
    // It would hide the cursor on stderr, whatever stream it draws on.
    this.log = createLogUpdate(printer.stream as NodeJS.WriteStream, { showCursor: true })
    printer.stream.write(cursor.hidden)
    process.once('exit', this.showCursor)
    this.timer = setInterval(() => this.draw(), frameMs)
    // Drawing alone keeps no process alive: see `whenIdle`.
    this.timer.unref()
  }

  take(event: RunEvent): void {
    const line = followEvent(event, this.progress, this.printer.styles)
    if (line?.isNotable === true) this.note(line.text)
  }

  note(line: string): void {
    this.above(() => this.printer.line(line))
  }

  foreign(text: string): void {
    const lines = `${this.unfinished}${text}`.split('\n')
    this.unfinished = lines.pop() ?? ''
    if (lines.length > 0) this.above(() => this.printer.document(lines.join('\n')))
  }

  end(): void {
    if (this.isOver) return
    this.isOver = true
    clearInterval(this.timer)
    this.log.clear()
    this.log.done()
    this.showCursor()
    process.off('exit', this.showCursor)
    if (this.unfinished !== '') this.printer.document(printableText(this.unfinished))
  }

  private readonly showCursor = (): void => {
    this.printer.stream.write(cursor.shown)
  }

  private above(write: () => void): void {
    if (!this.isOver) this.log.clear()
    write()
    this.draw()
  }

  private draw(): void {
    if (this.isOver) return
    const { styles, columns = 80, stream } = this.printer
    const rows = stream.rows === undefined || stream.rows === 0 ? 24 : stream.rows
    const { title, isEnding, turn } = this
    this.turn++
    // One column is left free: a terminal may wrap a line that fills it.
    this.log(drawFrame(this.progress, { title, now: Date.now(), columns: columns - 1, rows, styles, turn, isEnding }))
  }
}
