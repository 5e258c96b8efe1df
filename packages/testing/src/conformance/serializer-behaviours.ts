import { brokenTextIsRefused } from './serializer/broken-text-is-refused.ts'
import { checkAgreesWithSerialize } from './serializer/check-agrees-with-serialize.ts'
import { circlesComeBackClosed } from './serializer/circles-come-back-closed.ts'
import { depthIsLimited } from './serializer/depth-is-limited.ts'
import { errorsKeepWhatTheySay } from './serializer/errors-keep-what-they-say.ts'
import { heddleErrorsAreRecognised } from './serializer/heddle-errors-are-recognised.ts'
import { jsonComesBackEqual } from './serializer/json-comes-back-equal.ts'
import { nothingIsDropped } from './serializer/nothing-is-dropped.ts'
import { prototypesAreOutOfReach } from './serializer/prototypes-are-out-of-reach.ts'
import { richValuesComeBackAsTheyWere } from './serializer/rich-values-come-back-as-they-were.ts'
import { textIsStable } from './serializer/text-is-stable.ts'
import { undefinedKeepsItsPlace } from './serializer/undefined-keeps-its-place.ts'
import { whatCannotBeStoredIsRefused } from './serializer/what-cannot-be-stored-is-refused.ts'
import type { SerializerBehaviour } from './serializer-harness.ts'

/** What every serializer does. */
export const serializerBehaviours: readonly SerializerBehaviour[] = [
  jsonComesBackEqual,
  undefinedKeepsItsPlace,
  richValuesComeBackAsTheyWere,
  errorsKeepWhatTheySay,
  heddleErrorsAreRecognised,
  circlesComeBackClosed,
  whatCannotBeStoredIsRefused,
  nothingIsDropped,
  checkAgreesWithSerialize,
  depthIsLimited,
  brokenTextIsRefused,
  prototypesAreOutOfReach,
  textIsStable,
]
