import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { startRedis } from '../../packages/bullmq/test/redis-server.ts'

/**
 * A client and two workers in processes of their own, over one Redis: `REDIS_URL`, or one that is started here. One of the workers is
 * killed in the middle; the other one finishes the run.
 */
const given = process.env['REDIS_URL']
const server = given === undefined || given === '' ? await startRedis() : undefined
const env = {
  ...process.env,
  REDIS_URL: server?.url ?? given,
  HEDDLE_PREFIX: `heddle-example-${process.pid}`,
}

/** Runs a program of this folder and prints what it says behind its name. */
function start(name: string, program: string, onLine: (line: string) => void = () => {}): ChildProcess {
  const file = fileURLToPath(new URL(`${program}.ts`, import.meta.url))
  const child = spawn(process.execPath, ['--conditions=@heddle/source', '--import', 'tsx', file], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  createInterface({ input: child.stdout }).on('line', (line) => {
    console.log(`${name} ${line}`)
    onLine(line)
  })
  return child
}

const first = start('worker 1', 'worker')
const second = start('worker 2', 'worker')
const client = start('client', 'client', (line) => {
  if (!line.startsWith('sees 4 ')) return
  console.log('worker 1 is killed')
  first.kill('SIGKILL')
})

const [code] = (await once(client, 'exit')) as [number | null]
second.kill('SIGTERM')
await once(second, 'exit')
await server?.stop()
process.exitCode = code ?? 1
