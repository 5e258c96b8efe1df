import type { CoordinationStoreBehaviour } from '../coordination-store-harness.ts'

/** A journal is read in pages, from the entry after a place. */
export const journalsAreReadInPages: CoordinationStoreBehaviour = {
  name: 'a journal is read in pages, from the entry after a place',
  run: async ({ store, open, expect }) => {
    const { ref } = await open({
      journal: Array.from({ length: 25 }, (_, at) => ({ fact: { type: 'warning', n: at } })),
    })
    const page = async (after: number): Promise<number[]> =>
      (await store.readJournal(ref, after, 10)).map(({ seq }) => seq)
    expect([(await page(0)).length, (await page(10))[0], (await page(20)).length, (await page(25)).length]).toEqual([
      10, 11, 5, 0,
    ])
  },
}
