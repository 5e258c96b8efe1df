import type { RunEvent, RunFact } from '../model/run-event.ts'
import type { JournalEntry, StoredEvent } from '../model/stored-event.ts'
import type { VisitName } from '../model/visit.ts'
import type { ISerializer } from '../ports/serializer.ts'
import { serializeError } from './stored-outcome.ts'
import { suspensionValues, toSuspension } from './stored-suspension.ts'
import { inputValue, outputValue, transformedValue } from './value-names.ts'

/**
 * The journal entry of a fact. Values that are stored elsewhere are referred to; what the kernel was handed as text stays text.
 *
 * @param values names of stored values by field, where the fact does not tell them
 */
export function toEntry(
  serializer: ISerializer,
  fact: RunFact,
  values?: Readonly<Record<string, string>>,
): JournalEntry {
  if (fact.type === 'run.started') {
    const { input: _input, context, ...rest } = fact
    const texts = context === undefined ? {} : { texts: { context: serializer.serialize(context) } }
    return { fact: rest, values: { input: inputValue }, ...texts }
  }
  if (fact.type === 'node.completed') {
    const { output: _output, transformed, ...rest } = fact
    return { fact: rest, values: { output: outputValue(fact) }, ...transformedNames(fact, transformed) }
  }
  if (fact.type === 'node.failed') {
    const { error, transformed, ...rest } = fact
    const texts = { error: serializeError(serializer, error) }
    return { fact: rest, texts, ...transformedNames(fact, transformed) }
  }
  if (fact.type === 'node.suspended') {
    // The fact has it without its values: the stored form says where they stand.
    const { on: _on, ...rest } = fact
    return { fact: rest }
  }
  if (fact.type === 'context.changed') {
    const { value, ...rest } = fact
    return { fact: rest, texts: { value: value as string } }
  }
  if (fact.type === 'graph.expanded') {
    const { expansion, ...rest } = fact
    return { fact: rest, texts: { expansion: serializer.serialize(expansion) } }
  }
  if ('error' in fact) {
    const { error, ...rest } = fact
    return { fact: rest, texts: { error: serializeError(serializer, error) } }
  }
  if (values === undefined) return { fact: { ...fact } }
  const rest = Object.fromEntries(Object.entries(fact).filter(([field]) => !(field in values)))
  return { fact: rest as JournalEntry['fact'], values }
}

function transformedNames(
  visit: VisitName,
  transformed: ReadonlyMap<number, unknown> | undefined,
): Pick<JournalEntry, 'transformed'> {
  if (transformed === undefined || transformed.size === 0) return {}
  return { transformed: [...transformed.keys()].map((ordinal) => [ordinal, transformedValue(visit, ordinal)] as const) }
}

/** Names of the stored values that journal entries refer to. */
export function valuesOf(entries: readonly JournalEntry[]): string[] {
  return entries.flatMap(({ fact, values = {}, transformed = [], on }) => [
    ...Object.values(values),
    ...transformed.map(([, name]) => name),
    ...(on === undefined ? [] : suspensionValues(fact as unknown as VisitName, on)),
  ])
}

/** The event of a journal entry, with its values. */
export function toEvent(
  serializer: ISerializer,
  runId: string,
  stored: StoredEvent,
  values: Readonly<Record<string, string>>,
): RunEvent {
  const { fact, texts = {}, values: names = {}, transformed, on, seq, at } = stored
  const read = (name: string): unknown => {
    const text = values[name]
    return text === undefined ? undefined : serializer.deserialize(text)
  }
  const fields: Record<string, unknown> = { ...fact }
  for (const [field, text] of Object.entries(texts)) fields[field] = serializer.deserialize(text)
  for (const [field, name] of Object.entries(names)) fields[field] = read(name)
  if (transformed !== undefined) {
    fields['transformed'] = new Map(transformed.map(([ordinal, name]) => [ordinal, read(name)]))
  }
  if (on !== undefined) fields['on'] = toSuspension(serializer, fact as unknown as VisitName, on, read)
  return { ...fields, seq, at, runId } as unknown as RunEvent
}
