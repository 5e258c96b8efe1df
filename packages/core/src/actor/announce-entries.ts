import type { RunRef } from '../ports/run-records.ts'
import type { ActorOptions } from './actor-options.ts'
import type { Definition } from './definitions.ts'

/** Tells listeners of this process that a run's journal has new entries, up to a number. */
export function announceEntries(
  { feed, onJournal }: Pick<ActorOptions, 'feed' | 'onJournal'>,
  run: RunRef,
  { engine }: Definition,
  seq: number,
): void {
  feed?.notify(run, engine.serializer, seq)
  onJournal?.(run)
}
