import { permits } from './fragments/permits.ts'
import { defineRunScript, lua, type RedisScript } from './define-script.ts'

/**
 * Gives a permit back, if it is held by this token, and wakes who can go on.
 *
 * ARGV, after the key: dispatch · token · '1' if nothing was attempted. Reply: jobs as JSON · the time at which somebody must look again, or
 * false.
 */
export const returnPermitScript: RedisScript = defineRunScript(
  'return-permit',
  [permits],
  lua`
local id, token = ARGV[2], ARGV[3]
readLimit()
if holderToken(id) == token then
  release(id)
  -- Another copy of its job: what it asks for is done.
  forget(id)
  if ARGV[4] == '1' then redis.call('ZREM', key('starts'), token) end
end
refresh()
local jobs = {}
wake(jobs, false)
return finish({jobs})
`,
)
