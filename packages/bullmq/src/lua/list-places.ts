import { defineScript, lua, type RedisScript } from './define-script.ts'

/**
 * Which runs some partitions have, of each those that were started last first.
 *
 * KEYS: the partitions, which must be in one slot if there are slots. ARGV, of each partition in turn: the latest start that is wanted, in
 * ms, or `+inf` · most runs.
 *
 * Reply: of each partition a list of id and time of its start, in turn.
 */
export const listPlacesScript: RedisScript = defineScript(
  'list-places',
  lua`
local lists = {}
for at, partition in ipairs(KEYS) do
  lists[at] = redis.call('ZRANGE', partition .. ':runs', ARGV[2 * at - 1], '-inf', 'BYSCORE', 'REV', 'LIMIT', 0, ARGV[2 * at],
    'WITHSCORES')
end
return lists
`,
  { isReadOnly: true },
)
