import type { RunRef } from '../ports/run-records.ts'
import type { ActorOptions } from './actor-options.ts'
import type { Definition } from './definitions.ts'

/** Tells listeners in this process of new entries of a run's journal, from a place on. */
export function announce({ feed, onJournal }: ActorOptions, run: RunRef, { engine }: Definition, seq: number): void {
  feed?.notify(run, engine.serializer, seq)
  onJournal?.(run)
}
