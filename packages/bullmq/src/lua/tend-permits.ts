import { permits } from './fragments/permits.ts'
import { defineRunScript, lua, type RedisScript } from './define-script.ts'

/**
 * Does what the time brings to the permits of a key: ends leases, opens windows of a rate, wakes who can go on.
 *
 * ARGV: the key. Reply: jobs as JSON · the time at which somebody must look again, or false.
 */
export const tendPermitsScript: RedisScript = defineRunScript(
  'tend-permits',
  [permits],
  lua`
readLimit()
refresh()
local jobs = {}
wake(jobs, false)
return finish({jobs})
`,
)
