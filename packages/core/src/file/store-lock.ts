import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { HeddleError } from '../errors/heddle-error.ts'
import { isMissing, systemCode, type IFiles } from './files.ts'
import type { IProcesses, ProcessIdentity } from './processes.ts'
import { listIfThere, openIfThere, removeIfThere, writeAll } from './whole-files.ts'

/**
 * The lock of a store: a folder for each time that it was taken, with a number that only grows. The highest one says who has it, unless
 * it holds a mark that it was released. To take a lock that is free, or whose owner has ended, is to make the folder with the next
 * number, complete with its owner, by a rename that never replaces one: of several who try, one gets it. The highest number is never
 * removed, so whoever comes late with a lower one sees it and steps back.
 */
export interface StoreLock {
  /** Lets others have the lock. */
  release(): void
}

/** Who has a lock. */
interface Owner extends ProcessIdentity {
  readonly token: string
}

interface Place {
  readonly files: IFiles
  readonly folder: string
}

const ownerName = 'owner.json'
const releasedName = 'released'
const waiting = 'taking-'

/** Each time that it does not succeed, somebody else took the lock or let go of it. */
const maxTries = 100

/**
 * @param folder where the locks lie; it is made if it is missing
 * @param token unguessable; whoever comes with the same one has the lock already, if an error came between taking and knowing it
 * @throws HeddleError `STORE_LOCKED`; an error of the system
 */
export function takeStoreLock(
  files: IFiles,
  folder: string,
  processes: IProcesses,
  token: string = randomUUID(),
): StoreLock {
  const place: Place = { files, folder }
  files.makeFolder(folder)
  const owner: Owner = { ...processes.self(), token }
  for (let tries = 0; tries < maxTries; tries++) {
    const highest = highestOf(place)
    const former = ownerOf(place, highest)
    if (former?.token === token) return { release: () => mark(place, highest) }
    if (former !== undefined && !processes.hasEnded(former)) throw locked(place, former)
    const mine = highest + 1
    if (!make(place, mine, owner)) continue
    if (highestOf(place) > mine) {
      removeLock(place, String(mine))
      continue
    }
    for (const name of files.list(folder)) if (isOurs(name) && name !== String(mine)) removeLock(place, name)
    return { release: () => mark(place, mine) }
  }
  throw locked(place, ownerOf(place, highestOf(place)))
}

function isOurs(name: string): boolean {
  return name.startsWith(waiting) || /^\d+$/u.test(name)
}

/** The number of the last time that the lock was taken; 0 if it never was. */
function highestOf({ files, folder }: Place): number {
  return Math.max(0, ...listIfThere(files, folder).map(Number).filter(Number.isSafeInteger))
}

/** Who has the lock; `undefined` if nobody does. One that a loss of power has damaged belongs to a process that has ended with it. */
function ownerOf({ files, folder }: Place, number: number): Owner | undefined {
  const own = path.join(folder, String(number))
  const text = read(files, path.join(own, ownerName))
  if (text === undefined || listIfThere(files, own).includes(releasedName)) return undefined
  try {
    const owner = JSON.parse(text) as Owner
    return Number.isSafeInteger(owner.pid) ? owner : undefined
  } catch {
    return undefined
  }
}

/** Makes the folder with a number, complete with its owner; `false` if there is one. */
function make({ files, folder }: Place, number: number, owner: Owner): boolean {
  const prepared = path.join(folder, `${waiting}${owner.token}`)
  try {
    files.makeFolder(prepared)
    write(files, path.join(prepared, ownerName), JSON.stringify(owner))
    files.rename(prepared, path.join(folder, String(number)))
    return true
  } catch (error) {
    // ENOENT: another one has taken the lock and has swept this one's preparations away.
    if (isMissing(error) || isOccupied(error)) return false
    // Windows says of a folder that is there that the rename is not permitted.
    if (['EPERM', 'EACCES'].includes(systemCode(error) ?? '') && highestOf({ files, folder }) >= number) return false
    throw error
  }
}

function mark({ files, folder }: Place, number: number): void {
  write(files, path.join(folder, String(number), releasedName), '')
}

function read(files: IFiles, name: string): string | undefined {
  const file = openIfThere(files, name)
  if (file === undefined) return undefined
  try {
    const bytes = Buffer.allocUnsafe(file.size())
    return bytes.toString('utf8', 0, file.readNow(bytes, 0))
  } finally {
    file.close()
  }
}

function write(files: IFiles, name: string, text: string): void {
  const file = files.open(name, 'create')
  try {
    if (text !== '') writeAll(file, Buffer.from(text), 0)
  } finally {
    file.close()
  }
}

/** Removes a lock that no longer counts. Others may be at it too. */
function removeLock({ files, folder }: Place, name: string): void {
  const old = path.join(folder, name)
  for (const one of [ownerName, releasedName]) removeIfThere(files, path.join(old, one))
  try {
    files.removeFolder(old)
  } catch (error) {
    // Somebody may prepare himself in it at this moment: he comes too late, and whoever takes the lock next sweeps it away.
    if (!isMissing(error) && !isOccupied(error)) throw error
  }
}

/** Whether an error says that a folder is not empty. */
function isOccupied(error: unknown): boolean {
  return ['ENOTEMPTY', 'EEXIST'].includes(systemCode(error) ?? '')
}

function locked({ folder }: Place, owner: Owner | undefined): HeddleError {
  const who = owner === undefined ? 'another process' : `process ${owner.pid} on ${owner.host}`
  return new HeddleError(
    'STORE_LOCKED',
    `the store in ${path.dirname(folder)} is in use by ${who}; close it there, or wait until that process has ended`,
    {
      details: { path: folder, ...(owner === undefined ? {} : { owner }) },
      retryable: true,
    },
  )
}
