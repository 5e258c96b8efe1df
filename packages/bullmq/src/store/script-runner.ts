import { allScripts } from '../lua/all-scripts.ts'
import type { RedisScript } from '../lua/define-script.ts'
import { listPlacesScript } from '../lua/list-places.ts'
import type { RedisClient } from './redis-client.ts'
import type { StoreConnection } from './store-connection.ts'

/** How often the libraries are loaded for one call: another server may take over meanwhile, or somebody may remove them. */
const mostLoads = 3

/** Runs scripts; a server that lacks one (it is new, another one, or has forgotten) is given the libraries first. */
export class ScriptRunner {
  private readonly connection: StoreConnection
  private loading: Promise<unknown> | undefined

  constructor(connection: StoreConnection) {
    this.connection = connection
  }

  /** Connects, and sees to it that scripts can be run: runs one that looks at nothing. @throws as {@link run} does */
  async open(): Promise<void> {
    await this.run(listPlacesScript, [], [])
  }

  /** @throws HeddleError `STORE_UNAVAILABLE`, `STORE_SETTINGS`, `ALREADY_CLOSED` */
  run(script: RedisScript, keys: readonly string[], values: readonly string[]): Promise<unknown> {
    const all = [...keys, ...values]
    return this.connection.command(async (client) => {
      for (let loads = 0; ; loads++) {
        try {
          return await client.fcall(script.functionName, keys.length, all)
        } catch (error) {
          if (!isUnknownFunction(error) || loads === mostLoads) throw error
        }
        await this.load(client)
      }
    })
  }

  /** Calls that miss a library at one time wait for the same load. */
  private load(client: RedisClient): Promise<unknown> {
    this.loading ??= loadLibraries(client).finally(() => {
      this.loading = undefined
    })
    return this.loading
  }
}

/**
 * Loads all libraries, on a cluster into every server that takes writes. One that is there already is replaced by the same: several
 * clients may do so at once.
 *
 * @throws what a server answered, if none has taken a library
 */
async function loadLibraries(client: RedisClient): Promise<void> {
  const servers = client.nodes?.('master') ?? [client]
  const loads = servers.flatMap((server) => allScripts.map(({ text }) => server.function('LOAD', 'REPLACE', text)))
  const loaded = await Promise.allSettled(loads)
  // On a cluster the server in question may have taken them, while another one is away: the call shows it.
  if (loaded.every(({ status }) => status === 'rejected')) await loads[0]
}

function isUnknownFunction(error: unknown): boolean {
  return error instanceof Error && /^ERR function not found/iu.test(error.message)
}
