import { randomNonce } from '../defaults/random-nonce.ts'
import { sha256 } from '../graph/sha-256.ts'
import { asideKey, asideText } from '../model/aside-text.ts'
import type { JournalEntry, StoredEvent } from '../model/stored-event.ts'
import { type AsideText, type AsideTexts, inTurns } from './aside-texts.ts'

/** Texts by name; one that does not exist may stand for what is not there. */
type Texts = Readonly<Record<string, string>>

/** Takes texts over the limit out of what one operation writes, and puts them into the blob store before it is carried out. */
export class PuttingAside {
  private readonly texts: AsideTexts
  private readonly runId: string
  private readonly found: AsideText[] = []

  constructor(texts: AsideTexts, runId: string) {
    this.texts = texts
    this.runId = runId
  }

  /** Stores what was found. @throws HeddleError `STORE_UNAVAILABLE` */
  stored(): Promise<void> {
    return this.texts.put(this.found)
  }

  text(text: string): string {
    return this.texts.isOver(text) ? this.aside(text, randomNonce()) : text
  }

  /** The same input has the same reference: a run that is started again is compared by it. */
  input(text: string): string {
    return this.texts.isOver(text) ? this.aside(text, `input-${sha256(new TextEncoder().encode(text))}`) : text
  }

  private aside(text: string, name: string): string {
    const key = `${this.runId}/${name}`
    this.found.push({ key, text })
    return asideText(key)
  }

  values(values: Texts): Texts {
    return Object.values(values).some((text) => this.texts.isOver(text))
      ? Object.fromEntries(Object.entries(values).map(([name, text]) => [name, this.text(text)]))
      : values
  }

  entry<Entry extends JournalEntry>(entry: Entry): Entry {
    return entry.texts === undefined ? entry : { ...entry, texts: this.values(entry.texts) }
  }
}

/** Puts texts back that were put aside, in what one operation answered. */
export class FindingAside {
  private readonly texts: AsideTexts
  private readonly runId: string

  constructor(texts: AsideTexts, runId: string) {
    this.texts = texts
    this.runId = runId
  }

  /** @throws HeddleError `JOURNAL_CORRUPT` if the blob is missing, `STORE_UNAVAILABLE` */
  async text(text: string, field: string, seq?: number): Promise<string> {
    const key = asideKey(text)
    const place = { runId: this.runId, field, ...(seq === undefined ? {} : { seq }) }
    return key === undefined ? text : this.texts.get(key, place)
  }

  async values(values: Texts, seq?: number): Promise<Texts> {
    const referring = Object.entries(values).filter(([, text]) => asideKey(text) !== undefined)
    if (referring.length === 0) return values
    const found = await inTurns(referring, async ([name, text]) => [name, await this.text(text, name, seq)] as const)
    return { ...values, ...Object.fromEntries(found) }
  }

  async events(events: readonly StoredEvent[]): Promise<readonly StoredEvent[]> {
    const refers = ({ texts = {} }: StoredEvent): boolean =>
      Object.values(texts).some((text) => asideKey(text) !== undefined)
    if (!events.some(refers)) return events
    return inTurns(events, async (event) =>
      event.texts === undefined ? event : { ...event, texts: await this.values(event.texts, event.seq) },
    )
  }
}
