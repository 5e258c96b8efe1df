import { defineScript, lua, type RedisScript } from './define-script.ts'

/**
 * Runs of one partition, those that were started last first.
 *
 * KEYS: 1 the partition. ARGV: 1 the latest start that is wanted, in ms, or `+inf` · 2 most runs.
 *
 * Reply: of each run: id, time of its start, incarnation, workflow id, definition hash, status, time of its end or false, parent as JSON or
 * false, tags as JSON or false.
 */
export const listRunsScript: RedisScript = defineScript(
  'list-runs',
  lua`
local partition = KEYS[1]
local places = redis.call('ZRANGE', partition .. ':runs', ARGV[1], '-inf', 'BYSCORE', 'REV', 'LIMIT', 0, ARGV[2], 'WITHSCORES')
local runs = {}
for at = 1, #places, 2 do
  local fields = redis.call('HMGET', partition .. ':run:' .. places[at], 'incarnation', 'workflowId', 'definitionHash', 'status',
    'endedAt', 'parent', 'tags')
  runs[#runs + 1] = {places[at], places[at + 1], unpack(fields)}
end
return runs
`,
  { isReadOnly: true },
)
