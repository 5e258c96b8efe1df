import type { TurnChanges } from '../ports/turn-store.ts'
import { cancelTimers, cancelWaits } from './cut-off.ts'
import type { MemoryRun } from './memory-run.ts'

/** Ends a run: whatever it waits for is over, its children are cancelled, its parent is told. @returns the messages to send */
export function endRun(
  run: MemoryRun,
  { messages }: TurnChanges,
  end: NonNullable<TurnChanges['end']>,
  now: number,
): TurnChanges['messages'] {
  const { runId, parent } = run.start
  run.status = end.status
  run.endedAt = now
  run.outputValue = end.outputValue
  run.due.clear()
  run.dispatches.clear()
  cancelTimers(run, () => true, now)
  run.inbox.clear()
  run.steps.clear()
  cancelWaits(run, () => true, now)
  run.write(end.journal, now)
  const all = [...run.messages.values()].map(({ message }) => message).filter(({ type }) => type !== 'start-child')
  all.push(...messages.filter(({ type }) => type !== 'start-child'))
  for (const [childRunId, child] of run.children) {
    if (!child.hasSettled) all.push({ id: `cancel/${childRunId}`, type: 'cancel-child', childRunId })
    child.hasSettled = true
  }
  if (parent !== undefined) {
    const { status, outputValue, errorText } = end
    all.push({
      id: 'notify',
      type: 'notify-parent',
      childRunId: runId,
      parent,
      status,
      ...(outputValue === undefined ? {} : { outputValue }),
      ...(errorText === undefined ? {} : { errorText }),
    })
  }
  run.messages.clear()
  for (const message of all) run.send(message, now)
  return all
}
