import { Redis } from 'ioredis'
import { toText, toWholeText } from './numbers.ts'

/** What was asked of a server up to a moment. */
interface Reading {
  /** Commands that clients of this process sent. */
  readonly sent: number
  /** Commands that the server carried out, those inside scripts among them. */
  readonly calls: number
  /** Time in scripts, in microseconds. */
  readonly scriptUs: number
  /** Processor time of the server and of this process, in microseconds. */
  readonly serverUs: number
  readonly ownUs: number
  readonly usedBytes: number
}

/** A class of clients: peers bring another version of it than we do. */
export interface RedisClass {
  new (url: string): { info: (section: string) => Promise<string> }
  readonly prototype: { sendCommand: (...given: never[]) => unknown }
}

/** Counts every command that a client of this class sends, whoever made the client. */
function countSent({ prototype }: RedisClass): () => number {
  let sent = 0
  const send = prototype.sendCommand
  prototype.sendCommand = function sendCommand(this: unknown, ...given) {
    sent++
    return send.apply(this, given)
  }
  return () => sent
}

/** Counts what a piece of work costs a Redis and this process. */
export class RedisCosts {
  private readonly redis: InstanceType<RedisClass>
  private readonly sent: () => number
  private before: Reading | undefined
  private after: Reading | undefined

  /**
   * @param url the server; nobody else may use it
   * @param Client of what class all clients are whose commands count
   */
  constructor(url: string, Client: RedisClass = Redis) {
    this.redis = new Client(url)
    this.sent = countSent(Client)
  }

  /** Does the work and counts. What was counted of it before is forgotten. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.before = await this.read()
    const answer = await work()
    this.after = await this.read()
    return answer
  }

  private async read(): Promise<Reading> {
    const sent = this.sent()
    const [commands, processor, memory] = await Promise.all([
      this.redis.info('commandstats'),
      this.redis.info('cpu'),
      this.redis.info('memory'),
    ])
    const { user, system } = process.cpuUsage()
    let calls = 0
    let scriptUs = 0
    for (const [, name = '', count, us] of commands.matchAll(/cmdstat_([^:]+):calls=(\d+),usec=(\d+)/gu)) {
      if (name !== 'info') calls += Number(count)
      if (name === 'fcall' || name === 'evalsha' || name === 'eval') scriptUs += Number(us)
    }
    const numberOf = (text: string, name: string): number =>
      Number(new RegExp(`${name}:([\\d.]+)`, 'u').exec(text)?.[1])
    return {
      sent,
      calls,
      scriptUs,
      serverUs: 1e6 * (numberOf(processor, 'used_cpu_sys') + numberOf(processor, 'used_cpu_user')),
      ownUs: user + system,
      usedBytes: numberOf(memory, 'used_memory'),
    }
  }

  /** What the work cost for each of `count` nodes; and what each of `runs` runs left behind, if they leave something. */
  told(count: number, runs?: number): string {
    const { before, after } = this
    if (before === undefined || after === undefined) return ''
    const each = (of: keyof Reading): number => (after[of] - before[of]) / count
    // The three looks of this counter are commands as well.
    const sent = (after.sent - before.sent - 3) / count
    const parts = [
      `${toText(sent)} client commands and ${toText(each('calls') - sent)} commands inside scripts`,
      `${toWholeText(each('scriptUs'))} µs in scripts`,
      `${toWholeText(each('serverUs'))} µs of processor in Redis and ${toWholeText(each('ownUs'))} µs in Node, a node`,
    ]
    if (runs !== undefined) {
      parts.push(`${toText((after.usedBytes - before.usedBytes) / runs / 1024)} KB of Redis a finished run`)
    }
    return parts.join(', ')
  }
}
