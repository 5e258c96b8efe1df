import { HeddleError } from '@heddle/core'
import { checkDefinition, isValid, type DefinitionProblem } from '../definition/check-definition.ts'
import type { Definition } from '../definition/definition.ts'
import { loadDefinition } from '../definition/load-definition.ts'
import type { DefinitionFlags } from '../flags/run-flags.ts'
import { countProblems, problemLines } from '../output/problem-lines.ts'
import { printableLine } from '../output/printable.ts'
import type { Printer } from '../output/printer.ts'

/** Thrown after all problems of a definition were listed: nothing is left to say but the exit code. */
export class InvalidDefinition extends HeddleError {
  readonly problems: readonly DefinitionProblem[]

  constructor(definition: Definition, problems: readonly DefinitionProblem[]) {
    const { file } = definition
    super('INVALID_BLUEPRINT', `"${file}" is not valid: ${countProblems(problems)}.`, { details: { file, problems } })
    this.problems = problems
  }
}

/**
 * Loads what FILE defines, ready to run; its warnings are written out.
 *
 * @throws HeddleError `INVALID_OPTION`; `INVALID_BLUEPRINT` after all problems were written out
 */
export async function loadValidDefinition(file: string, flags: DefinitionFlags, errors: Printer): Promise<Definition> {
  const definition = await loadDefinition({ file, registry: flags.registry, export: flags.export })
  const problems = checkDefinition(definition, true)
  if (isValid(problems)) {
    errors.lines(problemLines(problems, errors.styles))
    return definition
  }
  reportInvalid(definition, problems, errors)
  throw new InvalidDefinition(definition, problems)
}

/** Writes out everything that is wrong with a definition. */
export function reportInvalid(definition: Definition, problems: readonly DefinitionProblem[], errors: Printer): void {
  const { styles } = errors
  errors.line(`${styles.red('error:')} "${printableLine(definition.file)}" is not valid: ${countProblems(problems)}.`)
  errors.lines(problemLines(problems, styles))
  if (!definition.hasRegistry && problems.some(({ code }) => code === 'UNKNOWN_HANDLER')) {
    errors.line('  No handlers were given: name the module that exports them with --registry MODULE.')
  }
}

/** The id of a blueprint that may be anything. */
export function titleOf({ blueprint, file }: Definition): string {
  const id: unknown = blueprint?.id
  return typeof id === 'string' ? id : file
}
