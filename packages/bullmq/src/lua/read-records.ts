import { batches } from './fragments/batches.ts'
import { cells } from './fragments/cells.ts'
import { runState } from './fragments/run-state.ts'
import { defineRunScript, lua, type RedisScript } from './define-script.ts'

/**
 * Reads records of a run as they are stored.
 *
 * ARGV, after those of every run: what, and its arguments: `cells` and `values` a list of names · `all`, `waits`, `children`, `shared`,
 * `dispatches` nothing · `journal` the index of the first entry and of the last one.
 *
 * Reply: false for an unknown run, else: of `cells` and `values` the texts in the order of the names; of `all` cells, and shared values,
 * each name and text in turn; of the others the hash, name and text in turn, or the texts of the list.
 */
export const readRecordsScript: RedisScript = defineRunScript(
  'read-records',
  [runState, batches, cells],
  lua`
if not isKnown then return {false, false} end
local what = take()
if what == 'cells' then return {false, readCells(takeList())} end
if what == 'values' then return {false, readFields(key('values'), takeList())} end
if what == 'journal' then return {false, redis.call('LRANGE', key('journal'), take(), take())} end
if what == 'all' then return {false, {redis.call('HGETALL', key('cells')), redis.call('HGETALL', key('shared'))}} end
return {false, redis.call('HGETALL', key(what))}
`,
  { isReadOnly: true },
)
