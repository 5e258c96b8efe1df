import { batches } from './fragments/batches.ts'
import { cells } from './fragments/cells.ts'
import { changes } from './fragments/changes.ts'
import { cutOff } from './fragments/cut-off.ts'
import { dispatches } from './fragments/dispatches.ts'
import { dueTimes } from './fragments/due-times.ts'
import { endRun } from './fragments/end-run.ts'
import { inbox } from './fragments/inbox.ts'
import { journal } from './fragments/journal.ts'
import { openIndex } from './fragments/open-index.ts'
import { outbox } from './fragments/outbox.ts'
import { runState } from './fragments/run-state.ts'
import { turn } from './fragments/turn.ts'
import { waiting } from './fragments/waiting.ts'
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
  [
    runState,
    dueTimes,
    batches,
    journal,
    inbox,
    cells,
    openIndex,
    dispatches,
    turn,
    waiting,
    outbox,
    cutOff,
    endRun,
    changes,
  ],
  lua`
if not isKnown then return {false, false} end
local fence, nonce, revision, goOn = take(), take(), take(), take() == '1'
if isCommitted(nonce, revision) then return finish(repeatCommit(nonce, revision), true) end
if not isHolder(fence, nonce, revision) then return finish(false) end
return finish(applyChanges(nonce, goOn, true))
`,
)
