import type { OpenWait } from '@heddle/core'
import type { RefusedAnswer } from '../run/answering.ts'
import { errorMessage } from './error-data.ts'
import { printableLine } from './printable.ts'
import type { Styles } from './printer.ts'
import { timeSpan } from './time-span.ts'

/** Names each open wait. @param now epoch milliseconds */
export function namedWaits(waits: readonly OpenWait[], now: number, styles: Styles): readonly string[] {
  return waits.map((wait) => {
    const { name, waitId, deadline } = wait
    const expiry =
      deadline === undefined ? '' : deadline > now ? `, expires in ${timeSpan(deadline - now)}` : ', its time is up'
    return `  waits for "${styles.bold(printableLine(name))}" at ${waitId.slice(waitId.lastIndexOf(':') + 1)}${expiry}`
  })
}

/** Names each open wait and says how to answer it. @param now epoch milliseconds */
export function waitLines(waits: readonly OpenWait[], command: string, now: number, styles: Styles): readonly string[] {
  if (waits.length === 0) return []
  const answers = waits.map((wait) => `--answer ${quote(`${printableLine(askedBy(wait, waits))}=JSON`)}`)
  return [
    ...namedWaits(waits, now, styles),
    `  This run lives in this process only and ends with it. To answer, run it again:`,
    `    ${printableLine(command)} ${answers.join(' ')}`,
  ]
}

/** The same for a run that is kept in a store. @param command the one that goes on with it */
export function storedWaitLines(
  waits: readonly OpenWait[],
  command: string,
  now: number,
  styles: Styles,
): readonly string[] {
  const [first] = waits
  if (first === undefined) return []
  return [
    ...namedWaits(waits, now, styles),
    `  The run is kept. To answer ${waits.length === 1 ? '' : 'one of them '}and go on with it:`,
    `    ${printableLine(command)} --wait ${quote(printableLine(askedBy(first, waits)))} --payload JSON`,
  ]
}

/** What a wait is answered by: its name, if no other one has it. */
function askedBy({ name, waitId }: OpenWait, waits: readonly OpenWait[]): string {
  return waits.filter((wait) => wait.name === name).length === 1 ? name : waitId
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
