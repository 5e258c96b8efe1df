import { pathToFileURL } from 'node:url'
import { format } from 'node:util'

const levels = ['log', 'info', 'warn', 'error'] as const

/** Runs a program in this process; answers what it printed. One at a time: it takes the console for itself. */
export async function runSnippet(file: string): Promise<string> {
  const lines: string[] = []
  const before = levels.map((level) => console[level])
  for (const level of levels) console[level] = (...values: unknown[]) => void lines.push(format(...values))
  try {
    await import(pathToFileURL(file).href)
  } finally {
    for (const [at, level] of levels.entries()) console[level] = before[at] ?? (() => {})
  }
  return lines.join('\n')
}
