import { committing } from './committing.ts'
import { defineRunScript, lua, type RedisScript } from './define-script.ts'

/**
 * Writes everything that a turn has decided, or nothing if the turn or the revision is not the caller's. Goes on with the turn if that
 * is wanted and more events are there, else ends it. A repeat of one of the last four commits answers the same, and the turn only
 * while it goes on from there.
 *
 * ARGV, after those of every run: fence · nonce · revision · '1' to go on · the changes, see the fragment.
 *
 * Reply: false for an unknown run or a refusal, else what the fragment answers.
 */
export const commitScript: RedisScript = defineRunScript(
  'commit',
  committing,
  lua`
if not isKnown then return {false, false} end
local fence, nonce, revision, goOn = take(), take(), take(), take() == '1'
if isCommitted(nonce, revision) then return finish(repeatCommit(nonce, revision), true) end
if not isHolder(fence, nonce, revision) then return finish(false) end
return finish(applyChanges(nonce, nonce, goOn, true))
`,
)
