import { createInterface } from 'node:readline'
import type { Io } from '../io.ts'
import type { Ask, Command } from './step-through.ts'

/**
 * Asks on the terminal what to do next. The terminal is taken for one question at a time: in between Ctrl-C is a signal as ever.
 *
 * @param onInterrupt Ctrl-C while a question is open: the terminal hands it on as a key
 */
export function askOnTerminal(io: Io, onInterrupt: () => void): Ask {
  const read = (prompt: string): Promise<string> =>
    new Promise((resolve) => {
      const lines = createInterface({ input: io.stdin, output: io.stdout as NodeJS.WriteStream, terminal: true })
      let isAnswered = false
      const end = (line: string): void => {
        isAnswered = true
        resolve(line.trim())
        lines.close()
      }
      lines.on('line', end)
      lines.on('SIGINT', () => {
        io.stdout.write('\n')
        onInterrupt()
        end('q')
      })
      lines.on('close', () => {
        if (isAnswered) return
        // The end of the input (Ctrl-D) stands for quitting.
        io.stdout.write('\n')
        resolve('q')
      })
      lines.setPrompt(prompt)
      lines.prompt()
    })
  return async ({ prompt, isWait }) => parse(await read(prompt), isWait)
}

/** What a line says: nothing is the next step, `a` all of them, `q` the end; for a wait also the JSON of its answer. */
function parse(line: string, isWait: boolean): Command {
  if (line === 'q' || line === 'quit') return { type: 'quit' }
  if (isWait) return { type: 'answer', text: line }
  if (line === 'a' || line === 'all') return { type: 'all' }
  return line === '' ? { type: 'next' } : { type: 'unknown', text: line }
}
