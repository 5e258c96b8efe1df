import { HeddleError } from '../../errors/heddle-error.ts'
import { describeKind } from '../../model/describe-kind.ts'

/**
 * What a function answered that decides something. Anything but a boolean is a mistake, most often a forgotten `return`: it never counts as
 * true or false, as in a condition of an edge.
 *
 * @param name of the function, as it is registered or as its option is called
 * @throws HeddleError `INVALID_OUTPUT`, which is not tried again
 */
export function yesOrNo(nodeId: string, name: string, answer: unknown): boolean {
  if (typeof answer === 'boolean') return answer
  const given = typeof answer === 'number' ? String(answer) : describeKind(answer)
  const mend =
    answer === undefined ? 'Was a return forgotten?' : 'Compare, for instance with !== undefined, or use Boolean(…).'
  throw new HeddleError(
    'INVALID_OUTPUT',
    `"${name}" of node "${nodeId}" answered ${given}, and must answer true or false. ${mend}`,
    { details: { nodeId, name }, retryable: false },
  )
}
