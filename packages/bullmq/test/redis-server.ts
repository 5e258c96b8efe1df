import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { findRedis, type RedisBinary } from './redis-binary.ts'

/** How long a server may take until it answers, in milliseconds. */
const startLimitMs = 20_000

/** Options of {@link startRedis}. */
export interface RedisServerOptions {
  /** Options of redis-server, by name: they come after, and so before, those of this file. @default {} */
  readonly settings?: Readonly<Record<string, string>>
}

/** A Redis of our own: on loopback, with an append-only file in a temporary folder. */
export interface RedisServer {
  readonly url: string
  readonly port: number
  /** Where its append-only file lies. */
  readonly folder: string
  /** The process that serves now. */
  readonly pid: number | undefined
  /** Kills the process (SIGKILL); what was written to the append-only file is kept. */
  kill(): Promise<void>
  /** Starts it again on the same port and folder, after {@link kill}. */
  restart(): Promise<void>
  /** Ends it and removes its folder. Idempotent; also done when this process exits. */
  stop(): Promise<void>
}

/** Starts a Redis on a random port. @throws Error if there is none, or if it does not answer in time */
export async function startRedis({ settings = {} }: RedisServerOptions = {}): Promise<RedisServer> {
  const binary = findRedis()
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-redis-'))
  const port = await freePort()
  let child = await launch(binary, port, folder, settings)
  const end = (): void => {
    child.kill('SIGKILL')
    removeFolder(folder)
  }
  process.once('exit', end)
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((resolve) => {
      child.once('exit', resolve)
    })
    child.kill('SIGKILL')
    await gone
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    folder,
    get pid() {
      return child.pid
    },
    kill,
    restart: async () => {
      await kill()
      child = await launch(binary, port, folder, settings)
    },
    stop: async () => {
      await kill()
      process.off('exit', end)
      end()
    },
  }
}

async function launch(
  binary: RedisBinary,
  port: number,
  folder: string,
  settings: Readonly<Record<string, string>>,
): Promise<ChildProcess> {
  const own = {
    port: String(port),
    bind: '127.0.0.1',
    dir: folder,
    save: '',
    appendonly: 'yes',
    appendfsync: 'everysec',
    'maxmemory-policy': 'noeviction',
    ...settings,
  }
  const options = Object.entries(own).flatMap(([name, value]) => [`--${name}`, value])
  const child = spawn(binary.command, options, {
    env: { ...process.env, ...binary.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  const add = (chunk: Buffer): void => {
    said = `${said}${String(chunk)}`.slice(-4000)
  }
  child.stdout.on('data', add)
  child.stderr.on('data', add)
  const end = performance.now() + startLimitMs
  while (performance.now() < end && child.exitCode === null) {
    if (await answers(port)) return child
    await pause(10)
  }
  child.kill('SIGKILL')
  throw new Error(`${binary.command} did not come up on port ${port}:\n${said}`)
}

/** Whether a server takes commands: one that still loads its log says so instead of PONG. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'))
    const end = (isUp: boolean): void => {
      socket.destroy()
      resolve(isUp)
    }
    socket.once('data', (chunk) => end(/^(?:\+PONG|-NOAUTH)/u.test(String(chunk))))
    socket.once('error', () => end(false))
    socket.once('close', () => end(false))
  })
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

/** A process that the server has made, to write its log anew or to send it to a replica, may write for a moment longer. */
function removeFolder(folder: string): void {
  for (let left = 3; ; left--) {
    try {
      rmSync(folder, { recursive: true, force: true, maxRetries: 3, retryDelay: 50 })
      return
    } catch (error) {
      if (left === 0) throw error
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
