import type { RunJob } from '@heddle/core'

/** A job of a run that nobody looks for. */
export function jobOf(id: string, fields: Partial<RunJob> = {}): RunJob {
  return { id, runId: 'run', incarnation: 'i', definitionHash: 'h', ...fields }
}

/** Resolves when a condition holds. @throws Error if it does not for long */
export async function until(condition: () => boolean | Promise<boolean>, patienceMs = 40_000): Promise<void> {
  const end = performance.now() + patienceMs
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`waited ${patienceMs} ms in vain`)
    await pause(5)
  }
}

/** Lets time pass, so that what must not happen could. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
