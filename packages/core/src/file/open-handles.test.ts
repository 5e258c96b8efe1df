import { expect, it } from 'vitest'
import { SimulatedDisk } from '../../test/simulated-disk.ts'
import type { IFiles } from './files.ts'
import { FileHandle, OpenHandles } from './open-handles.ts'

/** Files that are open at the moment, by name; a sync takes until it is let go on. */
const setUp = (allowed = 1000): { files: IFiles; open: string[]; finishSync: () => void } => {
  const disk = new SimulatedDisk()
  for (let at = 0; at < 20; at++) disk.put(`/${at}`, Buffer.alloc(0))
  const open: string[] = []
  let finish: () => void = () => {}
  const files: IFiles = {
    open: (name, how) => {
      if (open.length >= allowed) throw Object.assign(new Error('too many open files'), { code: 'EMFILE' })
      const file = disk.open(name, how)
      open.push(name)
      const close = (): void => {
        open.splice(open.indexOf(name), 1)
        file.close()
      }
      const sync = (): Promise<void> =>
        new Promise((resolve) => {
          finish = resolve
        })
      return { ...file, close, sync }
    },
    makeFolder: () => true,
    list: () => [],
    rename: () => {},
    removeFile: () => {},
    removeFolder: () => {},
    syncFolder: async () => {},
    syncFolderNow: () => {},
  }
  return { files, open, finishSync: () => finish() }
}

it('the handles that were not used for the longest time are closed when there are too many, and opened again when needed', () => {
  const { files, open } = setUp()
  const handles = new OpenHandles(files, 3)
  const [a, b, c, d] = ['/0', '/1', '/2', '/3'].map((name) => new FileHandle(handles, name)) as [
    FileHandle,
    FileHandle,
    FileHandle,
    FileHandle,
  ]
  a.use()
  b.use()
  c.use()
  a.use()
  d.use()
  expect(open.sort()).toEqual(['/0', '/2', '/3'])
  b.use()
  expect(open.sort()).toEqual(['/0', '/1', '/3'])
})

it('a handle whose sync is under way is not closed for another one', async () => {
  const { files, open, finishSync } = setUp()
  const handles = new OpenHandles(files, 2)
  const slow = new FileHandle(handles, '/0')
  const syncing = slow.sync()
  for (let at = 1; at < 20; at++) new FileHandle(handles, `/${at}`).use()
  expect(open).toHaveLength(2)
  expect(open).toContain('/0')
  finishSync()
  await syncing
  new FileHandle(handles, '/1').use()
  expect(open).not.toContain('/0')
})

it('handles are closed when the system allows fewer open files than the limit', () => {
  const { files, open } = setUp(5)
  const handles = new OpenHandles(files, 16)
  for (let at = 0; at < 20; at++) new FileHandle(handles, `/${at}`).use()
  expect(open.length).toBeLessThanOrEqual(5)
  expect(open).toContain('/19')
})
