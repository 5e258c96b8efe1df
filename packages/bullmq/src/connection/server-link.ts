import { HeddleError, isHeddleError, type ILogger } from '@heddle/core'
import type { Cluster, Redis } from 'ioredis'
import { failureText, withoutCommand } from '../redis-failure.ts'
import { isReplicaError, isUnreachable, mendOf } from './server-errors.ts'
import { within } from './within.ts'

/** The longest pause between two attempts to reach the server, in milliseconds. */
const longestPauseMs = 1000

/** What a link is told about its server. */
export interface LinkSettings {
  /** What the server is there for, as messages begin: `the Redis of the runs`. */
  readonly name: string
  readonly connectTimeoutMs: number
  readonly logger: ILogger
  /** Where it is, without what is secret. */
  readonly address: () => string
  /** The error of an operation whose command the server has answered so, if it is another one than `STORE_UNAVAILABLE`. */
  readonly refusal?: (said: string) => HeddleError | undefined
}

/** What a client does about an error of a command: nothing, connect again, or connect again and send the command there. */
type Mending = false | 1 | 2

/** Options of a client that outlives its server. */
export interface SurvivalOptions {
  readonly maxRetriesPerRequest: null
  readonly connectTimeout: number
  readonly retryStrategy: (times: number) => number
  readonly reconnectOnError: (error: Error) => Mending
}

/**
 * What the connections to one server have in common: how they are made again, what the logger is told of that, and which error an
 * operation rejects with.
 *
 * A client whose server has become a replica connects again, since the address may lead to the new primary by now. One whose database
 * cannot be selected never becomes ready: the client would go on with database 0.
 */
export class ServerLink {
  private readonly settings: LinkSettings
  /** Messages that were told since the server was last reached. */
  private readonly told: Set<string> = new Set()
  /** Reject what waits for a server that does not have the database. */
  private readonly refusals: Set<(error: HeddleError) => void> = new Set()
  private lastError: Error | undefined
  private isLost = false
  private isClosed = false
  /** The server took no writes when it was asked last: how often in a row a connection was made again for that. */
  private replicaRounds = 0
  private isReplica = false

  constructor(settings: LinkSettings) {
    this.settings = settings
  }

  /** @param sendsAgain whether a command that a replica has refused is sent again; otherwise its caller does so */
  survival(sendsAgain: boolean): SurvivalOptions {
    return {
      maxRetriesPerRequest: null,
      connectTimeout: this.settings.connectTimeoutMs,
      retryStrategy: (times) => this.pauseBefore(times),
      reconnectOnError: (error) => {
        if (!isReplicaError(error)) return false
        this.noteReplica(error)
        return sendsAgain ? 2 : 1
      },
    }
  }

  private pauseBefore(times: number): number {
    if (this.isReplica) this.replicaRounds++
    return Math.min(50 * Math.max(times, this.replicaRounds), longestPauseMs)
  }

  private noteReplica(error: Error): void {
    this.isReplica = true
    this.noteError(error)
  }

  /** Listens to a client: an error that nobody listens to would end the process. */
  watch(client: Redis | Cluster): void {
    client.on('error', (error: Error) => {
      if (commandOf(error) === 'select') this.refuseDatabase(client, error)
      else this.noteError(error)
    })
    client.on('ready', () => void this.noteReady(client))
    // Each command that a replica refuses adds a listener to the socket: as many as were under way, and no leak.
    if (!client.isCluster) client.on('connect', () => (client as Redis).stream.setMaxListeners(0))
  }

  private refuseDatabase(client: Redis | Cluster, error: Error): void {
    client.disconnect(true)
    this.noteLoss(withoutCommand(error))
    const address = this.settings.address()
    const message = `${this.settings.name} at ${address} does not let the database of the address be selected: ${error.message}`
    const refusal = new HeddleError('STORE_SETTINGS', message, { details: { address } })
    for (const refuse of this.refusals) refuse(refusal)
  }

  /** Something went wrong on a connection. The same is told once until the server is reached again. */
  noteError(given: Error): void {
    const error = withoutCommand(given)
    // BullMQ repeats what its connections say.
    if (error === this.lastError) return
    if (isUnreachable(error)) {
      this.noteLoss(error)
      return
    }
    this.lastError = error
    if (this.isClosed || this.told.has(error.message)) return
    this.told.add(error.message)
    this.settings.logger.warn({ err: error }, `${this.settings.name} met an error`)
  }

  /** A connection was lost, or could not be made. Told once until the server is reached again. */
  noteLoss(error: Error | undefined = this.lastError): void {
    this.lastError = error
    if (this.isLost || this.isClosed) return
    this.isLost = true
    this.settings.logger.warn({ err: error }, `${this.settings.name} cannot be reached; tried again`)
  }

  private async noteReady(client: Redis | Cluster): Promise<void> {
    if (this.isReplica && (await isStillReplica(client))) return
    this.isReplica = false
    this.replicaRounds = 0
    this.lastError = undefined
    this.told.clear()
    if (!this.isLost) return
    this.isLost = false
    this.settings.logger.info(`${this.settings.name} is reached again`)
  }

  /** What a promise resolves with; rejects at once if the server does not have the database. */
  async unlessRefused<T>(answer: Promise<T>): Promise<T> {
    let refuse: (error: HeddleError) => void = () => undefined
    const refused = new Promise<never>((_resolve, reject) => {
      refuse = reject
    })
    this.refusals.add(refuse)
    try {
      return await Promise.race([answer, refused])
    } finally {
      this.refusals.delete(refuse)
    }
  }

  /**
   * What a command answers, if it does in time.
   *
   * @param silence what is said of the server if it does not
   * @throws HeddleError `STORE_UNAVAILABLE`; whether the command took effect is not known then
   */
  async inTime<T>(answer: Promise<T>, limitMs: number, silence: () => string = () => 'did not answer'): Promise<T> {
    try {
      const found = await within(answer, limitMs)
      if (found.isInTime) return found.value
    } catch (error) {
      if (isHeddleError(error)) throw error
      throw this.settings.refusal?.(failureText(error)) ?? this.unavailable('refused a command', withoutCommand(error))
    }
    throw this.unavailable(`${silence()} within ${limitMs} ms`, this.lastError)
  }

  private unavailable(problem: string, cause: unknown): HeddleError {
    const { name } = this.settings
    const address = this.settings.address()
    const said = failureText(cause)
    const why = said === '' ? '' : `: ${said}`
    return new HeddleError('STORE_UNAVAILABLE', `${name} at ${address} ${problem}${why}${mendOf(said)}`, {
      details: { address },
      retryable: true,
      cause,
    })
  }

  /** What happens to connections from now on is told no more. */
  close(): void {
    this.isClosed = true
  }
}

/** Which command an error of the client is about. */
function commandOf(error: Error): string | undefined {
  const { command } = error as { readonly command?: { readonly name?: string } }
  return command?.name
}

/** Whether a server that refused writes does so still. One that does not tell is taken to take them. */
async function isStillReplica(client: Redis | Cluster): Promise<boolean> {
  try {
    return (await client.info('replication')).includes('role:slave')
  } catch {
    return false
  }
}
