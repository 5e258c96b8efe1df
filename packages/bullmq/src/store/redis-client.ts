/** A server of a cluster. */
export interface RedisClusterNode {
  /** What the server tells of itself. */
  info(): Promise<string>
  /** Reads a setting of the server: its name and its value. A server may refuse it. */
  config?(subcommand: 'GET', name: string): Promise<unknown>
  /** Loads a library of functions; one of the same name is replaced. A server may refuse it. */
  function(subcommand: 'LOAD', replace: 'REPLACE', library: string): Promise<unknown>
}

/** What the store uses of a client: `Redis` and `Cluster` of ioredis have it. */
export interface RedisClient extends RedisClusterNode {
  /** Calls a function of a library; the keys come first, `keyCount` of them. */
  fcall(name: string, keyCount: number, keysAndArguments: string[]): Promise<unknown>
  /** Sets the score of a member of a sorted set, unless it has a lower one. */
  zadd(key: string, condition: 'LT', score: string | number, member: string | number): Promise<unknown>
  /** Reads a field of a hash. */
  hget(key: string, field: string): Promise<string | null>
  /** Removes keys, which are in one slot. */
  del(...keys: string[]): Promise<number>
  /** The servers of a cluster. */
  nodes?(role: 'master'): readonly RedisClusterNode[]
  /** `host`, `port` and `path` of a single server; a cluster has others. */
  readonly options?: object
}
