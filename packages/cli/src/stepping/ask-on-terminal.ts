import { createInterface } from 'node:readline'
import type { Io } from '../io.ts'
import type { Ask, Command } from './step-through.ts'

/** Questions on a terminal, until it is closed. */
export interface TerminalQuestions {
  readonly ask: Ask
  close(): void
}

/**
 * Asks on the terminal what to do next. The end of the input (Ctrl-D) stands for quitting.
 *
 * @param onInterrupt Ctrl-C while a question is open: the terminal hands it on as a key
 */
export function askOnTerminal(io: Io, onInterrupt: () => void): TerminalQuestions {
  const lines = createInterface({ input: io.stdin, output: io.stdout as NodeJS.WriteStream, terminal: true })
  let answer: (line: string) => void = () => {}
  let isClosed = false
  lines.on('line', (line) => answer(line))
  lines.on('SIGINT', () => {
    onInterrupt()
    answer('q')
  })
  lines.on('close', () => {
    isClosed = true
    answer('q')
  })
  lines.pause()
  const read = async (prompt: string): Promise<string> => {
    if (isClosed) return 'q'
    lines.resume()
    lines.setPrompt(prompt)
    lines.prompt()
    const line = await new Promise<string>((resolve) => {
      answer = resolve
    })
    answer = () => {}
    if (!isClosed) lines.pause()
    return line.trim()
  }
  return {
    ask: async (question) => parse(await read(question.prompt), question.isWait),
    close: () => lines.close(),
  }
}

/** What a line says: nothing is the next step, `a` all of them, `q` the end; for a wait also the JSON of its answer. */
function parse(line: string, isWait: boolean): Command {
  if (line === 'q' || line === 'quit') return { type: 'quit' }
  if (isWait) return { type: 'answer', text: line }
  if (line === 'a' || line === 'all') return { type: 'all' }
  return line === '' ? { type: 'next' } : { type: 'unknown', text: line }
}
