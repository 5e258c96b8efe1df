import { checkSchema } from '../execution/checks/check-schema.ts'
import { checkStorable } from '../execution/checks/check-storable.ts'
import type { Engine } from '../execution/engine/engine.ts'
import type { StandardSchema } from '../model/standard-schema.ts'
import type { RunOptions } from './options.ts'
import { isWorkflow, type Runnable } from './runnable.ts'

/** What the input of a run has to fit, if it is a fresh run of a workflow that says so. */
export function inputSchemaOf(runnable: Runnable, options: RunOptions): StandardSchema | undefined {
  return isWorkflow(runnable) && options.snapshot === undefined ? runnable.inputSchema : undefined
}

/** What the schema makes of the input. @throws HeddleError `INVALID_INPUT` */
export function checkInput(schema: StandardSchema, input: unknown): Promise<unknown> {
  return checkSchema(schema, input, 'INVALID_INPUT', 'the input of the run')
}

/**
 * Checks what a run is given before anything of it is begun: its input and its shared values are stored as those of its nodes are.
 *
 * @throws HeddleError `NOT_SERIALISABLE`, `LIMIT_EXCEEDED`
 */
export function checkGiven(
  { checkValue, serializer }: Pick<Engine, 'checkValue' | 'serializer'>,
  input: unknown,
  { context, snapshot }: RunOptions,
): void {
  // Those of a snapshot were checked when its run began.
  if (snapshot !== undefined) return
  checkStorable({ checkValue }, input, () => ({ what: 'the input of the run' }))
  if (context === undefined) return
  for (const [key, value] of Object.entries(context)) {
    checkStorable({ checkValue }, value, () => ({ what: `the shared value "${key}"`, details: { key } }))
  }
  // In a journal they are one value.
  const write = (values: unknown): void => void serializer.serialize(values)
  checkStorable({ checkValue: write }, context, () => ({
    what: 'the shared values that the run begins with, together,',
  }))
}
