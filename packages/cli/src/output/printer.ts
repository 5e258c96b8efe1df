import picocolors from 'picocolors'
import { onlyColours, printableText } from './printable.ts'

/** The colours and weights that the command uses; without colours each gives its text back. */
export type Styles = ReturnType<typeof picocolors.createColors>

/** What the command needs of a stream that it writes to. */
export interface OutputStream {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
  /** Writes a text as it is. */
  write(text: string): unknown
}

/** Whether to colour what goes to a stream: on a terminal, unless NO_COLOR is set or the terminal says that it is dumb. */
function hasColours(stream: OutputStream, env: NodeJS.ProcessEnv): boolean {
  const { NO_COLOR: noColour = '', TERM: term = '' } = env
  return stream.isTTY === true && noColour === '' && term !== 'dumb'
}

/** Writes lines to one stream; nothing but text gets through it, and colours where the stream has them. */
export class Printer {
  readonly stream: OutputStream
  readonly styles: Styles
  private readonly barrier: (text: string) => string

  constructor(stream: OutputStream, env: NodeJS.ProcessEnv) {
    const isColoured = hasColours(stream, env)
    this.stream = stream
    this.styles = picocolors.createColors(isColoured)
    this.barrier = isColoured ? onlyColours : printableText
  }

  /** Whether lines can be drawn again in place. */
  get isLive(): boolean {
    return this.stream.isTTY === true
  }

  /** How many columns a line may take on a terminal; elsewhere lines are written in full. One that does not know its width has 80. */
  get columns(): number | undefined {
    const { columns = 0 } = this.stream
    if (!this.isLive) return undefined
    return columns > 0 ? columns : 80
  }

  line(text = ''): void {
    this.stream.write(`${this.barrier(text)}\n`)
  }

  lines(texts: readonly string[]): void {
    for (const text of texts) this.line(text)
  }

  /** Writes a document as it is: what was made to be read by programs. */
  document(text: string): void {
    this.stream.write(text.endsWith('\n') ? text : `${text}\n`)
  }
}
