/** What the store uses of a client: `Redis` and `Cluster` of ioredis have it. */
export interface RedisClient {
  evalsha(sha: string, keyCount: number, keysAndArguments: string[]): Promise<unknown>
  eval(script: string, keyCount: number, keysAndArguments: string[]): Promise<unknown>
  zadd(key: string, condition: 'LT', score: string | number, member: string | number): Promise<unknown>
  hget(key: string, field: string): Promise<string | null>
  del(...keys: string[]): Promise<number>
  info(): Promise<string>
  /** The servers of a cluster. */
  nodes?(role: 'master'): readonly { info(): Promise<string> }[]
  /** `host`, `port` and `path` of a single server; a cluster has others. */
  readonly options?: object
}
