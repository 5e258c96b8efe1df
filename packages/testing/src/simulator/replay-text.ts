import { HeddleError } from '@heddle/core'
import { kindsByPoint, type Fault, type FaultKind } from './faults.ts'

/** What a world is made from: with the same workflow and the same options it goes the same way again. */
export interface Replay {
  readonly seed: number
  readonly faults: readonly Fault[]
}

const letters = Object.assign({}, ...Object.values(kindsByPoint)) as Readonly<Record<FaultKind, string>>
const kinds = new Map(Object.entries(letters).map(([kind, letter]) => [letter, kind as FaultKind]))

/** A fault as its letter, large if it strikes after the operation; its place; and how much of it there is. */
const faultPattern = /^(?<letter>[a-z])(?<at>\d+)(?::(?<amount>-?\d+))?$/iu

/** A replay as one short line: the seed, then the faults. */
export function writeReplay({ seed, faults }: Replay): string {
  const words = faults.map(({ kind, at, amount, isAfter }) => {
    const letter = letters[kind]
    return `${isAfter ? letter.toUpperCase() : letter}${at}${amount === 0 ? '' : `:${amount}`}`
  })
  return [seed, ...words].join(' ')
}

/** Reads what {@link writeReplay} wrote. @throws HeddleError `INVALID_OPTION` */
export function readReplay(text: string): Replay {
  const [seed = '', ...words] = text.trim().split(/\s+/u)
  const faults = words.map(readFault)
  if (!/^-?\d+$/u.test(seed) || faults.includes(undefined)) {
    throw new HeddleError(
      'INVALID_OPTION',
      `"${text}" is no replay: copy the line that describe() gives for a failure`,
      {
        details: { option: 'replay', given: text },
      },
    )
  }
  return { seed: Number(seed), faults: faults as Fault[] }
}

function readFault(word: string): Fault | undefined {
  const { letter = '', at, amount = '0' } = faultPattern.exec(word)?.groups ?? {}
  const kind = kinds.get(letter.toLowerCase())
  if (kind === undefined) return undefined
  return { kind, at: Number(at), amount: Number(amount), isAfter: letter !== letter.toLowerCase() }
}
