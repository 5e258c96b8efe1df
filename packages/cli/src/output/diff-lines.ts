import type { Difference, RunDiff } from '@heddle/core'
import { jsonText } from './plain-json.ts'
import { printableLine } from './printable.ts'
import type { Styles } from './printer.ts'
import { shorten } from './shorten.ts'
import { timeSpan } from './time-span.ts'

/** What {@link diffLines} is written for. */
export interface DiffPlace {
  readonly styles: Styles
  /** How many columns a line may take; undefined for lines in full. */
  readonly columns: number | undefined
}

/** What differs between two runs, for people. Times are told only where all else is told. */
export function diffLines(a: string, b: string, diff: RunDiff, { styles, columns }: DiffPlace): readonly string[] {
  const fit = (line: string): string => (columns === undefined ? line : shorten(line, columns))
  const part = <T>(
    title: string,
    differences: ReadonlyMap<string, Difference<T>>,
    textOf: (value: T) => string,
  ): readonly string[] => {
    const side = (value: T | undefined): string => (value === undefined ? '-' : textOf(value))
    return differences.size === 0
      ? []
      : [
          styles.dim(`  ${title}:`),
          ...[...differences].map(([key, both]) =>
            fit(`    ${printableLine(key.replace(/@$/u, ''))}: ${side(both.a)} → ${side(both.b)}`),
          ),
        ]
  }
  const plain = (text: string): string => text
  const { status, visits, edges, outputs, durationsMs } = diff
  const isSame = status === undefined && visits.size + edges.size + outputs.size === 0
  const title = `${printableLine(a)} → ${printableLine(b)}`
  return [
    isSame ? `${styles.green('same')} ${title}: visits, edges and outputs` : `${styles.yellow('differ')} ${title}`,
    ...(status === undefined ? [] : [`  ${styles.dim('status:')} ${status.a ?? '-'} → ${status.b ?? '-'}`]),
    ...part('visits', visits, plain),
    ...part('edges', edges, plain),
    ...part('outputs', outputs, (value) => jsonText(value)),
    ...part('times', durationsMs, timeSpan),
  ]
}
