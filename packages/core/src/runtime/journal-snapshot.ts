import { needsBlobs, isAsideText } from '../model/aside-text.ts'
import type { JournalContents } from '../ports/journal-store.ts'
import type { ISerializer } from '../ports/serializer.ts'
import { definitionInForce } from '../traversal/definition-in-force.ts'
import { nestSnapshot, type FlatSnapshot } from '../traversal/flat-snapshot.ts'
import type { RunSnapshot } from '../traversal/run-snapshot.ts'

/** The snapshot that a journal holds, if it holds one. @throws HeddleError `INVALID_OPTION` if it is in a blob store that was not given */
export function snapshotIn(
  serializer: ISerializer,
  runId: string,
  { snapshot }: Pick<JournalContents, 'snapshot'>,
): RunSnapshot | undefined {
  if (snapshot === undefined) return undefined
  if (isAsideText(snapshot.text)) throw needsBlobs(runId)
  return nestSnapshot(serializer.deserialize(snapshot.text) as FlatSnapshot)
}

/** The hash of the definition that the run of a journal has now. @throws HeddleError as {@link snapshotIn} does */
export function hashIn(serializer: ISerializer, runId: string, contents: JournalContents): string {
  const facts = contents.entries.map(({ fact }) => fact)
  const began = snapshotIn(serializer, runId, contents)?.definitionHash ?? String(facts[0]?.['definitionHash'])
  return definitionInForce(facts, began)
}
