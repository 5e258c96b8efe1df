import { absentVariablesAreNull } from './evaluator/absent-variables-are-null.ts'
import { compiledOnceEvaluatedOften } from './evaluator/compiled-once-evaluated-often.ts'
import { errorsArePlainData } from './evaluator/errors-are-plain-data.ts'
import { evaluationChangesNothing } from './evaluator/evaluation-changes-nothing.ts'
import { expressionsMakeValues } from './evaluator/expressions-make-values.ts'
import { expressionsSeeTheirScope } from './evaluator/expressions-see-their-scope.ts'
import { jsonNumbersAndIntegerLiteralsMix } from './evaluator/json-numbers-and-integer-literals-mix.ts'
import { nothingOutsideTheScopeIsSeen } from './evaluator/nothing-outside-the-scope-is-seen.ts'
import { prototypesCannotBeReached } from './evaluator/prototypes-cannot-be-reached.ts'
import { runTimeErrorsAreFailures } from './evaluator/run-time-errors-are-failures.ts'
import { structureIsLimited } from './evaluator/structure-is-limited.ts'
import { syntaxErrorsSayWhere } from './evaluator/syntax-errors-say-where.ts'
import type { EvaluatorBehaviour } from './evaluator-harness.ts'

/** What every evaluator of CEL does. */
export const evaluatorBehaviours: readonly EvaluatorBehaviour[] = [
  expressionsSeeTheirScope,
  expressionsMakeValues,
  jsonNumbersAndIntegerLiteralsMix,
  absentVariablesAreNull,
  errorsArePlainData,
  compiledOnceEvaluatedOften,
  syntaxErrorsSayWhere,
  runTimeErrorsAreFailures,
  prototypesCannotBeReached,
  nothingOutsideTheScopeIsSeen,
  evaluationChangesNothing,
  structureIsLimited,
]
