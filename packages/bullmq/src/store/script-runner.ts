import type { RedisScript } from '../lua/define-script.ts'
import type { StoreConnection } from './store-connection.ts'

/** Runs scripts by their hash; one that the server does not know (it was restarted, or is another one) is sent as a whole. */
export class ScriptRunner {
  private readonly connection: StoreConnection

  constructor(connection: StoreConnection) {
    this.connection = connection
  }

  /** @throws HeddleError `STORE_UNAVAILABLE`, `STORE_SETTINGS`, `ALREADY_CLOSED` */
  run(script: RedisScript, keys: readonly string[], values: readonly string[]): Promise<unknown> {
    const all = [...keys, ...values]
    return this.connection.command(async (client) => {
      try {
        return await client.evalsha(script.sha, keys.length, all)
      } catch (error) {
        if (!isUnknownScript(error)) throw error
        return client.eval(script.text, keys.length, all)
      }
    })
  }
}

function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT')
}
