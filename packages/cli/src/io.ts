import type { OutputStream } from './output/printer.ts'

/** The streams and the environment that the command works with. */
export interface Io {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: OutputStream
  readonly stderr: OutputStream
  readonly env: NodeJS.ProcessEnv
}

/** The streams of this process; a command keeps what user code prints apart from what is written through them. */
export function processIo(): Io {
  return { stdin: process.stdin, stdout: direct(process.stdout), stderr: direct(process.stderr), env: process.env }
}

function direct(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  const write = stream.write.bind(stream)
  return Object.create(stream, { write: { value: write } }) as NodeJS.WriteStream
}

/**
 * Hands on what code of the user's writes to the streams of this process, until the function that comes back is called: so that it
 * neither disturbs the live view nor gets into the document of `--json`.
 */
export function redirectWrites(streams: readonly NodeJS.WriteStream[], take: (text: string) => void): () => void {
  const undo = streams.map((stream) => {
    const write = stream.write.bind(stream)
    stream.write = (chunk: unknown, ...rest: unknown[]): boolean => {
      take(chunk instanceof Uint8Array ? Buffer.from(chunk).toString('utf8') : String(chunk))
      const callback = rest.find((item) => typeof item === 'function')
      if (callback !== undefined) process.nextTick(callback)
      return true
    }
    return () => {
      stream.write = write
    }
  })
  return () => {
    for (const restore of undo) restore()
  }
}
