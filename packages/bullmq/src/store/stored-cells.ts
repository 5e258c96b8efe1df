import type { Cell, SharedCell } from '@heddle/core'
import { emptyRecord, isMissing, listOf, pairsOf, parse } from './reply.ts'

/** Cells by the names that were asked for, `null` for those that do not exist. */
export function cellsOf(names: readonly string[], texts: unknown): Record<string, Cell | null> {
  const cells = emptyRecord<Cell | null>()
  for (const [at, text] of listOf(texts).entries()) {
    cells[names[at] as string] = isMissing(text) ? null : parse<Cell>(text)
  }
  return cells
}

/** Shared values by key. */
export function sharedOf(reply: unknown): Record<string, SharedCell> {
  const shared = emptyRecord<SharedCell>()
  for (const [key, text] of pairsOf(reply)) shared[key] = parse<SharedCell>(text)
  return shared
}
