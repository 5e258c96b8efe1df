import type { DefinitionProblem } from '../definition/check-definition.ts'
import { counted } from './counted.ts'
import { printableLine } from './printable.ts'
import type { Styles } from './printer.ts'

/** Problems of a definition, one a line, errors first. */
export function problemLines(problems: readonly DefinitionProblem[], styles: Styles): readonly string[] {
  const order = { error: 0, warning: 1 }
  return problems
    .toSorted((one, other) => order[one.severity] - order[other.severity])
    .map(({ severity, code, message, blueprintId }) => {
      const level = severity === 'error' ? styles.red('error  ') : styles.yellow('warning')
      const place = blueprintId === undefined ? '' : `in workflow "${printableLine(blueprintId)}": `
      return `  ${level} ${place}${printableLine(message)} ${styles.dim(`[${code}]`)}`
    })
}

/** `2 errors and 1 warning`. */
export function countProblems(problems: readonly DefinitionProblem[]): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length
  const warnings = problems.length - errors
  const parts = [
    ...(errors > 0 ? [counted(errors, 'error')] : []),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
  ]
  return parts.join(' and ')
}
