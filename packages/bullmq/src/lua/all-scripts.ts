import { answerWaitScript } from './answer-wait.ts'
import { cancelScript } from './cancel.ts'
import { changeKeyScript } from './change-key.ts'
import { claimScript } from './claim.ts'
import { clearMessageScript } from './clear-message.ts'
import { commitScript } from './commit.ts'
import type { RedisScript } from './define-script.ts'
import { deliverScript } from './deliver.ts'
import { failTurnScript } from './fail-turn.ts'
import { fetchScript } from './fetch.ts'
import { listPlacesScript } from './list-places.ts'
import { readListedScript } from './read-listed.ts'
import { readPermitsScript } from './read-permits.ts'
import { readRecordsScript } from './read-records.ts'
import { readRunScript } from './read-run.ts'
import { recordStepScript } from './record-step.ts'
import { releaseScript } from './release.ts'
import { removeScript } from './remove.ts'
import { renewPermitScript } from './renew-permit.ts'
import { renewScript } from './renew.ts'
import { returnPermitScript } from './return-permit.ts'
import { settleScript } from './settle.ts'
import { startScript } from './start.ts'
import { takeDueScript } from './take-due.ts'
import { takePartitionsScript } from './take-partitions.ts'
import { takePermitScript } from './take-permit.ts'
import { tendPermitsScript } from './tend-permits.ts'
import { tendScript } from './tend.ts'

/**
 * All scripts of the store. A server that lacks one is given all of them: so that those which only read are there too when it takes no
 * libraries any more, as one whose memory is full, or a replica.
 */
export const allScripts: readonly RedisScript[] = [
  answerWaitScript,
  cancelScript,
  changeKeyScript,
  claimScript,
  clearMessageScript,
  commitScript,
  deliverScript,
  failTurnScript,
  fetchScript,
  listPlacesScript,
  readListedScript,
  readPermitsScript,
  readRecordsScript,
  readRunScript,
  recordStepScript,
  releaseScript,
  removeScript,
  renewPermitScript,
  renewScript,
  returnPermitScript,
  settleScript,
  startScript,
  takeDueScript,
  takePartitionsScript,
  takePermitScript,
  tendPermitsScript,
  tendScript,
]
