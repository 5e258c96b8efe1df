import { Redis } from 'ioredis'
import { pause } from './jobs.ts'
import { startRedis, type RedisServer } from './redis-server.ts'

/** A Redis Cluster of our own on loopback. */
export interface RedisClusterServers {
  /** Where to look for it. */
  readonly nodes: readonly { readonly host: string; readonly port: number }[]
  /** Ends it and removes its folders. */
  stop(): Promise<void>
}

const slots = 16_384

/** Starts a cluster of three nodes without replicas. @throws Error if it does not come up */
export async function startRedisCluster(): Promise<RedisClusterServers> {
  const servers = [await startNode(), await startNode(), await startNode()]
  await join(servers)
  return {
    nodes: servers.map(({ port }) => ({ host: '127.0.0.1', port })),
    stop: async () => {
      await Promise.all(servers.map((server) => server.stop()))
    },
  }
}

/** Nodes talk to each other on their port plus 10,000, which must exist. */
async function startNode(): Promise<RedisServer> {
  for (;;) {
    const server = await startRedis({ settings: { 'cluster-enabled': 'yes', 'cluster-config-file': 'nodes.conf' } })
    if (server.port <= 55_000) return server
    await server.stop()
  }
}

async function join(servers: readonly RedisServer[]): Promise<void> {
  const clients = servers.map(({ url }) => new Redis(url))
  const share = Math.ceil(slots / clients.length)
  for (const [at, client] of clients.entries()) {
    await client.call('CLUSTER', 'ADDSLOTSRANGE', at * share, Math.min(slots, (at + 1) * share) - 1)
  }
  for (const { port } of servers.slice(1)) await clients[0]?.call('CLUSTER', 'MEET', '127.0.0.1', port)
  const isUp = async (client: Redis): Promise<boolean> => {
    const info = String(await client.call('CLUSTER', 'INFO'))
    return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${servers.length}`)
  }
  while (!(await Promise.all(clients.map(isUp))).every(Boolean)) await pause(50)
  for (const client of clients) client.disconnect()
}
