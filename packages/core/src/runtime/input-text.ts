import type { ISerializer } from '../ports/serializer.ts'

/** Answers the text of the input that a run was started with: what another start of its id is compared with. */
export type InputText = () => string

/**
 * The text of an input.
 *
 * @param isKept whether the text is made now: handlers may change the value later. Not for a run whose id nobody has chosen, which nobody
 *   starts twice
 */
export function inputText(serializer: ISerializer, input: unknown, isKept: boolean): InputText {
  if (!isKept) return () => serializer.serialize(input)
  const text = serializer.serialize(input)
  return () => text
}
