import { isHeddleError } from '@heddle/core'
import { errorMessage } from './error-data.ts'
import { printableText } from './printable.ts'
import type { Styles } from './printer.ts'

/** What was thrown, for people. An error that is not Heddle's is a defect of the command and brings its stack. */
export function thrownLines(thrown: unknown, styles: Styles): readonly string[] {
  const text =
    isHeddleError(thrown) || !(thrown instanceof Error) ? errorMessage(thrown) : (thrown.stack ?? thrown.message)
  const [first = '', ...rest] = printableText(text).split('\n')
  const code = isHeddleError(thrown) ? ` ${styles.dim(`[${thrown.code}]`)}` : ''
  return [`${styles.red('error:')} ${first}${code}`, ...rest]
}

/**
 * An error that nothing caught while a run was under way: the user's code lost it, so its stack is what helps.
 *
 * @param does what it does to the run
 */
export function crashLines(error: unknown, styles: Styles, does: 'ends' | 'interrupts' = 'ends'): readonly string[] {
  const text = error instanceof Error ? (error.stack ?? errorMessage(error)) : errorMessage(error)
  const [first = '', ...rest] = printableText(text).split('\n')
  return [`${styles.red('error:')} nothing caught this error, which ${does} the run: ${first}`, ...rest]
}
