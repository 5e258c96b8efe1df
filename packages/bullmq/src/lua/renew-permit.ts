import { asking } from './fragments/asking.ts'
import { permits } from './fragments/permits.ts'
import { defineRunScript, lua, type RedisScript } from './define-script.ts'

/**
 * Prolongs the lease of a permit, from now on; one that is not there any more is taken back as long as there is one to be had.
 *
 * ARGV: as of `take-permit`. Reply: `renewed` or `lost` · the time at which somebody must look again, or false.
 */
export const renewPermitScript: RedisScript = defineRunScript(
  'renew-permit',
  [permits, asking],
  lua`
if not holder and places() > 0 then
  hold(id, token, now, leaseMs, job)
elseif holder == token then
  redis.call('ZADD', key('held'), now + leaseMs, id)
else
  return finish({'lost'})
end
return finish({'renewed'})
`,
)
