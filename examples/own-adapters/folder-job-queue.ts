import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { HeddleError, type ConsumeOptions, type IJobQueue, type JobConsumer, type RunJob } from '@heddle/core'

/** How often a consumer looks for jobs, and after how long without a sign of life a job counts as lost. */
const pollMs = 5
const lostAfterMs = 5000
const redeliverAfterMs = 100

/** A job queue for processes of one machine: a file for each job, in a folder `waiting` or `taken`. Whoever renames a file has the job. */
export class FolderJobQueue implements IJobQueue {
  readonly #waiting: string
  readonly #taken: string
  readonly #consumers = new Set<JobConsumer>()
  #isClosed = false

  constructor(folder: string) {
    this.#waiting = path.join(folder, 'waiting')
    this.#taken = path.join(folder, 'taken')
  }

  async enqueue(jobs: readonly RunJob[]): Promise<void> {
    if (!this.#isClosed) await Promise.all(jobs.map((job) => this.#put(job, job.delayMs ?? 0)))
  }

  /** Written under another name first, so that nobody reads half a job. The names sort by priority. */
  async #put(job: RunJob, delayMs: number): Promise<void> {
    await mkdir(this.#waiting, { recursive: true })
    await mkdir(this.#taken, { recursive: true })
    const draft = path.join(this.#taken, `${randomUUID()}.draft`)
    await writeFile(draft, JSON.stringify(job))
    const id = createHash('sha256').update(job.id).digest('hex')
    const order = String(Math.max(0, job.priority ?? 0)).padStart(12, '0')
    await rename(draft, path.join(this.#waiting, `${order} ${Math.ceil(Date.now() + delayMs)} ${id}`))
  }

  consume(handler: (job: RunJob) => Promise<void>, { concurrency = 10 }: ConsumeOptions = {}): JobConsumer {
    if (this.#isClosed) throw new HeddleError('ALREADY_CLOSED', 'the job queue is closed; open another one')
    const stopping = new AbortController()
    const ended = this.#look(handler, concurrency, stopping.signal)
    const consumer = {
      close: async (): Promise<void> => {
        stopping.abort()
        await ended
        this.#consumers.delete(consumer)
      },
    }
    this.#consumers.add(consumer)
    return consumer
  }

  async #look(handler: (job: RunJob) => Promise<void>, concurrency: number, stopping: AbortSignal): Promise<void> {
    const active = new Set<Promise<void>>()
    while (!stopping.aborted) {
      await this.#bringBackLost()
      for (const name of await namesIn(this.#waiting)) {
        if (stopping.aborted || active.size >= concurrency) break
        if (Number(name.split(' ')[1]) > Date.now() || !(await this.#take(name))) continue
        const handled = this.#handle(name, handler).finally(() => active.delete(handled))
        active.add(handled)
      }
      await pause(pollMs)
    }
    await Promise.all(active)
  }

  /** One of those who want a file gets it; the others are told that it is not there. */
  async #take(name: string): Promise<boolean> {
    const now = new Date()
    try {
      await utimes(path.join(this.#waiting, name), now, now)
      await rename(path.join(this.#waiting, name), path.join(this.#taken, name))
      return true
    } catch {
      return false
    }
  }

  async #handle(name: string, handler: (job: RunJob) => Promise<void>): Promise<void> {
    const file = path.join(this.#taken, name)
    const job = JSON.parse(await readFile(file, 'utf8')) as RunJob
    const signsOfLife = setInterval(() => void utimes(file, new Date(), new Date()).catch(() => {}), lostAfterMs / 3)
    try {
      await handler(job)
    } catch {
      await this.#put(job, redeliverAfterMs)
    } finally {
      clearInterval(signsOfLife)
      await rm(file, { force: true })
    }
  }

  async #bringBackLost(): Promise<void> {
    for (const name of await namesIn(this.#taken)) {
      const file = path.join(this.#taken, name)
      const found = await stat(file).catch(() => undefined)
      if (found === undefined || found.mtimeMs > Date.now() - lostAfterMs) continue
      await rename(file, path.join(this.#waiting, name)).catch(() => {})
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all([...this.#consumers].map((consumer) => consumer.close()))
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => [])
  return names.filter((name) => !name.endsWith('.draft')).sort()
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
