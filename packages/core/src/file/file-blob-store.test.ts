import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { SimulatedDisk } from '../../test/simulated-disk.ts'
import { temporaryFolder } from '../../test/temporary-folder.ts'
import { FileBlobStore } from './file-blob-store.ts'

const keys = ['run/a@1', '', '../../etc', 'A', 'a', 'ä'.repeat(2000), 'con', '\u0000']

describe('FileBlobStore', () => {
  const folder = temporaryFolder()

  it('keeps any text under any key, in another process too', async () => {
    const store = new FileBlobStore({ dir: path.join(folder.dir, 'not', 'there') })
    for (const key of keys) await store.put(key, `text of ${key} \n \u0000 half \uD83D`)
    const another = new FileBlobStore({ dir: path.join(folder.dir, 'not', 'there') })
    for (const key of keys) expect(await another.get(key)).toBe(`text of ${key} \n \u0000 half \uD83D`)
    expect(await another.get('other')).toBeUndefined()
    expect(readdirSync(folder.dir)).toEqual(['not'])
  })

  it('replaces and deletes a blob; deleting it again does nothing', async () => {
    const store = new FileBlobStore(folder)
    await Promise.all([store.put('key', 'one'), store.put('key', 'two'), store.put('other', '')])
    expect(['one', 'two']).toContain(await store.get('key'))
    await store.put('key', 'three')
    expect(await store.get('key')).toBe('three')
    await store.delete('key')
    await store.delete('key')
    expect(await store.get('key')).toBeUndefined()
    expect(await store.get('other')).toBe('')
  })

  it('refuses a blob that was damaged', async () => {
    const store = new FileBlobStore(folder)
    await store.put('key', 'text')
    const names = readdirSync(folder.dir, { recursive: true, encoding: 'utf8' })
    const file = path.join(folder.dir, names.find((name) => name.endsWith('.blob')) ?? '')
    const bytes = readFileSync(file)
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes)
      changed[at] = Number(changed[at]) ^ 1
      writeFileSync(file, changed)
      await expect(store.get('key')).rejects.toMatchObject({ code: 'JOURNAL_CORRUPT', details: { key: 'key', file } })
    }
  })

  it('is unavailable if its folder is none', async () => {
    writeFileSync(path.join(folder.dir, 'file'), '')
    const store = new FileBlobStore({ dir: path.join(folder.dir, 'file') })
    const unavailable = { code: 'STORE_UNAVAILABLE', retryable: true, details: { key: 'key', code: 'ENOTDIR' } }
    await expect(store.put('key', '')).rejects.toMatchObject(unavailable)
    await expect(store.get('key')).rejects.toMatchObject(unavailable)
    await expect(store.delete('key')).rejects.toMatchObject(unavailable)
  })

  it('keeps the former text or the new one, whatever crashes, and the new one once it has said so', async () => {
    for (let at = 1, hasCrashed = true; hasCrashed; at++) {
      for (const survival of ['all', 'none', 'names and sizes', 1, 2, 3] as const) {
        const before = new SimulatedDisk()
        await new FileBlobStore({ dir: '/blobs', files: before }).put('key', 'former')
        const disk = before.restart('all', { at, done: at % 2 === 0 })
        const stored = await Promise.allSettled([new FileBlobStore({ dir: '/blobs', files: disk }).put('key', 'new')])
        hasCrashed = disk.crashed
        const text = await new FileBlobStore({ dir: '/blobs', files: disk.restart(survival) }).get('key')
        expect(stored[0].status === 'fulfilled' ? ['new'] : ['former', 'new']).toContain(text)
      }
    }
  })
})
