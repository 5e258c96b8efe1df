import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach } from 'vitest'

/** A folder that each test of a file, or of a group, has for itself: `dir` is its path while the test runs. */
export function temporaryFolder(): { readonly dir: string } {
  const folder = { dir: '' }
  beforeEach(() => {
    folder.dir = mkdtempSync(path.join(os.tmpdir(), 'heddle-test-'))
  })
  afterEach(() => rmSync(folder.dir, { recursive: true, force: true }))
  return folder
}
