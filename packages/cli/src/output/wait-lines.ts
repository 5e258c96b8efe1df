import { visitKey, type OpenWait } from '@heddle/core'
import type { RefusedAnswer } from '../run/answering.ts'
import { errorMessage } from './error-data.ts'
import { printableLine } from './printable.ts'
import type { Styles } from './printer.ts'
import { timeSpan } from './time-span.ts'

/** Names each open wait and says how to answer it. @param now epoch milliseconds */
export function waitLines(waits: readonly OpenWait[], command: string, now: number, styles: Styles): readonly string[] {
  if (waits.length === 0) return []
  const named = waits.map((wait) => {
    const expiry = wait.deadline === undefined ? '' : `, expires in ${timeSpan(wait.deadline - now)}`
    return `  waits for "${styles.bold(printableLine(wait.name))}" at ${visitKey(wait)}${expiry}`
  })
  const answers = [...new Set(waits.map(({ name }) => `--answer ${quote(`${printableLine(name)}=JSON`)}`))]
  return [
    ...named,
    `  This run lives in this process only and ends with it. To answer, run it again:`,
    `    ${printableLine(command)} ${answers.join(' ')}`,
  ]
}

/** Quotes an argument for a shell unless it needs none. */
export function quote(argument: string): string {
  return /^[\w@%+=:,./-]+$/u.test(argument) ? argument : `'${argument.replaceAll("'", String.raw`'\''`)}'`
}

/** Answers that the run did not take, and those that nothing asked for. */
export function answerProblemLines(
  refused: readonly RefusedAnswer[],
  unused: readonly string[],
  styles: Styles,
): readonly string[] {
  return [
    ...refused.map(
      ({ wait, reason }) =>
        `${styles.red('error:')} the answer to "${printableLine(wait)}" was refused: ${printableLine(errorMessage(reason))}`,
    ),
    ...unused.map(
      (name) =>
        `${styles.yellow('warning:')} --answer ${printableLine(name)} was not needed: no wait of that name or id opened.`,
    ),
  ]
}
