import { valuesOf } from '../actor/stored-fact.ts'
import { failureValue, inputValue, runOutputValue } from '../actor/value-names.ts'
import { asideKey } from '../model/aside-text.ts'
import type { RunRef } from '../ports/run-records.ts'
import type { ICoordinationStore } from '../ports/coordination-store.ts'
import type { AsideTexts } from './aside-texts.ts'

/** How many entries are read at a time. */
const pageSize = 1000

/** The names of the values that a run may have beside those that its journal names. */
const ownValues = [inputValue, runOutputValue, failureValue]

/**
 * Removes a run, and then the blobs that its records referred to: its input, and whatever its journal tells of.
 *
 * @param store with the references, not with what they stand for
 */
export async function removeBlobs(store: ICoordinationStore, texts: AsideTexts, run: RunRef): Promise<void> {
  const referring = await referringTexts(store, run)
  await store.remove(run)
  // A run of the same id and input that was started since refers to the same input.
  const isThere = (await store.readRun(run.runId)) !== undefined
  const prefix = `${run.runId}/`
  const keys = referring
    .flatMap((text) => asideKey(text) ?? [])
    .filter((key) => key.startsWith(prefix) && !(isThere && key.startsWith(`${prefix}input-`)))
  await texts.delete([...new Set(keys)])
}

async function referringTexts(store: ICoordinationStore, run: RunRef): Promise<string[]> {
  const found: string[] = []
  const names = new Set(ownValues)
  for (let after = 0; ; after += pageSize) {
    const events = await store.readJournal(run, after, pageSize)
    for (const { texts = {} } of events) found.push(...Object.values(texts))
    for (const name of valuesOf(events)) names.add(name)
    if (events.length < pageSize) break
  }
  found.push(...Object.values(await store.readValues(run, [...names])))
  return found
}
